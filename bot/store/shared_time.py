"""The time that all copies of the app share, whatever the clocks of their machines say."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select


def of_server(tx: Connection) -> datetime:
    """Return the present by the clock of PostgreSQL's machine, in UTC."""
    moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return moment.astimezone(UTC)

"""`INSERT … ON CONFLICT`, which SQLite and PostgreSQL share and SQLAlchemy spells per dialect."""

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = sqlite.Insert | postgresql.Insert


def insert(tx: Connection, table: Table) -> Insert:
    """Return an insert into `table` that knows `on_conflict_do_nothing` and `…_do_update`."""
    if tx.dialect.name == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)

"""When our own processes last did what they do by the clock."""

from datetime import datetime

from sqlalchemy import Connection, select

from bot.store.tables import heartbeats
from bot.store.upsert import insert


def beat(tx: Connection, name: str, at: datetime) -> None:
    """Note that `name` ran at `at`."""
    tx.execute(
        insert(tx, heartbeats)
        .values(name=name, at=at)
        .on_conflict_do_update(index_elements=["name"], set_={"at": at})
    )


def last(tx: Connection, name: str) -> datetime | None:
    """Tell when `name` last ran; None if never."""
    return tx.execute(select(heartbeats.c.at).where(heartbeats.c.name == name)).scalar_one_or_none()

"""Sharing a batch out between workspaces, so that a large one holds up no other."""

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from bot.store.tables import installations

MOST_OF_A_BATCH = 4
"""While others wait, a workspace gets one part in so many of a batch."""


def fairly(
    tx: Connection, query: Select[Any], whose: ColumnElement[Any], limit: int
) -> list[Row[Any]]:
    """Take `limit` rows of an ordered query, of each workspace no more than its share.

    What others leave over goes to those who have more. `whose` is the query's `installation_id`.
    There is one statement where no workspace has more than its share, and never more than
    `MOST_OF_A_BATCH` + 1, with a look before each further one whether there are others at all.
    """
    share = max(1, limit // MOST_OF_A_BATCH)
    taken: list[Row[Any]] = []
    over: list[Row[Any]] = []
    served: set[int] = set()
    while (wanted := limit - len(taken)) > 0:
        others = query.where(whose.not_in(served)) if served else query
        rows = tx.execute(others.limit(wanted)).all()
        counts = Counter(row.installation_id for row in rows)
        large = {workspace for workspace, count in counts.items() if count > share}
        if not large or len(rows) < wanted:
            taken += rows
            break
        for workspace in large:
            own = [row for row in rows if row.installation_id == workspace]
            taken += own[:share]
            over += own[share:]
        served |= large
        if not _others(tx, served):
            break
    return [*taken, *over][:limit]


def _others(tx: Connection, served: set[int]) -> bool:
    """Tell whether there are more workspaces: what waits for one alone is not read for others."""
    query = select(installations.c.id).where(installations.c.id.not_in(served)).limit(1)
    return tx.execute(query).one_or_none() is not None

"""Cards: the posted message of a round, and how many answers it says there are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from bot.domain.ids import InstallationId, RoundId
from bot.store.tables import IS_CARD_DUE, cards, installations, rounds


def touch(tx: Connection, installation_id: InstallationId, round_id: RoundId) -> None:
    """Note that a round's card may say the wrong number."""
    tx.execute(
        update(cards)
        .where(
            cards.c.installation_id == installation_id,
            cards.c.round_id == round_id,
            ~cards.c.due,
        )
        .values(due=True)
    )


def take_due(
    tx: Connection, now: datetime, limit: int, again_after: timedelta
) -> Sequence[tuple[InstallationId, RoundId, int]]:
    """Take cards to update: installation, round, number shown. None is taken again too soon.

    One that changes while it is being updated falls due again. One whose round has an answer under
    way is left for another time: that answer saw it due, and left it so, but cannot be counted yet.
    """
    rows = tx.execute(
        select(cards)
        .join(installations, installations.c.id == cards.c.installation_id)
        .join(rounds, rounds.c.id == cards.c.round_id)
        .where(IS_CARD_DUE, cards.c.not_before <= now, installations.c.lost_at.is_(None))
        .order_by(cards.c.not_before)
        .limit(limit)
        .with_for_update(skip_locked=True, of=(cards, rounds))
    ).all()
    for row in rows:
        tx.execute(_one(row).values(due=False, not_before=now + again_after))
    return [(InstallationId(row.installation_id), RoundId(row.round_id), row.shown) for row in rows]


def show(tx: Connection, installation_id: InstallationId, round_id: RoundId, shown: int) -> None:
    """Note what a card says now."""
    tx.execute(
        update(cards)
        .where(cards.c.installation_id == installation_id, cards.c.round_id == round_id)
        .values(shown=shown)
    )


def retry(tx: Connection, installation_id: InstallationId, round_id: RoundId, at: datetime) -> None:
    """Note that a card could not be updated and is due again at `at`."""
    tx.execute(
        update(cards)
        .where(cards.c.installation_id == installation_id, cards.c.round_id == round_id)
        .values(due=True, not_before=at)
    )


def _one(row: Any) -> Any:
    return update(cards).where(
        cards.c.installation_id == row.installation_id, cards.c.round_id == row.round_id
    )

"""Which presses of a button were taken, so that what they ask for is done once."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from bot.domain.gestures import AGAIN_AFTER, KEPT_FOR, Gesture, Press
from bot.domain.ids import InstallationId
from bot.store.tables import gestures, installations
from bot.store.upsert import insert

MOST_FORGOTTEN = 100
"""Old gestures dropped at once: more than a press adds, so they never pile up."""


def take(tx: Connection, gesture: Gesture, at: datetime) -> Press:
    """Tell what a press at `at` is, and keep it. Only one caller ever learns that it is new.

    In passing, presses of the same workspace older than `KEPT_FOR` are forgotten, a few at a time.
    """
    _one_at_a_time(tx, gesture.installation_id)
    _forget_old(tx, gesture.installation_id, at - KEPT_FOR)
    is_repeated = _done_since(tx, gesture, at - AGAIN_AFTER)
    taken = tx.execute(
        insert(tx, gestures)
        .values(
            installation_id=gesture.installation_id,
            trigger_id=gesture.trigger_id,
            what=None if is_repeated else gesture.what,
            at=at,
        )
        .on_conflict_do_nothing(index_elements=["installation_id", "trigger_id"])
        .returning(gestures.c.trigger_id)
    ).one_or_none()
    if taken is None:
        return Press.ECHO
    return Press.TOO_SOON if is_repeated else Press.NEW


def allow_again(tx: Connection, gesture: Gesture) -> None:
    """Let another press do the same thing at once: this one came to nothing, or nobody knows.

    This very press stays known, so its echo still does nothing.
    """
    tx.execute(
        update(gestures)
        .where(
            gestures.c.installation_id == gesture.installation_id,
            gestures.c.trigger_id == gesture.trigger_id,
        )
        .values(what=None)
    )


def _one_at_a_time(tx: Connection, installation_id: InstallationId) -> None:
    """Wait for other presses in this workspace: two at once must not both find nothing done.

    It holds up nothing else, not even new rows that belong to the workspace.
    """
    tx.execute(
        select(installations.c.id)
        .where(installations.c.id == installation_id)
        .with_for_update(key_share=True)
    )


def _forget_old(tx: Connection, installation_id: InstallationId, before: datetime) -> None:
    of_workspace = gestures.c.installation_id == installation_id
    old = select(gestures.c.trigger_id).where(of_workspace, gestures.c.at <= before)
    tx.execute(
        delete(gestures).where(of_workspace, gestures.c.trigger_id.in_(old.limit(MOST_FORGOTTEN)))
    )


def _done_since(tx: Connection, gesture: Gesture, since: datetime) -> bool:
    done = select(gestures.c.what).where(
        gestures.c.installation_id == gesture.installation_id,
        gestures.c.what == gesture.what,
        gestures.c.at > since,
    )
    return tx.execute(done.limit(1)).one_or_none() is not None

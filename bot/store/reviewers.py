"""Who looks at what members propose."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.domain.ids import InstallationId, MemberId
from bot.domain.library import Reviewers
from bot.store.tables import reviewers, schedules
from bot.store.upsert import insert


def of_installation(tx: Connection, installation_id: InstallationId) -> Reviewers:
    """Name the reviewers of a workspace: owners of schedules, and those they named."""
    owners = tx.execute(
        select(schedules.c.owner_id)
        .where(schedules.c.installation_id == installation_id)
        .distinct()
        .order_by(schedules.c.owner_id)
    ).scalars()
    named = tx.execute(
        select(reviewers.c.member_id)
        .where(reviewers.c.installation_id == installation_id)
        .order_by(reviewers.c.named_at, reviewers.c.member_id)
    ).scalars()
    first = tuple(MemberId(member) for member in owners)
    return Reviewers(first, tuple(MemberId(one) for one in named if MemberId(one) not in first))


def is_one(tx: Connection, installation_id: InstallationId, member_id: MemberId) -> bool:
    """Tell whether a member is a reviewer."""
    known = of_installation(tx, installation_id)
    return member_id in known.owners or member_id in known.named


def name(
    tx: Connection,
    installation_id: InstallationId,
    members: Iterable[MemberId],
    by: MemberId,
    at: datetime,
) -> None:
    """Name reviewers; those who are, stay."""
    for member in members:
        tx.execute(
            insert(tx, reviewers)
            .values(installation_id=installation_id, member_id=member, named_by=by, named_at=at)
            .on_conflict_do_nothing()
        )


def remove(tx: Connection, installation_id: InstallationId, members: Iterable[MemberId]) -> None:
    """Take members off the list of those named."""
    tx.execute(
        delete(reviewers).where(
            reviewers.c.installation_id == installation_id,
            reviewers.c.member_id.in_(list(members)),
        )
    )

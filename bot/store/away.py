"""When members are away and need not answer."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bot.domain.ids import InstallationId, MemberId
from bot.domain.streaks import AwayRange
from bot.store.tables import away


def of_members(
    tx: Connection, installation_id: InstallationId, members: Sequence[MemberId]
) -> dict[MemberId, list[AwayRange]]:
    """List the away ranges of each of `members` who has any."""
    rows = tx.execute(
        select(away).where(away.c.installation_id == installation_id, away.c.member_id.in_(members))
    )
    ranges: dict[MemberId, list[AwayRange]] = {}
    for row in rows:
        ranges.setdefault(MemberId(row.member_id), []).append(
            AwayRange(row.first_date, row.last_date)
        )
    return ranges

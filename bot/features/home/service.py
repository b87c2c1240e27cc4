"""Where a member stands, in every schedule they have answered in.

Read from standings and open rounds: never from history, however long that is.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.home import (
    HOME_BOARD_SIZE,
    MOST_SCHEDULES,
    HomeSchedule,
    MemberHome,
    most_urgent_first,
)
from bot.domain.ids import ChannelId, InstallationId, MemberId
from bot.domain.schedules import Schedule
from bot.domain.streak_report import LatestRound
from bot.store import answers, boards, rounds, schedules, standings
from bot.store.database import Connection, Database
from bot.store.standings import Scope


@dataclass(frozen=True, slots=True)
class Visit:
    """A member looks at their Home.

    `channels` are those the member is in, as far as the app can see; None while that is not known.
    """

    installation_id: InstallationId
    member_id: MemberId
    channels: Set[ChannelId] | None


@dataclass(frozen=True, slots=True)
class HomeService:
    """The use case of Home."""

    database: Database
    clock: Clock

    async def seen_by(self, visit: Visit) -> MemberHome:
        """Tell a member where they stand, in the channels they are in and nowhere else."""
        now = self.clock.now()
        settled = await self.database.read(lambda tx: settled_home(tx, visit, now))
        if settled is not None:
            return settled
        return await self.database.write(lambda tx: settle_and_home(tx, visit, now))


def settled_home(tx: Connection, visit: Visit, at: datetime) -> MemberHome | None:
    """Read a Home; None if a round has closed whose consequences are not written yet."""
    own = own_schedules(tx, visit)
    if any(rounds.unsettled_of(tx, one.installation_id, one.id) for one in own[:MOST_SCHEDULES]):
        return None
    return home(tx, visit, own, at)


def settle_and_home(tx: Connection, visit: Visit, at: datetime) -> MemberHome:
    """Bring standings up to date, then read the Home."""
    own = own_schedules(tx, visit)
    for schedule in own[:MOST_SCHEDULES]:
        standings.settle_schedule(tx, Scope(schedule.installation_id, schedule.id))
    return home(tx, visit, own, at)


def own_schedules(tx: Connection, visit: Visit) -> list[Schedule]:
    """List what a Home may show: schedules the member answered in, in channels they are still in.

    Where they are not known to be in, or not to be out, their own numbers may still be shown.
    """
    answered = schedules.answered_by(tx, visit.installation_id, visit.member_id)
    seen = visit.channels
    return most_urgent_first([s for s in answered if seen is None or s.channel_id in seen])


def home(tx: Connection, visit: Visit, own: list[Schedule], at: datetime) -> MemberHome:
    """Read a Home that shows the first of `own`.

    Seven queries at most for each schedule shown, none of which grows with the number of rounds.
    """
    shown = [_part(tx, visit, schedule, at) for schedule in own[:MOST_SCHEDULES]]
    return MemberHome(
        member_id=visit.member_id,
        schedules=tuple(part for part in shown if part is not None),
        more=len(own[MOST_SCHEDULES:]),
        at=at,
    )


def _part(tx: Connection, visit: Visit, schedule: Schedule, at: datetime) -> HomeSchedule | None:
    board = boards.read(tx, schedule, visit.member_id, at, HOME_BOARD_SIZE)
    if board.mine is None:
        return None  # the only answer was taken back since the schedules were listed
    return HomeSchedule(
        schedule=schedule,
        standing=board.mine.standing,
        latest=_latest(tx, schedule, visit.member_id),
        board=board if visit.channels is not None else None,
    )


def _latest(tx: Connection, schedule: Schedule, member: MemberId) -> LatestRound:
    open_round = rounds.open_round(tx, schedule.installation_id, schedule.id)
    if open_round is None:
        return LatestRound.NOT_OPEN
    first = answers.earliest_in_round(tx, schedule.installation_id, open_round.id, member)
    return LatestRound.WAITING if first is None else LatestRound.ANSWERED

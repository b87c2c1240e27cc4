"""Where a member stands, in every schedule they have answered in.

Read from standings and open rounds: never from history, however long that is.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from bot.clock import Clock
from bot.domain.home import (
    HOME_BOARD_SIZE,
    MOST_SCHEDULES,
    HomeSchedule,
    MemberHome,
    most_urgent_first,
)
from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
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
        settling = frozenset(
            [
                scope.schedule_id
                for scope in await self.database.read(lambda tx: unsettled(tx, visit))
                if not await self._settle(scope, visit.member_id)
            ]
        )
        return await self.database.read(lambda tx: home(tx, visit, now, settling))

    async def _settle(self, scope: Scope, member: MemberId) -> bool:
        # Each in a transaction of its own: settling holds the schedule, and two that hold several
        # could wait for each other.
        return await self.database.write(lambda tx: standings.before_a_look(tx, scope, member))


def unsettled(tx: Connection, visit: Visit) -> list[Scope]:
    """List the schedules to be shown in which a round has closed whose consequences are due."""
    return [
        Scope(one.installation_id, one.id)
        for one in own_schedules(tx, visit)[:MOST_SCHEDULES]
        if rounds.first_unsettled(tx, one.installation_id, one.id)
    ]


def own_schedules(tx: Connection, visit: Visit) -> list[Schedule]:
    """List what a Home may show: schedules the member answered in, in channels they are still in.

    While their channels are not known it is every schedule they answered in.
    """
    answered = schedules.answered_by(tx, visit.installation_id, visit.member_id)
    seen = visit.channels
    return most_urgent_first([s for s in answered if seen is None or s.channel_id in seen])


def home(
    tx: Connection, visit: Visit, at: datetime, settling: Set[ScheduleId] = frozenset()
) -> MemberHome:
    """Read a Home. The boards of the schedules in `settling` are not settled yet, and say so.

    Seven queries at most for each schedule shown, none of which grows with the number of rounds, or
    of members past `MOST_COUNTED`.
    """
    own = own_schedules(tx, visit)
    shown = [
        _part(tx, visit, schedule, at, is_settling=schedule.id in settling)
        for schedule in own[:MOST_SCHEDULES]
    ]
    return MemberHome(
        member_id=visit.member_id,
        schedules=tuple(part for part in shown if part is not None),
        more=len(own[MOST_SCHEDULES:]),
        at=at,
    )


def _part(
    tx: Connection, visit: Visit, schedule: Schedule, at: datetime, *, is_settling: bool
) -> HomeSchedule | None:
    board = boards.read(tx, schedule, visit.member_id, at, HOME_BOARD_SIZE)
    if board.mine is None:
        return None  # the only answer was taken back since the schedules were listed
    return HomeSchedule(
        schedule=schedule,
        standing=board.mine.standing,
        latest=_latest(tx, schedule, visit.member_id),
        board=replace(board, settling=is_settling) if visit.channels is not None else None,
    )


def _latest(tx: Connection, schedule: Schedule, member: MemberId) -> LatestRound:
    open_round = rounds.open_round(tx, schedule.installation_id, schedule.id)
    if open_round is None:
        return LatestRound.NOT_OPEN
    first = answers.earliest_in_round(tx, schedule.installation_id, open_round.id, member)
    return LatestRound.WAITING if first is None else LatestRound.ANSWERED

"""A member's own streak, told from the facts.

The rule is folded over the member's own rounds each time, so what is said here never waits for the
standings to be brought up to date, and agrees with its explanation line by line.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.ids import ChannelId, InstallationId, MemberId
from bot.domain.refusals import NoScheduleHere
from bot.domain.schedules import Schedule
from bot.domain.streak_report import LatestRound, StreakHistory, StreakReport, explained
from bot.domain.streaks import Mark, Step
from bot.store import rounds, schedules, standings
from bot.store.database import Connection, Database
from bot.store.standings import Scope


@dataclass(frozen=True, slots=True)
class StreakService:
    """The use cases of `/prep streak`. Each raises NoScheduleHere where nothing is asked."""

    database: Database
    clock: Clock

    async def report(
        self, installation: InstallationId, channel: ChannelId, member: MemberId
    ) -> StreakReport:
        """Tell where a member stands in a channel's schedule."""
        return await self.database.read(lambda tx: report(tx, installation, channel, member))

    async def history(
        self, installation: InstallationId, channel: ChannelId, member: MemberId
    ) -> StreakHistory | None:
        """Explain a member's streak round by round; None if they never answered."""
        now = self.clock.now()
        return await self.database.read(lambda tx: history(tx, installation, channel, member, now))


def report(
    tx: Connection, installation: InstallationId, channel: ChannelId, member: MemberId
) -> StreakReport:
    """Tell where a member stands in a channel's schedule, and whether a round waits for them."""
    schedule = _schedule(tx, installation, channel)
    steps = standings.history(tx, Scope(installation, schedule.id), member)
    return StreakReport(steps[-1].streak if steps else None, _latest(tx, schedule, steps))


def history(
    tx: Connection,
    installation: InstallationId,
    channel: ChannelId,
    member: MemberId,
    at: datetime,
) -> StreakHistory | None:
    """Explain a member's streak in a channel's schedule; None if they never answered."""
    schedule = _schedule(tx, installation, channel)
    steps = standings.history(tx, Scope(installation, schedule.id), member)
    return explained(steps, at.astimezone(schedule.timing.zone).date())


def _schedule(tx: Connection, installation: InstallationId, channel: ChannelId) -> Schedule:
    schedule = schedules.in_channel(tx, installation, channel)
    if schedule is None:
        raise NoScheduleHere
    return schedule


def _latest(tx: Connection, schedule: Schedule, steps: list[Step]) -> LatestRound:
    open_round = rounds.open_round(tx, schedule.installation_id, schedule.id)
    if open_round is None:
        return LatestRound.NOT_OPEN
    answered = any(
        step.round.id == open_round.id and step.mark is Mark.ANSWERED for step in steps[-1:]
    )
    return LatestRound.ANSWERED if answered else LatestRound.WAITING

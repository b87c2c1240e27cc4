"""What a member sees on the app's Home: where they stand, in every channel they practise in."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import MemberId
from bot.domain.ranking import Board, Standing
from bot.domain.schedules import Schedule, ScheduleState
from bot.domain.streak_report import LatestRound

MOST_SCHEDULES = 8
"""How many schedules a Home shows: it stays short enough to be read, and quick to make."""
HOME_BOARD_SIZE = 5


@dataclass(frozen=True, slots=True)
class HomeSchedule:
    """A member's part in one schedule.

    `board` is None while it is not known whether the member is still in the channel.
    """

    schedule: Schedule
    standing: Standing
    latest: LatestRound
    board: Board | None


@dataclass(frozen=True, slots=True)
class MemberHome:
    """A member's Home as of `at`; `more` counts the schedules that are left out."""

    member_id: MemberId
    schedules: tuple[HomeSchedule, ...]
    more: int
    at: datetime


def most_urgent_first(schedules: list[Schedule]) -> list[Schedule]:
    """Put schedules that run first, by their next question; then the others, oldest first."""

    def urgency(schedule: Schedule) -> tuple[bool, float, int]:
        runs = schedule.state is ScheduleState.RUNNING and schedule.next_due is not None
        moment = schedule.next_due.at.timestamp() if runs and schedule.next_due else 0.0
        return (not runs, moment, schedule.id)

    return sorted(schedules, key=urgency)

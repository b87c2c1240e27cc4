"""A schedule: where and when a question is asked, and by whose wish."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.local_time import Due, next_due

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKING_DAYS = frozenset(range(5))


class ScheduleState(StrEnum):
    """Whether questions come. Paused: a person said so. Stopped: the channel was lost."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Timing:
    """The local wall-clock time and the weekdays (0 is Monday) on which a question is asked."""

    at: time
    zone: ZoneInfo
    weekdays: frozenset[int]

    def next_due(self, after: datetime, after_date: date | None = None) -> Due:
        """Return the first due moment strictly later than `after`, on a date past `after_date`."""
        return next_due(self.at, self.zone, self.weekdays, after=after, after_date=after_date)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One channel's appointment with a question. `seed` fixes the order of its deck.

    `told_low`: its owner knows that few unasked questions are left.
    """

    id: ScheduleId
    installation_id: InstallationId
    channel_id: ChannelId
    owner_id: MemberId
    timing: Timing
    state: ScheduleState
    seed: int
    next_due: Due | None
    told_low: bool = False


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """What a person filled in when setting a schedule up or changing it."""

    installation_id: InstallationId
    channel_id: ChannelId
    owner_id: MemberId
    timing: Timing
    running: bool = True


def weekdays_in_words(weekdays: frozenset[int]) -> str:
    """Say weekdays as a person would: "every day", "on weekdays", "on Monday and Friday".

    Of no weekday at all it says "on no day".
    """
    if len(weekdays) == len(WEEKDAY_NAMES):
        return "every day"
    if weekdays == WORKING_DAYS:
        return "on weekdays"
    names = [WEEKDAY_NAMES[day] for day in sorted(weekdays)]
    if not names:
        return "on no day"
    if len(names) == 1:
        return f"on {names[0]}s"
    return f"on {', '.join(names[:-1])} and {names[-1]}"

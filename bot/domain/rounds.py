"""A round: one question asked once in one channel by one schedule, for one local date.

    reserved ──> posted                       Slack confirmed it
    reserved ──> unknown ──> posted           our message was found after all
                         └─> reserved         it was proved absent, so it may be posted again
    reserved ──> skipped                      too late, or the channel is gone: never posted

A round is leased to whoever posts it. The lease outlasts the longest call to Slack, so a lease that
ran out means that its holder died, and that nobody knows whether the message went out. Each lease
carries a higher fence than the one before it, and every later write names its fence: one who lost
the lease can no longer write.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId, InstallationId, MessageTs, QuestionSlug, RoundId, ScheduleId
from bot.domain.local_time import Due
from bot.domain.questions import Question
from bot.domain.schedules import Schedule

SLACK_TIMEOUT = timedelta(seconds=10)
"""How long a call to Slack may take."""
LEASE = timedelta(seconds=60)
"""How long a round is leased: longer than the client's time-out plus Slack's own delay."""
CLOCK_ALLOWANCE = timedelta(minutes=6)
"""How far Slack's clock may be from ours, either way: a little more than signatures tolerate."""
BEGUN_WITHIN = timedelta(seconds=30)
"""How long a leased round may wait for its post to begin. What is left of the lease outlasts the
call, and leaves Slack some 20 s for a message that shows up after we gave it up."""
DEFAULT_LATENESS = timedelta(hours=6)
"""How long after its time a question may still be posted."""
CARD_INTERVAL = timedelta(seconds=20)
"""The shortest time between two updates of a card."""


class RoundState(StrEnum):
    """Where a round is on its way; see the module's picture."""

    RESERVED = "reserved"
    UNKNOWN = "unknown"
    POSTED = "posted"
    SKIPPED = "skipped"


class Timeliness(StrEnum):
    """Whether a question that is due may still be posted."""

    ON_TIME = "on time"
    TOO_LATE = "too late"
    PAST_ITS_DATE = "past its date"


def timeliness(
    due_at: datetime, local_date: date, zone: ZoneInfo, *, now: datetime, lateness: timedelta
) -> Timeliness:
    """Judge a due question: late is better than never while its date is today, up to `lateness`.

    A due moment that a clock change moved into the next date carries that date along.
    """
    last_date = max(local_date, due_at.astimezone(zone).date())
    if now.astimezone(zone).date() > last_date:
        return Timeliness.PAST_ITS_DATE
    return Timeliness.TOO_LATE if now - due_at > lateness else Timeliness.ON_TIME


@dataclass(frozen=True, slots=True)
class LeasedRound:
    """A round that the holder may now post, or look for, until `lease_until`."""

    id: RoundId
    installation_id: InstallationId
    schedule_id: ScheduleId
    channel_id: ChannelId
    question: QuestionSlug
    local_date: date
    fence: int
    lease_until: datetime
    attempted_at: datetime

    def may_begin(self, now: datetime) -> bool:
        """Tell whether its post may still begin at `now`."""
        return now <= self.lease_until - LEASE + BEGUN_WITHIN


@dataclass(frozen=True, slots=True)
class ReadyRound:
    """A leased round with its question, ready to be posted."""

    leased: LeasedRound
    question: Question


@dataclass(frozen=True, slots=True)
class SkippedRound:
    """A date whose question was not asked, and why."""

    installation_id: InstallationId
    schedule_id: ScheduleId
    local_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class LowDeck:
    """A schedule with `left` unasked questions, which is few."""

    schedule: Schedule
    left: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What one look at the clock gave: rounds to post now, and dates that passed without one.

    `low`: schedules whose owners are now to be told that few questions are left.
    """

    ready: tuple[ReadyRound, ...] = ()
    skipped: tuple[SkippedRound, ...] = ()
    low: tuple[LowDeck, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be done."""
        return not (self.ready or self.skipped or self.low)


@dataclass(frozen=True, slots=True)
class Evidence:
    """That a round's message exists: Slack's reply to the post, our own echo, or what was found."""

    installation_id: InstallationId
    round_id: RoundId
    ts: MessageTs


@dataclass(frozen=True, slots=True)
class DatesDue:
    """What a schedule owes at a moment: the date to ask for, and dates that passed, with why.

    `next` is what comes after those; it may be due as well: one date is asked for at a time.
    """

    ask: Due | None
    passed: tuple[tuple[Due, str], ...]
    next: Due


def dates_due(schedule: Schedule, now: datetime, lateness: timedelta) -> DatesDue:
    """Judge each date of a schedule that has come due, up to the first that may be asked for.

    Raises ValueError if the schedule has no next date.
    """
    due = schedule.next_due
    if due is None:
        raise ValueError(f"schedule {schedule.id} does not run")
    zone = schedule.timing.zone
    passed: list[tuple[Due, str]] = []
    ask: Due | None = None
    while due.at <= now and ask is None:
        verdict = timeliness(due.at, due.local_date, zone, now=now, lateness=lateness)
        if verdict is Timeliness.ON_TIME:
            ask = due
        else:
            passed.append((due, verdict.value))
        due = schedule.timing.next_due(due.at, due.local_date)
    return DatesDue(ask, tuple(passed), due)


@dataclass(frozen=True, slots=True)
class Card:
    """What the posted message of a round shows. `answered` counts members, as far as they are."""

    round_id: RoundId
    question: Question
    answered: int = 0
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class DueCard:
    """A posted card that shows something outdated, and where it is."""

    installation_id: InstallationId
    channel_id: ChannelId
    ts: MessageTs
    card: Card


@dataclass(frozen=True, slots=True)
class Accepted:
    """Slack took the message; `ts` names it."""

    ts: MessageTs


@dataclass(frozen=True, slots=True)
class NotNow:
    """Slack refused for now, and certainly did nothing: try again after `retry_after`."""

    retry_after: timedelta


@dataclass(frozen=True, slots=True)
class Declined:
    """Slack refused for good, and certainly did nothing; `error` is its word for why.

    `scopes` are those the app was installed without, where that is why.
    """

    error: str
    scopes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ": ".join([self.error, *filter(None, [", ".join(self.scopes)])])


@dataclass(frozen=True, slots=True)
class NobodyKnows:
    """No usable reply came: the message may or may not be there."""

    reason: str


PostOutcome = Accepted | NotNow | Declined | NobodyKnows

CHANNEL_LOST = frozenset(
    {"channel_not_found", "not_in_channel", "is_archived", "restricted_action"}
)
"""Slack's errors that mean a channel can no longer be posted to."""
INSTALLATION_LOST = frozenset({"account_inactive", "invalid_auth", "not_authed", "token_revoked"})
"""Slack's errors that mean the app is no longer installed."""

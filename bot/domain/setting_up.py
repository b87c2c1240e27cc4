"""Setting a schedule up or changing it: what was asked for, what was wrong, what became of it.

Everyone in a channel may change its schedule, so two people can have the form open at once. A wish
therefore carries the terms its form showed (`terms_of`); where the stored terms are others by then,
nothing is written and the person is told. The same wish, delivered twice, finds its own terms
stored and changes nothing.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId, MemberId
from bot.domain.local_time import Due
from bot.domain.refusals import Refusal
from bot.domain.schedules import Schedule, ScheduleDraft, ScheduleState, Timing
from bot.domain.zones import ZoneGroup, zone_named

DEFAULT_TIME = time(9, 0)
NO_TERMS = ""
"""The terms of a channel without a schedule."""

_TIME = re.compile(r"(\d\d):(\d\d)")


class SetupFault(StrEnum):
    """What keeps a form from being saved."""

    NO_CHANNEL = "no channel"
    DIRECT_MESSAGE = "direct message"
    ARCHIVED = "archived"
    NOT_INVITED = "not invited"
    SCOPE_MISSING = "scope missing"
    SLACK_SILENT = "Slack silent"
    NO_TIME = "no time"
    UNKNOWN_ZONE = "unknown zone"
    NO_WEEKDAY = "no weekday"
    HAS_ANOTHER = "has another schedule"
    OVERTAKEN = "overtaken"


class FormDidNotOpen(Refusal):
    """Slack gives an app three seconds to open a form, and they were over."""

    def __init__(self) -> None:
        super().__init__("Slack was too slow to open the form. Please type /prep setup once more.")


@dataclass(frozen=True, slots=True)
class SetupForm:
    """What the form shows: a channel's schedule, if it has one, and the zones to choose from.

    `zone` is the person's own, where it is known.
    """

    channel_id: ChannelId
    schedule: Schedule | None
    zone: ZoneInfo | None
    zone_groups: tuple[ZoneGroup, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a form showed when it was opened: the channel it was opened in, and its terms then."""

    channel_id: ChannelId
    terms: str


@dataclass(frozen=True, slots=True)
class SetupWish:
    """A form that was filled in well. `draft.owner_id` is who filled it in."""

    draft: ScheduleDraft
    seen: Seen


class SetupChange(StrEnum):
    """What saving a form did to a channel's schedule."""

    CREATED = "created"
    CHANGED = "changed"
    PAUSED = "paused"
    RESUMED = "resumed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Saved:
    """The form is stored: the schedule as it is now, and who did what to it."""

    schedule: Schedule
    change: SetupChange
    member_id: MemberId


@dataclass(frozen=True, slots=True)
class NotSaved:
    """Nothing was stored: the channel has a schedule that the form did not show."""

    fault: SetupFault


SetupOutcome = Saved | NotSaved


def read_timing(
    at: str | None, zone_key: str | None, weekdays: Collection[str]
) -> Timing | frozenset[SetupFault]:
    """Read a time ("09:00"), a zone's IANA name and weekdays ("0" is Monday), or say all faults."""
    local = _time_of(at or "")
    zone = zone_named(zone_key) if zone_key else None
    days = frozenset(int(day) for day in weekdays if day in set("0123456"))
    if local is not None and zone is not None and days:
        return Timing(local, zone, days)
    wrong = {
        SetupFault.NO_TIME: local is None,
        SetupFault.UNKNOWN_ZONE: zone is None,
        SetupFault.NO_WEEKDAY: not days,
    }
    return frozenset(fault for fault, is_wrong in wrong.items() if is_wrong)


def terms_of(schedule: Schedule | None) -> str:
    """Write down what a person can see and change of a schedule, to tell whether it changed."""
    if schedule is None:
        return NO_TERMS
    return _terms(schedule.timing, schedule.state)


def terms_wished(draft: ScheduleDraft) -> str:
    """Write down the terms that a draft asks for."""
    return _terms(draft.timing, _state_wished(draft))


def change_between(before: Schedule | None, draft: ScheduleDraft) -> SetupChange:
    """Say what saving a draft does to a schedule."""
    if before is None:
        return SetupChange.CREATED
    if terms_of(before) == terms_wished(draft):
        return SetupChange.UNCHANGED
    is_running = before.state is ScheduleState.RUNNING
    if draft.running and not is_running:
        return SetupChange.RESUMED
    if is_running and not draft.running:
        return SetupChange.PAUSED
    return SetupChange.CHANGED


def hindrance(before: Schedule, wish: SetupWish) -> SetupFault | None:
    """Say why a wish may not change a schedule: its form showed another, or none."""
    if wish.draft.channel_id != wish.seen.channel_id:
        return SetupFault.HAS_ANOTHER
    return None if terms_of(before) == wish.seen.terms else SetupFault.OVERTAKEN


def due_after(
    before: Schedule | None, draft: ScheduleDraft, last_date: date | None, now: datetime
) -> Due | None:
    """Tell when a saved draft asks next, never on a date up to `last_date`; None while paused.

    A question that is due this moment and still wanted at that moment stays due.
    """
    if not draft.running:
        return None
    owed = before.next_due if before is not None else None
    if owed is not None and owed.at <= now and _still_wanted(owed, draft.timing):
        return owed
    return draft.timing.next_due(now, last_date)


def _still_wanted(owed: Due, timing: Timing) -> bool:
    local = owed.at.astimezone(timing.zone)
    return local.time() == timing.at and local.date().weekday() in timing.weekdays


def _terms(timing: Timing, state: ScheduleState) -> str:
    days = "".join(str(day) for day in sorted(timing.weekdays))
    return f"{timing.at:%H:%M} {timing.zone.key} {days} {state.value}"


def _state_wished(draft: ScheduleDraft) -> ScheduleState:
    return ScheduleState.RUNNING if draft.running else ScheduleState.PAUSED


def _time_of(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    try:
        return time(int(found[1]), int(found[2])) if found else None
    except ValueError:
        return None

"""What a filled-in form means, and what it does to a schedule."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.local_time import Due
from bot.domain.schedules import WORKING_DAYS, Schedule, ScheduleDraft, ScheduleState, Timing
from bot.domain.setting_up import (
    NO_TERMS,
    Seen,
    SetupChange,
    SetupFault,
    SetupWish,
    change_between,
    due_after,
    hindrance,
    read_timing,
    terms_of,
    terms_wished,
)

BERLIN = ZoneInfo("Europe/Berlin")
AT_NINE = Timing(time(9, 0), BERLIN, WORKING_DAYS)
MONDAY = date(2026, 3, 2)
MONDAY_NINE = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TUESDAY_NINE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)


def schedule(
    timing: Timing = AT_NINE,
    state: ScheduleState = ScheduleState.RUNNING,
    next_due: Due | None = None,
) -> Schedule:
    return Schedule(
        ScheduleId(1),
        InstallationId(1),
        ChannelId("C1"),
        MemberId("U1"),
        timing,
        state,
        7,
        next_due,
    )


def draft(timing: Timing = AT_NINE, *, running: bool = True, channel: str = "C1") -> ScheduleDraft:
    return ScheduleDraft(InstallationId(1), ChannelId(channel), MemberId("U2"), timing, running)


def test_a_form_filled_in_well_gives_a_timing() -> None:
    assert read_timing("09:05", "Europe/Berlin", ["4", "0"]) == Timing(
        time(9, 5), BERLIN, frozenset({0, 4})
    )


@pytest.mark.parametrize("at", [None, "", "9:00", "24:00", "09:60", "09:00:00", "noon", "٠٩:٠٠x"])
def test_what_is_not_a_time_of_day_is_refused(at: str | None) -> None:
    assert read_timing(at, "UTC", ["0"]) == frozenset({SetupFault.NO_TIME})


@pytest.mark.parametrize("zone", [None, "", "Europe", "Mars/Olympus", "../UTC"])
def test_what_is_not_a_zone_is_refused(zone: str | None) -> None:
    assert read_timing("09:00", zone, ["0"]) == frozenset({SetupFault.UNKNOWN_ZONE})


@pytest.mark.parametrize("weekdays", [[], ["7"], ["-1"], ["Monday"], [""], ["01"]])
def test_a_form_without_any_weekday_is_refused(weekdays: list[str]) -> None:
    assert read_timing("09:00", "UTC", weekdays) == frozenset({SetupFault.NO_WEEKDAY})


def test_all_faults_are_said_at_once() -> None:
    assert read_timing(None, None, []) == frozenset(
        {SetupFault.NO_TIME, SetupFault.UNKNOWN_ZONE, SetupFault.NO_WEEKDAY}
    )


@pytest.mark.parametrize(
    ("before", "wished", "change"),
    [
        (None, draft(), SetupChange.CREATED),
        (None, draft(running=False), SetupChange.CREATED),
        (schedule(), draft(), SetupChange.UNCHANGED),
        (schedule(), draft(replace(AT_NINE, at=time(10))), SetupChange.CHANGED),
        (schedule(), draft(replace(AT_NINE, zone=ZoneInfo("UTC"))), SetupChange.CHANGED),
        (schedule(), draft(replace(AT_NINE, weekdays=frozenset({0}))), SetupChange.CHANGED),
        (schedule(), draft(running=False), SetupChange.PAUSED),
        (schedule(state=ScheduleState.PAUSED), draft(), SetupChange.RESUMED),
        (schedule(state=ScheduleState.PAUSED), draft(running=False), SetupChange.UNCHANGED),
        (schedule(state=ScheduleState.STOPPED), draft(), SetupChange.RESUMED),
        (schedule(state=ScheduleState.STOPPED), draft(running=False), SetupChange.CHANGED),
    ],
)
def test_a_change_has_a_name(
    before: Schedule | None, wished: ScheduleDraft, change: SetupChange
) -> None:
    assert change_between(before, wished) is change


def test_terms_say_everything_a_person_can_change_and_nothing_else() -> None:
    moved_on = schedule(next_due=Due(MONDAY_NINE, MONDAY))
    assert terms_of(schedule()) == terms_of(moved_on) == terms_wished(draft())
    others = {
        terms_of(None),
        terms_of(schedule(replace(AT_NINE, at=time(9, 1)))),
        terms_of(schedule(replace(AT_NINE, zone=ZoneInfo("Europe/Paris")))),
        terms_of(schedule(replace(AT_NINE, weekdays=frozenset({1})))),
        terms_of(schedule(state=ScheduleState.PAUSED)),
        terms_of(schedule(state=ScheduleState.STOPPED)),
    }
    assert len(others) == 6
    assert terms_of(schedule()) not in others


def test_the_schedule_that_was_shown_may_be_changed() -> None:
    wish = SetupWish(draft(running=False), Seen(ChannelId("C1"), terms_of(schedule())))
    assert hindrance(schedule(), wish) is None


@pytest.mark.parametrize("shown", [NO_TERMS, terms_of(schedule(state=ScheduleState.PAUSED))])
def test_a_schedule_that_changed_since_it_was_shown_may_not(shown: str) -> None:
    wish = SetupWish(draft(), Seen(ChannelId("C1"), shown))
    assert hindrance(schedule(), wish) is SetupFault.OVERTAKEN


def test_the_schedule_of_a_channel_that_was_not_shown_may_not_even_if_it_looks_alike() -> None:
    wish = SetupWish(draft(running=False), Seen(ChannelId("C2"), terms_of(schedule())))
    assert hindrance(schedule(), wish) is SetupFault.HAS_ANOTHER


def test_the_first_question_is_due_at_the_next_moment() -> None:
    assert due_after(None, draft(), None, MONDAY_NINE.replace(minute=30)) == Due(
        TUESDAY_NINE, date(2026, 3, 3)
    )


def test_a_paused_schedule_is_never_due() -> None:
    assert due_after(schedule(), draft(running=False), None, MONDAY_NINE) is None


def test_a_date_that_was_asked_is_not_asked_again_when_the_time_moves_later() -> None:
    later = replace(AT_NINE, at=time(17, 0))
    noon = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    due = due_after(schedule(), draft(later), MONDAY, noon)
    assert due == Due(datetime(2026, 3, 3, 16, 0, tzinfo=UTC), date(2026, 3, 3))


def test_a_question_due_this_moment_is_not_lost_to_a_change_that_still_wants_it() -> None:
    owed = Due(MONDAY_NINE, MONDAY)
    with_sunday = replace(AT_NINE, weekdays=WORKING_DAYS | {6})
    just_after = MONDAY_NINE.replace(second=1)
    assert due_after(schedule(next_due=owed), draft(with_sunday), None, just_after) == owed


@pytest.mark.parametrize(
    "timing",
    [
        replace(AT_NINE, at=time(10, 0)),
        replace(AT_NINE, zone=ZoneInfo("Europe/London")),
        replace(AT_NINE, weekdays=frozenset({1})),
    ],
)
def test_a_question_due_this_moment_is_dropped_by_a_change_that_does_not_want_it(
    timing: Timing,
) -> None:
    before = schedule(next_due=Due(MONDAY_NINE, MONDAY))
    just_after = MONDAY_NINE.replace(second=1)
    assert due_after(before, draft(timing), None, just_after) == timing.next_due(just_after)


def test_a_question_still_to_come_gives_way_to_an_earlier_one() -> None:
    only_friday = replace(AT_NINE, weekdays=frozenset({4}))
    before = schedule(only_friday, next_due=Due(MONDAY_NINE.replace(day=6), date(2026, 3, 6)))
    due = due_after(before, draft(), None, MONDAY_NINE)
    assert due == Due(TUESDAY_NINE, date(2026, 3, 3))

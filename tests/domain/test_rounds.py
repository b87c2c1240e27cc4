"""Whether a question that is due may still be posted."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.local_time import Due, moment_of
from bot.domain.rounds import (
    BEGUN_WITHIN,
    CHANNEL_LOST,
    DEFAULT_LATENESS,
    INSTALLATION_LOST,
    LEASE,
    SLACK_TIMEOUT,
    DatesDue,
    Timeliness,
    dates_due,
    timeliness,
)
from bot.domain.schedules import Schedule, ScheduleState, Timing

ON_TIME, TOO_LATE, PAST = Timeliness.ON_TIME, Timeliness.TOO_LATE, Timeliness.PAST_ITS_DATE


def judged(zone: str, wall: str, late: timedelta, lateness: timedelta) -> Timeliness:
    """Judge a question of a local date and time, `late` after it was due."""
    local = datetime.fromisoformat(wall).replace(tzinfo=UTC)
    due_at = moment_of(local.date(), local.time(), ZoneInfo(zone))
    assert due_at is not None
    now = due_at + late
    return timeliness(due_at, local.date(), ZoneInfo(zone), now=now, lateness=lateness)


@pytest.mark.parametrize(
    ("zone", "wall", "late", "verdict"),
    [
        pytest.param("UTC", "2026-03-04 09:00", "00:00:00", ON_TIME, id="at once"),
        pytest.param("UTC", "2026-03-04 09:00", "00:20:00", ON_TIME, id="down for 20 minutes"),
        pytest.param("UTC", "2026-03-04 09:00", "06:00:00", ON_TIME, id="six hours, to the second"),
        pytest.param("UTC", "2026-03-04 09:00", "06:00:01", TOO_LATE, id="and one second more"),
        pytest.param("UTC", "2026-03-04 09:00", "14:59:59", TOO_LATE, id="the last second today"),
        pytest.param("UTC", "2026-03-04 09:00", "15:00:00", PAST, id="midnight"),
        pytest.param("UTC", "2026-03-04 23:50", "00:09:59", ON_TIME, id="23:50, just before 24:00"),
        pytest.param("UTC", "2026-03-04 23:50", "00:20:00", PAST, id="23:50, down for 20 minutes"),
        pytest.param("UTC", "2026-03-04 00:00", "06:00:00", ON_TIME, id="midnight's question"),
        # the date is the channel's, not that of UTC
        pytest.param("Asia/Tokyo", "2026-03-04 06:00", "04:00:00", ON_TIME, id="over UTC midnight"),
        pytest.param("Asia/Tokyo", "2026-03-04 22:00", "02:00:00", PAST, id="Tokyo's midnight"),
        pytest.param("America/Lima", "2026-03-04 18:00", "05:59:59", ON_TIME, id="Lima's evening"),
        # the clocks change in between: hours that pass are counted, not hours that clocks show
        pytest.param("Europe/Berlin", "2026-03-29 01:00", "06:00:00", ON_TIME, id="short night"),
        pytest.param("Europe/Berlin", "2026-03-29 01:00", "06:00:01", TOO_LATE, id="it is 08:00"),
        pytest.param("Europe/Berlin", "2026-10-25 01:00", "06:00:00", ON_TIME, id="long night"),
        pytest.param("Europe/Berlin", "2026-10-25 01:00", "06:00:01", TOO_LATE, id="it is 06:00"),
        pytest.param("Europe/Berlin", "2026-03-29 02:30", "05:59:00", ON_TIME, id="in the gap"),
        pytest.param(
            "Africa/Cairo", "2026-10-29 23:30", "01:15:00", ON_TIME, id="23 h comes twice"
        ),
        pytest.param(
            "Africa/Cairo", "2026-10-29 23:30", "01:30:00", PAST, id="then it is midnight"
        ),
        pytest.param("America/Havana", "2026-11-01 00:30", "06:00:00", ON_TIME, id="0 h twice"),
        # Saturday's question, moved by a gap to the first moment of Sunday: Sunday will do
        pytest.param("America/Nuuk", "2024-03-30 23:30", "00:00:00", ON_TIME, id="moved on"),
        pytest.param("America/Nuuk", "2024-03-30 23:30", "06:00:00", ON_TIME, id="on that Sunday"),
        pytest.param("America/Nuuk", "2024-03-30 23:30", "06:00:01", TOO_LATE, id="late on Sunday"),
        pytest.param("America/Nuuk", "2024-03-30 23:30", "24:00:00", PAST, id="on Monday"),
        pytest.param("America/Nuuk", "2024-03-30 22:30", "00:30:00", PAST, id="gap to midnight"),
        # clocks jump a whole date
        pytest.param("Pacific/Apia", "2011-12-29 23:30", "00:29:00", ON_TIME, id="Thursday"),
        pytest.param("Pacific/Apia", "2011-12-29 23:30", "00:30:00", PAST, id="then Saturday"),
        # asked too early
        pytest.param("UTC", "2026-03-04 09:00", "-00:00:05", ON_TIME, id="a clock that is behind"),
    ],
)
def test_late_is_better_than_never_within_reason(
    zone: str, wall: str, late: str, verdict: Timeliness
) -> None:
    sign = -1 if late.startswith("-") else 1
    hours, minutes, seconds = (int(part) for part in late.lstrip("-").split(":"))
    delay = sign * timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert judged(zone, wall, delay, DEFAULT_LATENESS) is verdict


@pytest.mark.parametrize(
    ("hours_allowed", "hours_late", "verdict"),
    [(0, 0, ON_TIME), (0, 1, TOO_LATE), (1, 1, ON_TIME), (1, 2, TOO_LATE), (48, 14, ON_TIME)],
)
def test_how_late_is_too_late_is_a_setting(
    hours_allowed: int, hours_late: int, verdict: Timeliness
) -> None:
    late, lateness = timedelta(hours=hours_late), timedelta(hours=hours_allowed)
    assert judged("UTC", "2026-03-04 09:00", late, lateness) is verdict


def test_no_allowance_carries_a_question_into_the_next_date() -> None:
    assert judged("UTC", "2026-03-04 09:00", timedelta(hours=15), timedelta(days=9)) is PAST


def test_a_question_is_judged_alike_in_whatever_zone_the_moments_are_written() -> None:
    berlin, due_at = ZoneInfo("Europe/Berlin"), datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    now = due_at + timedelta(hours=6, seconds=1)
    elsewhere = [ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")]
    verdicts = {
        timeliness(
            due_at.astimezone(one),
            date(2026, 3, 29),
            berlin,
            now=now.astimezone(other),
            lateness=DEFAULT_LATENESS,
        )
        for one in elsewhere
        for other in elsewhere
    }
    assert verdicts == {TOO_LATE}


def test_a_schedule_that_moved_to_another_zone_still_asks_on_the_date_it_promised() -> None:
    due_in_tokyo = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)  # 5 March, 06:00
    verdicts = [
        timeliness(
            due_in_tokyo,
            date(2026, 3, 5),
            ZoneInfo("America/Lima"),
            now=now,
            lateness=timedelta(days=9),
        )
        for now in (datetime(2026, 3, 6, 4, 59, tzinfo=UTC), datetime(2026, 3, 6, 5, tzinfo=UTC))
    ]
    assert verdicts == [ON_TIME, PAST]


@pytest.mark.parametrize("at", [time(0), time(9), time(23, 59)], ids=str)
def test_a_question_may_always_be_posted_at_its_moment_and_never_a_day_later(at: time) -> None:
    zones = ["UTC", "America/Nuuk", "Pacific/Apia", "Africa/Cairo", "Australia/Lord_Howe"]
    days = [date(2011, 12, 20) + timedelta(days=n) for n in range(10)]
    days += [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    walls = [f"{day} {at}" for day in days]
    for zone in zones:
        week = timedelta(days=7)
        assert {judged(zone, wall, timedelta(0), week) for wall in walls} == {ON_TIME}
        assert {judged(zone, wall, timedelta(hours=26), week) for wall in walls} == {PAST}


def test_a_lease_outlasts_a_call_to_slack_and_slacks_own_delay_however_late_it_began() -> None:
    assert LEASE >= BEGUN_WITHIN + 2 * SLACK_TIMEOUT


UTC_NINE = Timing(time(9), ZoneInfo("UTC"), frozenset(range(7)))


def owed(due: Due | None, now: datetime) -> DatesDue:
    """What a schedule that asks at nine owes."""
    schedule = Schedule(
        id=ScheduleId(1),
        installation_id=InstallationId(1),
        channel_id=ChannelId("C1"),
        owner_id=MemberId("U1"),
        timing=UTC_NINE,
        state=ScheduleState.RUNNING,
        seed=1,
        next_due=due,
    )
    return dates_due(schedule, now, DEFAULT_LATENESS)


def nine(day: int) -> Due:
    """Nine o'clock of a day in March."""
    return Due(datetime(2026, 3, day, 9, tzinfo=UTC), date(2026, 3, day))


def test_a_schedule_owes_nothing_before_its_time() -> None:
    assert owed(nine(2), nine(2).at - timedelta(seconds=1)) == DatesDue(None, (), nine(2))


def test_a_schedule_owes_todays_date_from_its_time_on() -> None:
    assert owed(nine(2), nine(2).at) == DatesDue(nine(2), (), nine(3))


def test_after_some_days_todays_date_is_still_owed_and_the_others_have_passed() -> None:
    passed = tuple((nine(day), PAST.value) for day in (2, 3))
    assert owed(nine(2), nine(4).at) == DatesDue(nine(4), passed, nine(5))


def test_after_some_days_and_too_many_hours_all_have_passed() -> None:
    now = nine(3).at + timedelta(hours=7)
    passed = ((nine(2), PAST.value), (nine(3), TOO_LATE.value))
    assert owed(nine(2), now) == DatesDue(None, passed, nine(4))


def test_a_schedule_that_does_not_run_is_asked_by_mistake() -> None:
    with pytest.raises(ValueError, match="does not run"):
        owed(None, nine(2).at)


def test_no_error_means_both_a_lost_channel_and_a_lost_installation() -> None:
    assert CHANNEL_LOST.isdisjoint(INSTALLATION_LOST)

"""Local time made into moments: named cases, and every zone of the world against an oracle."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.domain.local_time import DAY, Due, moment_of, next_due
from proof.oracles.zones import EPOCH, ZoneHistory, zone_history

EVERY_DAY = frozenset(range(7))
MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6
ZONES = sorted(available_timezones())
TIMES = [
    *(time(0, 0), time(0, 15), time(1, 30), time(2, 0), time(2, 30), time(3, 0)),
    *(time(12, 0), time(23, 30), time(23, 59)),
]
WHOLE_YEAR = 2026
"""A year of ordinary changes, and of some that are not: half hours, two hours, at midnight."""
YEARS_OF_CHANGES = (2011, 2024)
"""2011: Apia and Fakaofo skipped a date, Russia and others moved. 2024: Nuuk, Scoresbysund,
Kazakhstan."""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- named cases ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        pytest.param("UTC", "2026-03-29 02:30", "2026-03-29 02:30", id="no clock changes"),
        pytest.param("Europe/Berlin", "2026-07-01 09:00", "2026-07-01 07:00", id="summer"),
        pytest.param("Europe/Berlin", "2026-12-01 09:00", "2026-12-01 08:00", id="winter"),
        pytest.param("Asia/Kathmandu", "2026-12-01 09:00", "2026-12-01 03:15", id="quarter hours"),
        # clocks go forward over it: the first moment after the gap, not the gap's length later
        pytest.param("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59", id="before a gap"),
        pytest.param("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", id="gap begins"),
        pytest.param("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00", id="in a gap"),
        pytest.param("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", id="gap ends"),
        pytest.param("America/New_York", "2026-03-08 02:59", "2026-03-08 07:00", id="New York"),
        pytest.param("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30", id="half hour"),
        pytest.param("Antarctica/Troll", "2026-03-29 02:30", "2026-03-29 01:00", id="two hours"),
        pytest.param("Africa/Cairo", "2026-04-24 00:15", "2026-04-23 22:00", id="at midnight"),
        # the gap ends at midnight: the moment carries the next date
        pytest.param("America/Nuuk", "2024-03-30 23:30", "2024-03-31 01:00", id="into Sunday"),
        # clocks go back over it: the first of the two
        pytest.param("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", id="shown twice"),
        pytest.param("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00", id="twice begins"),
        pytest.param("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", id="shown once"),
        pytest.param("America/Havana", "2026-11-01 00:30", "2026-11-01 04:30", id="midnight twice"),
        pytest.param("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30", id="late twice"),
        pytest.param("Pacific/Apia", "2011-12-29 23:59", "2011-12-30 09:59", id="before the jump"),
        pytest.param("Pacific/Apia", "2011-12-31 00:00", "2011-12-30 10:00", id="after the jump"),
    ],
)
def test_local_time_means_this_moment(zone: str, wall: str, moment: str) -> None:
    local = utc(wall)
    assert moment_of(local.date(), local.time(), ZoneInfo(zone)) == utc(moment)


@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Fakaofo"])
def test_a_date_that_clocks_never_showed_has_no_moment(zone: str, at: time) -> None:
    assert moment_of(date(2011, 12, 30), at, ZoneInfo(zone)) is None


def test_a_skipped_date_is_passed_over() -> None:
    zone, at = ZoneInfo("Pacific/Apia"), time(9)
    thursday = moment_of(date(2011, 12, 29), at, zone)
    assert thursday is not None
    saturday = Due(thursday + DAY, date(2011, 12, 31))
    assert next_due(at, zone, EVERY_DAY, after=thursday) == saturday
    next_friday = next_due(at, zone, {FRIDAY}, after=thursday)
    assert next_friday.local_date == date(2012, 1, 6)


def test_a_time_whose_hour_comes_twice_is_asked_once() -> None:
    zone, at = ZoneInfo("Europe/Berlin"), time(2, 30)
    first = next_due(at, zone, EVERY_DAY, after=utc("2026-10-24 12:00"))
    assert first == Due(utc("2026-10-25 00:30"), date(2026, 10, 25))
    assert next_due(at, zone, EVERY_DAY, after=first.at) == Due(
        utc("2026-10-26 01:30"), date(2026, 10, 26)
    )


def test_a_time_marked_as_the_second_of_two_still_means_the_first() -> None:
    second = time(2, 30, fold=1)
    berlin = ZoneInfo("Europe/Berlin")
    assert moment_of(date(2026, 10, 25), second, berlin) == utc("2026-10-25 00:30")
    assert moment_of(date(2026, 3, 29), second, berlin) == utc("2026-03-29 01:00")
    due = next_due(second, berlin, EVERY_DAY, after=utc("2026-10-25 00:00"))
    assert due.at == utc("2026-10-25 00:30")


def test_a_question_that_a_gap_moved_past_midnight_is_still_to_come_at_midnight() -> None:
    nuuk, at = ZoneInfo("America/Nuuk"), time(23, 30)
    just_before = utc("2024-03-31 00:59:59")
    saturday = Due(utc("2024-03-31 01:00"), date(2024, 3, 30))
    assert next_due(at, nuuk, EVERY_DAY, after=just_before) == saturday
    assert next_due(at, nuuk, EVERY_DAY, after=saturday.at).local_date == date(2024, 3, 31)


def test_the_next_moment_is_strictly_later() -> None:
    nine = utc("2026-03-02 09:00")
    second = timedelta(seconds=1)
    ask = [next_due(time(9), ZoneInfo("UTC"), EVERY_DAY, after=nine + n * second) for n in (-1, 0)]
    assert [due.at for due in ask] == [nine, nine + DAY]


def test_the_moment_asked_from_may_be_written_in_any_zone() -> None:
    tokyo, lima = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")
    after = utc("2026-03-02 00:00")
    dues = {next_due(time(9), tokyo, EVERY_DAY, after=after.astimezone(z)) for z in (tokyo, lima)}
    assert dues == {Due(utc("2026-03-03 00:00"), date(2026, 3, 3))}


# --- weekdays and dates already asked -------------------------------------------------------------


@pytest.mark.parametrize("weekday", range(7))
def test_one_weekday_comes_once_a_week(weekday: int) -> None:
    after, dates = utc("2026-03-01 00:00"), []
    for _ in range(60):
        due = next_due(time(2, 30), ZoneInfo("Europe/Berlin"), {weekday}, after=after)
        after = due.at
        dates.append(due.local_date)
    assert {day.weekday() for day in dates} == {weekday}
    assert {later - day for day, later in pairwise(dates)} == {7 * DAY}


def test_weekdays_are_those_of_the_local_date_and_not_of_utc() -> None:
    auckland = next_due(
        time(8), ZoneInfo("Pacific/Auckland"), {MONDAY}, after=utc("2026-06-01 00:00")
    )
    assert auckland == Due(utc("2026-06-07 20:00"), date(2026, 6, 8))


def test_a_weekday_that_a_gap_moved_past_midnight_keeps_its_name() -> None:
    nuuk = ZoneInfo("America/Nuuk")
    due = next_due(time(23, 30), nuuk, {SATURDAY}, after=utc("2024-03-30 12:00"))
    assert due == Due(utc("2024-03-31 01:00"), date(2024, 3, 30))
    assert due.at.astimezone(nuuk).weekday() == SUNDAY


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1})])
def test_without_a_weekday_there_is_no_next_date(weekdays: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="no weekday to post on"):
        next_due(time(9), ZoneInfo("UTC"), weekdays, after=utc("2026-03-02 00:00"))


@pytest.mark.parametrize(
    ("after_date", "next_date"),
    [
        pytest.param(None, "2026-03-04", id="nothing asked yet"),
        pytest.param("2020-01-01", "2026-03-04", id="long ago"),
        pytest.param("2026-03-03", "2026-03-04", id="yesterday"),
        pytest.param("2026-03-04", "2026-03-05", id="today already"),
        pytest.param("2026-03-05", "2026-03-06", id="tomorrow already"),
        pytest.param("2026-03-06", "2026-03-09", id="and over the weekend"),
        pytest.param("2027-12-31", "2028-01-03", id="far ahead"),
    ],
)
def test_a_date_already_asked_is_not_asked_again(after_date: str | None, next_date: str) -> None:
    due = next_due(
        time(9),
        ZoneInfo("UTC"),
        frozenset(range(5)),
        after=utc("2026-03-04 08:00"),
        after_date=None if after_date is None else date.fromisoformat(after_date),
    )
    assert due.local_date == date.fromisoformat(next_date)


def test_a_schedule_moved_to_a_later_time_is_not_asked_twice_on_one_date() -> None:
    zone, asked_at_nine = ZoneInfo("Europe/Berlin"), utc("2026-03-04 08:00")
    due = next_due(time(17), zone, EVERY_DAY, after=asked_at_nine, after_date=date(2026, 3, 4))
    assert due == Due(utc("2026-03-05 16:00"), date(2026, 3, 5))


# --- every zone -----------------------------------------------------------------------------------


@cache
def history_of(name: str, year: int) -> ZoneHistory:
    return zone_history(ZoneInfo(name), year)


def expected(history: ZoneHistory, at: time, first: date, last: date) -> list[Due]:
    days = (first + n * DAY for n in range((last - first).days + 1))
    return [Due(history.moment(day, at), day) for day in days if history.has(day)]


def chained(
    name: str, at: time, first: date, last: date, *, remembering: bool = False
) -> Iterator[Due]:
    """Ask again and again for the next date; `remembering` passes the date just asked as well."""
    zone = ZoneInfo(name)
    before_first = moment_of(first - DAY, at, zone)
    assert before_first is not None
    due = next_due(at, zone, EVERY_DAY, after=before_first)
    while due.local_date <= last:
        yield due
        asked = due.local_date if remembering else None
        later = next_due(at, zone, EVERY_DAY, after=due.at, after_date=asked)
        assert later.at > due.at, name  # or this would never end
        due = later


def zones_for_a_whole_year(at: time) -> list[str]:
    """Return one zone for each way in which clocks run that year, and a share of all the others.

    The shares of the nine times together are all zones there are.
    """
    distinct = {history_of(name, WHOLE_YEAR): name for name in ZONES}.values()
    share = ZONES[TIMES.index(at) :: len(TIMES)]
    return sorted({*distinct, *share})


@pytest.mark.parametrize(
    ("name", "year", "forward"),
    [
        ("Europe/Berlin", 2026, [3_600, -3_600]),
        ("Australia/Lord_Howe", 2026, [-1_800, 1_800]),
        ("Asia/Tokyo", 2026, []),
        ("Europe/Moscow", 2011, [3_600]),
        ("Pacific/Apia", 2011, [-3_600, 3_600, 86_400]),
    ],
)
def test_the_oracle_sees_clocks_change(name: str, year: int, forward: list[int]) -> None:
    history = history_of(name, year)
    assert [seconds for when, seconds in history.changes if year_of(when) == year] == forward


def year_of(moment: int) -> int:
    return (EPOCH + timedelta(seconds=moment)).year


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_every_date_of_a_year_is_asked_once_in_every_zone(at: time) -> None:
    first, last = date(WHOLE_YEAR, 1, 1), date(WHOLE_YEAR, 12, 31)
    for name in zones_for_a_whole_year(at):
        asked = list(chained(name, at, first, last))
        assert asked == expected(history_of(name, WHOLE_YEAR), at, first, last), name
        assert len(asked) == 365, name


@pytest.mark.parametrize("year", [*YEARS_OF_CHANGES, WHOLE_YEAR])
@pytest.mark.parametrize("at", TIMES, ids=str)
def test_every_date_around_a_change_is_asked_once_in_every_zone(at: time, year: int) -> None:
    for name in ZONES:
        history = history_of(name, year)
        for change in (when for when, _ in history.changes if year_of(when) == year):
            day = (EPOCH + timedelta(seconds=change)).date()
            first, last = day - 2 * DAY, day + 2 * DAY
            asked = list(chained(name, at, first, last))
            assert asked == expected(history, at, first, last), name
            assert asked == list(chained(name, at, first, last, remembering=True)), name


@pytest.mark.parametrize("at", TIMES, ids=str)
def test_two_dates_are_a_day_apart_give_or_take_the_change_between_them(at: time) -> None:
    for name in ZONES:
        history = history_of(name, 2011)
        for when, forward in history.changes:
            day = (EPOCH + timedelta(seconds=when)).date()
            moments = [due.at for due in chained(name, at, day - DAY, day + DAY)]
            apart = [later - moment for moment, later in pairwise(moments)]
            # Of a whole day that clocks jump over nothing is left: the date is gone as well.
            change = timedelta(seconds=abs(forward) % 86_400)
            assert all(timedelta(0) < DAY - change <= gap <= DAY + change for gap in apart), name

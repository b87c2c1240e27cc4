"""A schedule's timing, and its weekdays as a person would say them."""

from datetime import UTC, date, datetime, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from bot.domain.local_time import Due
from bot.domain.schedules import WEEKDAY_NAMES, WORKING_DAYS, Timing, weekdays_in_words

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@pytest.mark.parametrize(
    ("weekdays", "words"),
    [
        ({MON, TUE, WED, THU, FRI, SAT, SUN}, "every day"),
        ({MON, TUE, WED, THU, FRI}, "on weekdays"),
        ({MON}, "on Mondays"),
        ({SUN}, "on Sundays"),
        ({MON, FRI}, "on Monday and Friday"),
        ({FRI, MON}, "on Monday and Friday"),
        ({SAT, SUN}, "on Saturday and Sunday"),
        ({WED, MON, FRI}, "on Monday, Wednesday and Friday"),
        ({MON, TUE, WED, THU}, "on Monday, Tuesday, Wednesday and Thursday"),
        ({TUE, WED, THU, FRI, SAT}, "on Tuesday, Wednesday, Thursday, Friday and Saturday"),
        (set(), "on no day"),
    ],
)
def test_weekdays_are_said_as_a_person_would(weekdays: set[int], words: str) -> None:
    assert weekdays_in_words(frozenset(weekdays)) == words


def test_every_choice_of_weekdays_has_words_of_its_own() -> None:
    choices = [frozenset(days) for size in range(8) for days in combinations(range(7), size)]
    assert len({weekdays_in_words(choice) for choice in choices}) == len(choices) == 128


def test_weekday_names_are_numbered_as_dates_number_them() -> None:
    monday, sunday = date(2026, 3, 2), date(2026, 3, 8)
    assert WEEKDAY_NAMES[monday.weekday()] == "Monday"
    assert WEEKDAY_NAMES[sunday.weekday()] == "Sunday"


def test_working_days_are_monday_to_friday() -> None:
    assert [WEEKDAY_NAMES[day] for day in sorted(WORKING_DAYS)] == [
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
    ]


def test_a_timing_tells_its_next_moment_in_its_own_zone() -> None:
    timing = Timing(time(9, 0), ZoneInfo("Europe/Berlin"), WORKING_DAYS)
    friday_morning = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    monday = Due(datetime(2026, 3, 30, 7, 0, tzinfo=UTC), date(2026, 3, 30))
    assert timing.next_due(friday_morning) == monday
    tuesday = Due(datetime(2026, 3, 31, 7, 0, tzinfo=UTC), date(2026, 3, 31))
    assert timing.next_due(friday_morning, after_date=monday.local_date) == tuesday

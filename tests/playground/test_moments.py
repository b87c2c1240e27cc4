"""Dates as Slack's client writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.playground.moments import clock_time, day_name, formatted, of_ts

NOW = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("template", "seen"),
    [
        ("{date}", "March 2, 2026"),
        ("{date_num}", "2026-03-02"),
        ("{date_slash}", "03/02/2026"),
        ("{date_short}", "Mar 2, 2026"),
        ("{date_long}", "Monday, March 2, 2026"),
        ("{date_pretty}", "today"),
        ("{date_short_pretty} at {time}", "today at 23:00"),
        ("{day_divider_pretty}", "today"),
        ("{time_secs}", "23:00:00"),
        ("{ago}", "30 minutes ago"),
        ("{what} {time}", "{what} 23:00"),
    ],
)
def test_tokens_are_filled_in_the_time_of_the_reader(template: str, seen: str) -> None:
    stamp = int((NOW - timedelta(minutes=30)).timestamp())
    assert formatted(stamp, template, BERLIN, NOW) == seen


@pytest.mark.parametrize(
    ("later", "seen"),
    [
        (timedelta(hours=1), "tomorrow"),
        (timedelta(days=-1), "yesterday"),
        (timedelta(days=5), "March 7, 2026"),
    ],
)
def test_near_days_have_names_by_the_readers_calendar(later: timedelta, seen: str) -> None:
    # Half past ten in UTC is half past eleven in Berlin: an hour on it is another day there.
    assert formatted(int((NOW + later).timestamp()), "{date_pretty}", BERLIN, NOW) == seen


@pytest.mark.parametrize(
    ("passed", "seen"),
    [
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (-timedelta(hours=1), "in 1 hour"),
    ],
)
def test_ago_counts_in_the_largest_unit(passed: timedelta, seen: str) -> None:
    assert formatted(int((NOW - passed).timestamp()), "{ago}", UTC, NOW) == seen


def test_a_ts_is_a_moment() -> None:
    moment = of_ts(f"{int(NOW.timestamp())}.000001")
    assert clock_time(moment, BERLIN) == "23:30"
    assert day_name(moment, BERLIN) == "Monday, 2 March"

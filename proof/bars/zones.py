"""R5: every zone's every clock change from 2009 to 2036, at every awkward time of day.

Around each change the app's due moments are followed for some days and compared with the oracle's:
each selected local date that exists, once, at its moment, and nothing else.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from time import perf_counter
from zoneinfo import ZoneInfo, available_timezones

from bot.domain import local_time
from bot.domain.local_time import DAY, Due
from proof.bars.bar import Mutant, replaced
from proof.oracles.zones import ZoneHistory, periods_of

YEARS = (2009, 2036)
ALL_TIMES = tuple(
    time(hour, minute)
    for hour, minute in (
        *((0, 0), (0, 1), (0, 15), (0, 30), (0, 59), (1, 0), (1, 30), (1, 59), (2, 0), (2, 15)),
        *((2, 30), (2, 59), (3, 0), (3, 30), (4, 0), (9, 0), (12, 0), (17, 45), (22, 30)),
        *((23, 0), (23, 30), (23, 59)),
    )
)
BEFORE, AFTER = 2 * DAY, 3 * DAY
EVERY_DAY, WORKING_DAYS, WEEKEND = frozenset(range(7)), frozenset(range(5)), frozenset({5, 6})
MEASURED_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
MEASURED_FROM, MEASURED_TO, LOOKS = datetime(2026, 1, 1, tzinfo=UTC), date(2027, 12, 31), 20
SELECTIONS = (EVERY_DAY, EVERY_DAY, WORKING_DAYS, WEEKEND)
"""Which weekdays are asked, in turn over the times of day."""


@dataclass
class Fires:
    """What was compared: due moments of the app's, and those that differ."""

    zones: int = 0
    changes: int = 0
    fires: int = 0
    wrong: int = 0
    first: str = ""


def fires(
    zones: Sequence[str] | None = None,
    years: tuple[int, int] = YEARS,
    times: Sequence[time] = ALL_TIMES,
    *,
    until_wrong: bool = False,
) -> Fires:
    """Compare every due moment around every change of these zones (all there are by default)."""
    found = Fires()
    for name in sorted(available_timezones()) if zones is None else zones:
        zone, periods = ZoneInfo(name), periods_of(ZoneInfo(name), *years)
        found.zones += 1
        for place in range(1, len(periods)):
            found.changes += 1
            change = datetime.fromtimestamp(periods[place].start, UTC)
            near = ZoneHistory(periods[max(0, place - 2) : place + 3])
            for at, weekdays in _asked(times):
                _compare(found, Clocks(zone, near, change), at, weekdays)
            if until_wrong and found.wrong:
                return found
    return found


def _asked(times: Sequence[time]) -> Iterator[tuple[time, Set[int]]]:
    for place, at in enumerate(times):
        yield at, SELECTIONS[place % len(SELECTIONS)]


@dataclass(frozen=True)
class Clocks:
    """A zone around one change of its clocks."""

    zone: ZoneInfo
    history: ZoneHistory
    change: datetime


def _compare(found: Fires, clocks: Clocks, at: time, weekdays: Set[int]) -> None:
    zone, history, change = clocks.zone, clocks.history, clocks.change
    first, last = (change - BEFORE).date(), (change + AFTER).date()
    start = datetime.combine(first, time(0), UTC) - DAY / 2
    told = list(_told(zone, at, weekdays, start, last))
    true = [
        Due(history.moment(day, at), day)
        for day in _days(first - DAY, last)
        if day.weekday() in weekdays and history.has(day) and history.moment(day, at) > start
    ]
    found.fires += max(len(told), len(true))
    wrong = len(set(told) ^ set(true)) + len(told) - len(set(told))
    found.wrong += wrong
    if wrong and not found.first:
        found.first = f"{zone.key} {change.isoformat()} {at}"


def _told(
    zone: ZoneInfo, at: time, weekdays: Set[int], after: datetime, last: date
) -> Iterator[Due]:
    due = local_time.next_due(at, zone, weekdays, after=after)
    while due.local_date <= last:
        yield due
        due = local_time.next_due(at, zone, weekdays, after=due.at, after_date=due.local_date)


def microseconds_each() -> float:
    """Measure what one due moment costs the app: the least of several looks at the same years.

    Nothing else is done meanwhile, and all that can be remembered is.
    """
    zones = [ZoneInfo(name) for name in MEASURED_ZONES]
    looks = []
    for _ in range(LOOKS):
        began = perf_counter()
        told = [
            due
            for zone in zones
            for due in _told(zone, time(2, 30), WORKING_DAYS, MEASURED_FROM, MEASURED_TO)
        ]
        looks.append(1e6 * (perf_counter() - began) / len(told))
    return min(looks)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


_next_due = local_time.next_due


def _a_day_later(
    at: time,
    zone: ZoneInfo,
    weekdays: Set[int],
    *,
    after: datetime,
    after_date: date | None = None,
) -> Due:
    if after_date is None:
        return _next_due(at, zone, weekdays, after=after)
    day = after_date + DAY
    steps = 1
    while day.weekday() not in weekdays:
        day, steps = day + DAY, steps + 1
    return Due(after + steps * timedelta(hours=24), day)


def _second_of_two(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).replace(fold=1)


def _as_the_library_reads_it(wall: datetime, _zone: ZoneInfo) -> datetime:
    return wall.astimezone(UTC)


MUTANTS = (
    Mutant(
        "a skipped time is read as the library reads it",
        partial(replaced, local_time, "_first_moment_at_or_after", _as_the_library_reads_it),
    ),
    Mutant(
        "of two moments the second is taken",
        partial(replaced, local_time, "_wall_time", _second_of_two),
    ),
    Mutant(
        "the next day is 24 hours later", partial(replaced, local_time, "next_due", _a_day_later)
    ),
)

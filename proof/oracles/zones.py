"""A zone's clock as an oracle sees it: the moments at which it changed, found by looking.

Only one direction of the zone is asked, from a moment to what the clocks show, which is never in
doubt. The other direction, the one with gaps and repeated hours, is worked out here in whole
seconds since 1970, without `fold`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.date().toordinal()
SECONDS_A_DAY = 86_400
LOOK_EVERY = 6 * 3_600


@dataclass(frozen=True)
class Period:
    """A stretch, from `start` up to and without `end`, in which clocks are `offset` from UTC."""

    start: int
    end: int
    offset: int


@dataclass(frozen=True)
class ZoneHistory:
    """How a zone's clocks ran over some years, period by period."""

    periods: tuple[Period, ...]

    @property
    def changes(self) -> list[tuple[int, int]]:
        """Return each change: when, and by how many seconds clocks went forward (or back)."""
        return [(new.start, new.offset - old.offset) for old, new in pairwise(self.periods)]

    def has(self, day: date) -> bool:
        """Tell whether clocks ever show this date."""
        midnight = seconds_to(day)
        return any(
            p.start + p.offset < midnight + SECONDS_A_DAY and p.end + p.offset > midnight
            for p in self.periods
        )

    def moment(self, day: date, at: time) -> datetime:
        """Return the first moment at which clocks have reached `at` on `day`.

        That one sentence is all three rules: a time that exists is reached when clocks show it, the
        first time if they show it twice; one they jump over is reached when they jump.
        """
        wall = seconds_to(day) + at.hour * 3_600 + at.minute * 60
        for period in self.periods:
            reached = max(period.start, wall - period.offset)
            if reached < period.end:
                return EPOCH + timedelta(seconds=reached)
        raise AssertionError(f"{day} lies beyond the years looked at")


def seconds_to(day: date) -> int:
    """Return the seconds from 1970 to a date's midnight, as a clock on the wall counts them."""
    return (day.toordinal() - EPOCH_DAY) * SECONDS_A_DAY


def zone_history(zone: ZoneInfo, year: int) -> ZoneHistory:
    """Look at a zone's clocks in a year, and in the month before it and the one after it."""
    return ZoneHistory(periods_of(zone, year, year))


def periods_of(zone: ZoneInfo, first: int, last: int) -> tuple[Period, ...]:
    """Look at a zone's clocks from the month before one year to the month after another."""
    start, end = seconds_to(date(first - 1, 12, 1)), seconds_to(date(last + 1, 2, 1))
    edges = [start, *_changes(zone, start, end), end]
    return tuple(Period(a, b, _offset(zone, a)) for a, b in pairwise(edges))


def _changes(zone: ZoneInfo, start: int, end: int) -> Iterator[int]:
    before = _offset(zone, start)
    for moment in range(start + LOOK_EVERY, end + 1, LOOK_EVERY):
        after = _offset(zone, moment)
        if after != before:
            yield _bisected(zone, moment - LOOK_EVERY, moment)
        before = after


def _bisected(zone: ZoneInfo, low: int, high: int) -> int:
    old = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    assert offset is not None
    return offset.days * SECONDS_A_DAY + offset.seconds

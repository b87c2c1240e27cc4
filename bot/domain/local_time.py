"""When a schedule's next question is due: local wall-clock time made into moments in UTC.

The rules, for every zone and every day of the year:

- a local time that does not exist on a date (clocks go forward over it) means the first moment
  after the gap, even where that moment carries the next date;
- a local time that exists twice (clocks go back over it) means the first of the two;
- a date that has no moments at all (Apia skipped 30 December 2011) is not a date.

So every scheduled local date has exactly one moment, and a date, not a moment, names a round.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SEARCH_DAYS = 366
"""How far ahead a next date is looked for; a chosen weekday is at most a fortnight away."""


@dataclass(frozen=True, slots=True)
class Due:
    """The moment (UTC) at which a question is due, and the local date whose question it is."""

    at: datetime
    local_date: date


def moment_of(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """Return the moment (UTC) of local time `at` on `day`; None if that date has no moments."""
    wall = _wall_time(day, at, zone)
    moment = _first_moment_at_or_after(wall, zone)
    if moment.astimezone(zone) != wall and _is_skipped(day, zone):
        return None
    return moment


def next_due(
    at: time, zone: ZoneInfo, weekdays: Set[int], *, after: datetime, after_date: date | None = None
) -> Due:
    """Return the first due moment strictly later than `after` on a date later than `after_date`.

    `weekdays` holds 0 (Monday) to 6. Raises ValueError if it holds none of them.
    """
    # Of an earlier date nothing is still to come: its moment is the first at which clocks have
    # reached its time, and they have gone past that date.
    day = after.astimezone(zone).date()
    if after_date is not None and after_date >= day:
        day = after_date + DAY
    for _ in range(SEARCH_DAYS):
        # Taken as it stands, a wall time is never read too early (in a gap: too late), which is
        # enough to pass over a date that is behind us.
        if day.weekday() in weekdays and _wall_time(day, at, zone).astimezone(UTC) > after:
            moment = moment_of(day, at, zone)
            if moment is not None and moment > after:
                return Due(moment, day)
        day += DAY
    raise ValueError(f"no weekday to post on in {sorted(weekdays)}")


def _wall_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, at, zone)
    return wall.replace(fold=0) if wall.fold else wall


def _first_moment_at_or_after(wall: datetime, zone: ZoneInfo) -> datetime:
    moment = wall.astimezone(UTC)
    # Two datetimes of one zone compare by what the clock on the wall shows.
    if moment.astimezone(zone) == wall:
        return moment
    # A gap. Read with the offset after it (fold=1) the wall time falls before the change, read with
    # the offset before it (fold=0) it falls after: the change lies between the two.
    return _change_between(wall.replace(fold=1).astimezone(UTC), moment, zone)


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find, to the second, when the offset of `before` gives way to that of `after`."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after


def _is_skipped(day: date, zone: ZoneInfo) -> bool:
    midnight, next_midnight = (
        _first_moment_at_or_after(datetime.combine(d, time(0), zone), zone)
        for d in (day, day + DAY)
    )
    return midnight >= next_midnight

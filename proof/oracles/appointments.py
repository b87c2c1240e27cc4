"""When a channel's questions come, worked out from what people wished and when nobody was there.

Every date of a wish is judged by itself, from the zone's history: there is no next date here, no
step from one to the next, and nothing that is remembered but the last date judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from proof.oracles.zones import EPOCH, EPOCH_DAY, SECONDS_A_DAY, ZoneHistory

Stretch = tuple[datetime, datetime]
"""From a moment on, and up to another one, which belongs to it no more."""


@dataclass(frozen=True)
class Wish:
    """How a channel wants to be asked from a moment on. None of it counts while it is paused."""

    since: datetime
    at: time
    zone: str
    weekdays: frozenset[int]
    paused: bool = False


@dataclass(frozen=True)
class Presence:
    """When somebody looks at the clock: every so often, and never while nobody is there.

    Stretches of absence begin and end at such moments, which are counted from 1970 on.
    """

    every: timedelta
    absent: Sequence[Stretch] = ()

    def first_from(self, moment: datetime) -> datetime:
        """The first look from a moment on."""
        look = EPOCH - (EPOCH - moment) // self.every * self.every
        return next((end for begin, end in self.absent if begin <= look < end), look)


def questions(
    wishes: Sequence[Wish],
    presence: Presence,
    zones: Mapping[str, ZoneHistory],
    end: datetime,
    lateness: timedelta,
) -> dict[date, datetime]:
    """Return each local date whose question comes up to `end`, and when it comes.

    A wish begins at a moment at which somebody was there, and never while a question is owed.
    """
    found: dict[date, datetime] = {}
    judged = date.min
    bounds = [wish.since for wish in wishes] + [end]
    for wish, (since, until) in zip(wishes, pairwise(bounds), strict=True):
        history = zones[wish.zone]
        for day in _days(since, until) if not wish.paused else ():
            if day <= judged or day.weekday() not in wish.weekdays or not history.has(day):
                continue
            due = history.moment(day, wish.at)
            asked = presence.first_from(due)
            if not since < due <= until or asked > end:
                continue
            judged = day
            last_date = max(day, _date_at(due, history))
            if asked - due <= lateness and _date_at(asked, history) <= last_date:
                found[day] = asked
    return found


def _days(since: datetime, until: datetime) -> Iterator[date]:
    """Every date on which clocks anywhere may stand in between."""
    day = since.date() - timedelta(days=2)
    while day <= until.date() + timedelta(days=2):
        yield day
        day += timedelta(days=1)


def _date_at(moment: datetime, history: ZoneHistory) -> date:
    seconds = (moment - EPOCH) // timedelta(seconds=1)
    offset = next(p.offset for p in history.periods if p.start <= seconds < p.end)
    return date.fromordinal(EPOCH_DAY + (seconds + offset) // SECONDS_A_DAY)

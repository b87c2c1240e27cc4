"""What is to happen, made from a seed before anything runs.

A history is plain data: schedules, the moments at which something happens, the replies people
write, and the mishaps. So a run that does harm can be played again with parts left out.

Time goes in groups of beats: one shortly before questions fall due, one at that moment, and some
in the minutes after it, in which lost posts are looked for, events come again, and people reply.
The last two of a group are calm, so that what is still missing after them is missing for good.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

from proof.oracles.zones import ZoneHistory, zone_history

FIRST_DAY = date(2026, 3, 2)
"""American clocks change six days later, European ones in the last week of the month."""
ANCHORS_H = (1, 5, 9, 13, 17, 21)
"""Hours of UTC at which, on the first day, the schedules fall due."""
ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Kolkata"),
    *("Asia/Tokyo", "Australia/Lord_Howe", "Pacific/Auckland", "America/Sao_Paulo", "Asia/Tehran"),
    *("Africa/Cairo", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Etc/UTC"),
    *("Pacific/Kiritimati", "Pacific/Pago_Pago", "Africa/Casablanca", "America/Havana"),
    *("Asia/Beirut", "Antarctica/Troll", "America/Asuncion", "Australia/Adelaide", "Asia/Gaza"),
)
BEATS = (-90, 0, 12, 65, 80, 95, 200, 420)
"""Seconds from the due moment. A lease lasts 60, Slack sends events again after 60 and 300."""
DUE = 1
"""The beat of a group at which its questions fall due."""
CALM = 6
"""The beat of a group from which nothing strikes any more."""


class Kind(StrEnum):
    """What can go wrong."""

    RATE_LIMITED = "429"
    RATE_LIMITED_BARE = "429 without Retry-After"
    ERROR_BEFORE = "5xx before the effect"
    ERROR_AFTER = "5xx after the effect"
    TIMEOUT_BEFORE = "time-out before the effect"
    TIMEOUT_AFTER = "time-out after the effect"
    RESET_BEFORE = "reset before the effect"
    RESET_AFTER = "reset after the effect"
    LATE_EFFECT = "reset, and the effect comes later"
    LOOKING_FAILS = "history cannot be read"
    MARKING_FAILS = "reactions fail"
    EVENTS_DOUBLED = "events doubled"
    EVENTS_REORDERED = "events reordered"
    EVENTS_LATE = "events two hours late"
    SOCKETS_DROPPED = "websockets dropped"
    UPGRADES_REFUSED = "websocket upgrades refused"
    KILL = "kill -9 while Slack takes a call"
    KILL_SOON = "kill -9 after some milliseconds"
    STALL = "a process stands still for minutes"
    NOBODY_RUNS = "nobody runs for minutes"
    OUTAGE = "nobody runs for hours"
    AUTH_FAILS = "auth.test fails at start"
    NO_NAMES = "no name resolves at start"
    DATABASE_RESTARTED = "database stopped at once"
    DATABASE_LOCKED = "database locked"
    DISK_FULL = "disk full"
    CLOCK_WRONG = "a clock minutes wrong"


@dataclass(frozen=True)
class Habits:
    """How large a history is, and how bad its days: numbers of mishaps for each hundred groups."""

    rounds: int
    answers: int
    replicas: int
    on_sqlite: bool
    strikes: int = 160
    kills: int = 60


@dataclass(frozen=True)
class Appointment:
    """A schedule as the history knows it: its place among them, and its local time."""

    number: int
    zone: str
    at: time

    @property
    def name(self) -> str:
        """The name of its channel."""
        return f"prep-{self.number}"


@dataclass(frozen=True)
class Utterance:
    """A reply to a schedule's latest question, or the one before: whose, and what becomes of it."""

    appointment: int
    member: int
    text: str
    with_file: bool = False
    to_previous: bool = False
    then: str | None = None
    """Another text (an edit), "" (deleted), or None; it happens one beat later."""


@dataclass(frozen=True)
class Mishap:
    """Something that goes wrong in a beat. `number`: how many times, how long, or at which call.

    `who` is the replica that it concerns.
    """

    beat: int
    kind: Kind
    number: int = 1
    who: int = 0

    def __str__(self) -> str:
        return f"{self.kind} ({self.number}, replica {self.who})"


@dataclass(frozen=True)
class Beat:
    """A moment at which every process looks at the clock, while people speak."""

    number: int
    moment: datetime
    stage: int
    """Which of the beats of its group it is."""
    due: tuple[int, ...] = ()
    """The schedules whose questions fall due at this very moment."""
    utterances: tuple[Utterance, ...] = ()


@dataclass(frozen=True)
class History:
    """Everything that is to happen."""

    seed: int
    appointments: tuple[Appointment, ...]
    beats: tuple[Beat, ...]
    mishaps: tuple[Mishap, ...]
    by_socket_from: int
    """The beat from which the app hears by Socket Mode, and not by HTTP."""
    replicas: int

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """All that people say."""
        return tuple(one for beat in self.beats for one in beat.utterances)


ENOUGH = "A queue between the two halves keeps either from waiting"
SHORT = "good question"
LEAST_WORDS = 5


def counts(text: str, *, with_file: bool) -> bool:
    """Tell whether a reply of these made-up people is long enough to be an answer."""
    return with_file or len(text.split()) >= LEAST_WORDS


def due_moments(
    appointment: Appointment, years: ZoneHistory, first: datetime, last: datetime
) -> list[datetime]:
    """List when an appointment's questions are due, by an oracle of its own."""
    days = (first.date() + timedelta(days=n - 1) for n in range((last - first).days + 4))
    moments = [years.moment(day, appointment.at) for day in days if years.has(day)]
    return [moment for moment in moments if first < moment <= last]


def years_of(zone: str) -> ZoneHistory:
    """How a zone's clocks run in the year of the histories."""
    return zone_history(ZoneInfo(zone), FIRST_DAY.year)


def begin() -> datetime:
    """The moment at which every history begins."""
    return datetime.combine(FIRST_DAY, time(0), UTC)


def written(seed: int, habits: Habits) -> History:
    """Make the history of a seed. The same seed and habits give the same history."""
    rng = Random(seed)
    days = max(3, min(30, round(habits.rounds**0.5 / 2)))
    number = max(1, round(habits.rounds / days))
    appointments = tuple(_appointment(n, rng) for n in range(number))
    until = begin() + timedelta(days=days)
    due: dict[datetime, list[int]] = {}
    for one in appointments:
        for moment in due_moments(one, years_of(one.zone), begin(), until):
            due.setdefault(moment, []).append(one.number)
    beats = _beats(due, habits, rng)
    groups = len(beats) // len(BEATS)
    return History(
        seed=seed,
        appointments=appointments,
        beats=tuple(beats),
        mishaps=tuple(sorted(_Fate(groups, habits, rng).drawn(), key=lambda m: (m.beat, m.kind))),
        by_socket_from=len(BEATS) * (groups * 2 // 3),
        replicas=habits.replicas,
    )


def _appointment(number: int, rng: Random) -> Appointment:
    zone = rng.choice(ZONES)
    anchor = begin() + timedelta(hours=rng.choice(ANCHORS_H))
    return Appointment(number, zone, anchor.astimezone(ZoneInfo(zone)).time())


MEMBERS = 14
"""How many people are in every channel."""


def _beats(due: dict[datetime, list[int]], habits: Habits, rng: Random) -> list[Beat]:
    moments = sorted(due)
    said: dict[int, list[Utterance]] = {}
    left, rounds_left = habits.answers, sum(map(len, due.values()))
    for group, moment in enumerate(moments):
        for number in due[moment]:
            share = min(MEMBERS, round(left / rounds_left))
            left, rounds_left = left - share, rounds_left - 1
            for member in rng.sample(range(MEMBERS), share):
                place = _when(group, len(moments), rng)
                said.setdefault(place, []).append(_utterance(number, member, rng))
    return [
        Beat(
            number,
            moment + timedelta(seconds=after),
            stage,
            tuple(due[moment]) if stage == DUE else (),
            tuple(said.get(number, ())),
        )
        for number, (moment, stage, after) in enumerate(
            (moment, stage, after) for moment in moments for stage, after in enumerate(BEATS)
        )
    ]


def _when(group: int, groups: int, rng: Random) -> int:
    """Choose the beat of a reply: mostly soon, sometimes hours later or next day, racing."""
    later = rng.choices((0, 1, 3, 6, 7), (70, 10, 8, 8, 4))[0]
    if group + later >= groups:
        later = 0
    return len(BEATS) * (group + later) + rng.randrange(DUE + 1 if later == 0 else 0, len(BEATS))


def _utterance(appointment: int, member: int, rng: Random) -> Utterance:
    chance, to_previous = rng.random(), rng.random() < 0.06
    text = SHORT if chance < 0.09 else ENOUGH
    then = None
    if chance < 0.18:
        then = rng.choice((ENOUGH, None) if text is SHORT else (SHORT, ""))
    return Utterance(
        appointment, member, text, with_file=rng.random() < 0.03, to_previous=to_previous, then=then
    )


_AT_POSTS = (
    *(Kind.RATE_LIMITED, Kind.RATE_LIMITED_BARE, Kind.ERROR_BEFORE, Kind.ERROR_AFTER),
    *(Kind.RESET_BEFORE, Kind.RESET_AFTER, Kind.LATE_EFFECT),
)
_SLOW = (Kind.TIMEOUT_BEFORE, Kind.TIMEOUT_AFTER)
_OTHERS = (
    *(Kind.LOOKING_FAILS, Kind.MARKING_FAILS, Kind.EVENTS_DOUBLED, Kind.EVENTS_REORDERED),
    Kind.EVENTS_LATE,
)
_OF_SOCKETS = (Kind.SOCKETS_DROPPED, Kind.UPGRADES_REFUSED)
_RARE = (Kind.AUTH_FAILS, Kind.NO_NAMES, Kind.NOBODY_RUNS)


@dataclass(frozen=True)
class _Fate:
    """Draws mishaps for a number of groups."""

    groups: int
    habits: Habits
    rng: Random

    def drawn(self) -> Iterator[Mishap]:
        """Draw every mishap of a history."""
        strikes = max(8, self.habits.strikes * self.groups // 100)
        yield from self._of_slack(strikes)
        yield from self._of_processes(strikes)
        yield from self._of_databases(strikes)
        for _ in range(max(4, strikes // 15)):
            minutes = self.rng.choice((-5, -2, -1, 1, 2, 5))
            before = len(BEATS) * self.rng.randrange(self.groups)
            yield Mishap(before, Kind.CLOCK_WRONG, minutes, self._who())
        for _ in range(0 if self.habits.on_sqlite else max(3, strikes // 30)):
            yield Mishap(self._beat(1), Kind.STALL, who=self._who())

    def _of_slack(self, strikes: int) -> Iterator[Mishap]:
        rng = self.rng
        for _ in range(strikes):
            # Posts are made when they are due; what failed there, a minute or more later.
            stages = rng.choices((1, CALM - DUE), (6, 3))[0]
            yield Mishap(self._beat(stages), rng.choice(_AT_POSTS), rng.randint(1, 3))
        for _ in range(strikes // 6):
            yield Mishap(self._beat(2), rng.choice(_SLOW), rng.randint(1, 2))
        for _ in range(strikes // 2):
            yield Mishap(self._beat(), rng.choice(_OTHERS), rng.randint(1, 5))
        for _ in range(max(4, strikes // 8)):
            group = rng.randrange(self.groups * 2 // 3, self.groups)
            beat = len(BEATS) * group + rng.randrange(DUE, CALM)
            yield Mishap(beat, rng.choice(_OF_SOCKETS), rng.randint(1, 5))

    def _of_processes(self, strikes: int) -> Iterator[Mishap]:
        rng = self.rng
        for _ in range(max(6, self.habits.kills * self.groups // 100)):
            beat = self._beat(rng.choice((1, 1, CALM - DUE)))
            if rng.random() < 0.6:
                calls = rng.choice((1, 1, 2, 3, 5, 8, 13, 21))
                yield Mishap(beat, Kind.KILL, calls, self._who())
            else:
                yield Mishap(beat, Kind.KILL_SOON, rng.randint(1, 60), self._who())
        for kind in _RARE:
            for _ in range(max(1, strikes // 100)):
                yield Mishap(self._beat(), kind, rng.randint(1, 3), self._who())
        yield Mishap(self._beat(1), Kind.OUTAGE, rng.randint(2, 8))

    def _of_databases(self, strikes: int) -> Iterator[Mishap]:
        on_sqlite = (Kind.DISK_FULL, Kind.DATABASE_LOCKED)
        for kind in on_sqlite if self.habits.on_sqlite else (Kind.DATABASE_RESTARTED,):
            for _ in range(max(4, min(10, strikes // 30))):
                yield Mishap(self._beat(), kind, self.rng.randint(1, 60), self._who())

    def _beat(self, stages: int = CALM - DUE) -> int:
        """Draw a beat: of any group, the due one or one of those that follow."""
        return len(BEATS) * self.rng.randrange(self.groups) + DUE + self.rng.randrange(stages)

    def _who(self) -> int:
        return self.rng.randrange(self.habits.replicas)

"""R6: a year of several hundred channels all over the world, in a minute.

Nobody is there for hours or for days now and then; people pause, resume, move to another zone, ask
for another time or other weekdays. The clock jumps from one moment at which something may happen
to the next. Every question must come at the oracle's moment, and no other ever.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection, event

from bot.domain import rounds as rounds_rule
from bot.domain import schedules as schedules_rule
from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs
from bot.domain.installations import Identity
from bot.domain.local_time import Due
from bot.domain.rounds import Evidence, ReadyRound, Timeliness
from bot.domain.schedules import Schedule, ScheduleDraft, Timing
from bot.domain.setting_up import NO_TERMS, Saved, Seen, SetupWish, terms_of
from bot.features.daily_question import service as daily_question
from bot.features.setup import service as setup
from bot.store import installations, schedules
from proof.bars.bar import Mutant, replaced
from proof.bars.small_world import _engine, some_questions
from proof.bars.zones import _a_day_later
from proof.oracles.appointments import Presence, Stretch, Wish, questions
from proof.oracles.zones import zone_history

YEAR = 2026
BEGIN = datetime(YEAR, 1, 1, tzinfo=UTC)
LATENESS = timedelta(hours=6)
TIMES = (time(0), time(2, 30), time(9), time(17, 30), time(23, 30))
DAYS = (frozenset(range(7)), frozenset(range(5)), frozenset({0, 2, 4}))
ODD_ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Santiago", "Asia/Gaza"),
    *("Africa/Cairo", "Africa/Casablanca", "Antarctica/Troll", "Asia/Beirut", "America/Nuuk"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Norfolk", "Pacific/Kiritimati"),
)
WISHES_A_YEAR = 5
OUTAGES_A_YEAR = 40
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Shape:
    """How large the year is."""

    channels: int = 500
    zones: int = 120
    days: int = 365
    every: timedelta = timedelta(hours=4)
    """How often the app looks at the clock: seldom, so that much is done at once."""


@dataclass(frozen=True)
class Year:
    """What came of it. Only `lost`, `unwanted` and `doubled` are harm."""

    rounds: int
    outages: int
    wishes: int
    lost: int
    unwanted: int
    """Questions that no one wished for, or that came at another moment than they should."""
    doubled: int

    @property
    def harm(self) -> int:
        """All of it."""
        return self.lost + self.unwanted + self.doubled


def year(url: str, seed: int, shape: Shape) -> Year:
    """Live a year and compare it with the oracle's."""
    rng = Random(seed)
    end = BEGIN + shape.days * timedelta(days=1)
    others = sorted(available_timezones() - set(ODD_ZONES))
    zones = [*ODD_ZONES, *rng.sample(others, max(0, shape.zones - len(ODD_ZONES)))]
    presence = _presence(rng, shape)
    wishes = {f"C{n}": _wishes(rng, zones, presence, shape.days) for n in range(shape.channels)}
    lived = _lived(url, wishes, presence, end)
    histories = {zone: zone_history(ZoneInfo(zone), YEAR) for zone in zones}
    true = {
        (channel, day, at)
        for channel, wished in wishes.items()
        for day, at in questions(wished, presence, histories, end, LATENESS).items()
    }
    return Year(
        rounds=len(true),
        outages=len(presence.absent),
        wishes=sum(map(len, wishes.values())),
        lost=len(true - set(lived)),
        unwanted=len(set(lived) - true),
        doubled=sum(n - 1 for n in Counter((channel, day) for channel, day, _ in lived).values()),
    )


def _presence(rng: Random, shape: Shape) -> Presence:
    """Nobody is there for some hours, now and then for days."""
    always = Presence(shape.every)
    absent: list[Stretch] = []
    for _ in range(max(2, OUTAGES_A_YEAR * shape.days // 365)):
        fell = _some_moment(rng, shape.days)
        rose = fell + rng.choice((20, 150, 400, 900, 3_000)) * MINUTE
        begin, end = always.first_from(fell), always.first_from(rose)
        if begin < end and all(end < other or begin > last for other, last in absent):
            absent.append((begin, end))
    return replace(always, absent=tuple(absent))


def _some_moment(rng: Random, days: int) -> datetime:
    return BEGIN + rng.randrange(60, days * 24 * 60) * MINUTE


def _wishes(rng: Random, zones: Sequence[str], presence: Presence, days: int) -> list[Wish]:
    """What a channel wishes over the year, one thing after the other, while somebody is there."""
    last = Wish(BEGIN, rng.choice(TIMES), rng.choice(zones), rng.choice(DAYS))
    found = [last]
    how_many = rng.randrange(WISHES_A_YEAR * 2 * days // 365 + 2)
    for moment in sorted(_some_moment(rng, days) for _ in range(how_many)):
        since = presence.first_from(moment)
        if since > last.since:
            last = replace(_another(rng, last, zones), since=since)
            found.append(last)
    return found


def _another(rng: Random, last: Wish, zones: Sequence[str]) -> Wish:
    if last.paused:
        return replace(last, paused=False)
    match rng.choice(("pause", "pause", "zone", "zone", "time", "days")):
        case "pause":
            return replace(last, paused=True)
        case "zone":
            return replace(last, zone=rng.choice(zones))
        case "time":
            return replace(last, at=rng.choice(TIMES))
        case _:
            return replace(last, weekdays=rng.choice(DAYS))


Asked = tuple[str, date, datetime]


def _lived(
    url: str, wishes: dict[str, list[Wish]], presence: Presence, end: datetime
) -> list[Asked]:
    """Let the app live through it; return what it asked."""
    engine = _engine(url, "BEGIN IMMEDIATE")
    if url.startswith("sqlite"):
        event.listen(engine, "connect", _without_waiting_for_the_disk)
    try:
        with engine.connect() as tx:
            clockwork = _Clockwork(tx)
            clockwork.lives(wishes, presence, end)
            return clockwork.asked
    finally:
        engine.dispose()


def _without_waiting_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@dataclass
class _Clockwork:
    """The app's services, one transaction each, and a Slack that takes everything."""

    tx: Connection
    asked: list[Asked] = field(default_factory=list)

    def lives(self, wishes: dict[str, list[Wish]], presence: Presence, end: datetime) -> None:
        """Jump from moment to moment up to the end."""
        identity = Identity("T1", None, MemberId("UBOT"))
        self.whose: InstallationId = installations.ensure(self.tx, identity, BEGIN).id
        self.tx.commit()
        waiting = sorted(
            ((wish.since, channel, wish) for channel, made in wishes.items() for wish in made),
            key=lambda one: one[:2],
            reverse=True,
        )
        now = BEGIN
        while now <= end:
            self._asks(now)
            while waiting and waiting[-1][0] <= now:
                _, channel, wish = waiting.pop()
                self._wishes(ChannelId(channel), wish)
            due = schedules.next_due(self.tx) or end + MINUTE
            self.tx.commit()
            soon = min(due, waiting[-1][0]) if waiting else due
            # What is due still, although it was just asked for, is harm enough by itself.
            now = presence.first_from(max(soon, now + MINUTE))

    def _asks(self, now: datetime) -> None:
        bank = some_questions()
        while not (found := daily_question.claim(self.tx, bank, now, LATENESS)).is_empty:
            self.tx.commit()
            evidence = [self._posts(ready, now) for ready in found.ready]
            daily_question.confirm_all(self.tx, evidence, now)
            self.tx.commit()
        self.tx.commit()

    def _posts(self, ready: ReadyRound, now: datetime) -> Evidence:
        leased = ready.leased
        self.asked.append((leased.channel_id, leased.local_date, now))
        ts = MessageTs(f"{int(now.timestamp())}.{len(self.asked):06d}")
        return Evidence(leased.installation_id, leased.id, ts)

    def _wishes(self, channel: ChannelId, wish: Wish) -> None:
        timing = Timing(wish.at, ZoneInfo(wish.zone), wish.weekdays)
        known = schedules.in_channel(self.tx, self.whose, channel)
        draft = ScheduleDraft(
            self.whose, channel, MemberId("UOWNER"), timing, running=not wish.paused
        )
        seen = Seen(channel, terms_of(known) if known else NO_TERMS)
        saved = setup.save(self.tx, SetupWish(draft, seen), seed=7, at=wish.since)
        assert isinstance(saved, Saved)
        self.tx.commit()


def _always(*_: Any, **__: Any) -> Timeliness:
    return Timeliness.ON_TIME


def _as_it_was(before: Schedule | None, draft: ScheduleDraft, _last: Any, now: datetime) -> Due:
    kept = before.next_due if before is not None else None
    return kept or draft.timing.next_due(now)


MUTANTS = (
    Mutant(
        "however late, a question is asked", partial(replaced, rounds_rule, "timeliness", _always)
    ),
    Mutant(
        "a changed schedule keeps the moment it had",
        partial(replaced, setup, "due_after", _as_it_was),
    ),
    Mutant(
        "the next day is 24 hours later",
        partial(replaced, schedules_rule, "next_due", _a_day_later),
    ),
)

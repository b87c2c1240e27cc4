"""R3: the app dies at every step of a round's life and of its answers', one step after the other.

A life is two rounds of one schedule: posted, answered by several people who change their minds,
closed. Its events come in disorder and some of them twice; what is not acknowledged comes again.
With an even seed the echoes of its questions never come, and the app must look for what it posted
itself; with every other pair of seeds it has no time for that before the next day. The life is
lived again and again, and each time the app dies one step later, until it outlives it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.domain.ids import MemberId, MessageTs, RoundId
from bot.domain.rounds import LEASE, RoundState
from bot.domain.schedules import Timing
from bot.domain.streaks import PostedRound, Streak
from bot.store import standings
from bot.store.standings import Scope
from bot.store.tables import answers, rounds
from proof.bars.small_slack import Line
from proof.bars.small_world import SmallWorld
from proof.oracles.histories import History
from proof.oracles.streaks import Oracle
from sandbox.clock import MovableClock

BEGIN = datetime(2026, 3, 2, 6, tzinfo=UTC)
EVERY_DAY = Timing(time(9, 0), ZoneInfo("Europe/Berlin"), frozenset(range(7)))
ENOUGH, TOO_FEW = "A mutex guards one resource at a time.", "Nice one!"
PEOPLE = ("UALICE", "UBOB", "UCAROL")
RECOVERY = (LEASE + timedelta(seconds=1), timedelta(seconds=1), timedelta(minutes=7))
TIMES_TWICE = 0.2


@dataclass
class Harm:
    """What must not be: each a count."""

    lost: int = 0
    doubled: int = 0
    answers_lost: int = 0
    standings_wrong: int = 0
    stuck: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.lost + self.doubled + self.answers_lost + self.standings_wrong + self.stuck

    def add(self, other: "Harm") -> None:
        """Take in what another life did."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Walk:
    """What a walk through all steps of a life found."""

    points: int = 0
    harm: Harm = field(default_factory=Harm)
    first: str = ""
    """The first step after which something was wrong."""


async def walk(url: str, seed: int, stride: int = 1, *, until_harm: bool = False) -> Walk:
    """Die at every step, or at each `stride`-th; return what was found.

    A life with the same seed is the same life, up to the step at which the app dies.
    """
    world = SmallWorld(url, MovableClock(BEGIN))
    await world.start()
    found, died = Walk(), True
    try:
        while died:
            step = 1 + found.points * stride
            life = Life(world, f"C{seed}-{step}", Random(seed), step, bool(seed % 2), seed % 4 < 2)
            harm = await life.lived()
            died, found.points = life.has_died, found.points + 1
            found.harm.add(harm)
            if harm.total and not found.first:
                found.first = f"seed {seed}, step {step}: {life.last_step}"
            if harm.total and until_harm:
                break
    finally:
        world.close()
    return found


async def trace(url: str, seed: int, channel: str) -> list[str]:
    """Name every step of a life that the app outlives."""
    world = SmallWorld(url, MovableClock(BEGIN))
    await world.start()
    try:
        await Life(world, channel, Random(seed), None).lived()
        return list(world.fate.trace)
    finally:
        world.close()


@dataclass
class Life:
    """Two rounds in a channel of their own; the app dies at one step of it, or at none."""

    world: SmallWorld
    channel: str
    rng: Random
    dies_at: int | None
    echoes: bool = True
    recovers_at_once: bool = True
    people: tuple[str, ...] = PEOPLE
    has_died: bool = False
    last_step: str = ""
    written: list[tuple[Line, Line]] = field(default_factory=list)

    async def lived(self) -> Harm:
        """Live it, let the app recover, and count the harm."""
        self.schedule = self.world.sets_up(self.channel, EVERY_DAY)
        self.world.fate.strikes_at(self.dies_at)
        for round_number in (1, 2):
            await self._ask(round_number)
        self.world.fate.rests()
        await self._recover()
        harm = self._harm()
        self._pause()
        return harm

    async def _ask(self, number: int) -> None:
        self.world.clock.move_to(self.world.next_due(self.schedule))
        await self._turn()
        if len(self.world.slack.rounds(self.channel)) < number:
            await self._recover()
        shown = self.world.slack.rounds(self.channel)
        if shown:
            await self._answer(shown[-1])
        for _ in range(2):
            self.world.clock.move_on(timedelta(seconds=25))
            await self._turn()
        if self.has_died and self.recovers_at_once:
            await self._recover()

    async def _answer(self, root: Line) -> None:
        """People write, change and take back; in between some of what they did arrives."""
        deeds = [who for who in self.people for _ in range(self.rng.randint(1, 3))]
        self.rng.shuffle(deeds)
        for who in deeds:
            self._act(who, root)
            self.world.clock.move_on(timedelta(seconds=1))
            while self.world.slack.news and self.rng.random() < 0.6:
                await self._deliver()
        late = self.rng.choice((0, 0, 1, 2))
        while len(self.world.slack.news) > late:
            await self._deliver()

    def _act(self, who: str, root: Line) -> None:
        slack = self.world.slack
        own = [m for _, m in self.written if m.user == who and m.thread_ts == root.ts]
        alive = [m for m in own if not m.is_deleted]
        words = self.rng.choice((ENOUGH, ENOUGH, TOO_FEW))
        match self.rng.choice(("write", "edit", "delete")) if alive else "write":
            case "edit":
                slack.edits(self.channel, root, alive[-1], words)
            case "delete":
                slack.deletes(self.channel, root, alive[-1])
            case _:
                self.written.append((root, slack.replies(self.channel, root, who, words)))

    async def _turn(self) -> None:
        await self.world.turn()
        await self._rise()

    async def _deliver(self) -> None:
        news = self.world.slack.news
        event = news.pop(self.rng.randrange(len(news)))
        if not self.echoes and "metadata" in event["event"]:
            return
        if self.rng.random() < TIMES_TWICE:
            news.append(event)
        if not await self.world.delivers(event):
            news.append(event)
        await self._rise()

    async def _rise(self) -> None:
        """Start the app again if it died."""
        if self.world.fate.dead:
            self.has_died, self.last_step = True, self.world.fate.trace[-1]
            self.world.fate.rests()
            self.world.close()
            await self.world.start()

    async def _recover(self) -> None:
        """Let the lease run out, let the outcome be looked up, and let Slack send again."""
        for pause in RECOVERY:
            self.world.clock.move_on(pause)
            await self._turn()
            while self.world.slack.news:
                await self._deliver()
            await self._turn()

    def _pause(self) -> None:
        self.world.stops(self.schedule)
        self.world.slack.channels.clear()

    # --- judging --------------------------------------------------------------------------------

    def _harm(self) -> Harm:
        posted = self.world.slack.rounds(self.channel)
        whose = rounds.c.channel_id == self.channel
        states = self.world.looks(
            lambda tx: [row.state for row in tx.execute(select(rounds.c.state).where(whose))]
        )
        doubled = self.world.slack.doubled()
        return Harm(
            lost=max(0, 2 - (len(posted) - doubled)),
            doubled=doubled,
            stuck=sum(state != RoundState.POSTED for state in states) + self.world.failures,
            answers_lost=self._answers_lost(),
            standings_wrong=self._standings_wrong(posted),
        )

    def _answers_lost(self) -> int:
        """Count the messages that the store judges otherwise than by what stands in Slack."""
        own = answers.c.channel_id == self.channel
        stored = self.world.looks(
            lambda tx: {
                row.ts for row in tx.execute(select(answers.c.ts).where(own, answers.c.counted))
            }
        )
        true = {m.ts for _, m in self.written if _counts(m)}
        return len(stored ^ true)

    def _standings_wrong(self, posted: list[Line]) -> int:
        scope = Scope(self.schedule.installation_id, self.schedule.id)

        def kept(tx: Connection) -> dict[MemberId, Streak]:
            standings.settle_schedule(tx, scope)
            return dict(standings.all_of(tx, scope))

        found = self.world.looks(kept)
        return sum(
            found.get(MemberId(who), Streak()) != self._true(who, posted) for who in self.people
        )

    def _true(self, who: str, posted: list[Line]) -> Streak:
        nexts = [*posted[1:], None][: len(posted)]
        history = History(
            rounds=tuple(
                PostedRound(
                    id=RoundId(place),
                    local_date=BEGIN.date() + timedelta(days=place),
                    opened_ts=MessageTs(line.ts),
                    closed_ts=MessageTs(after.ts) if after else None,
                    voided_ts=None,
                )
                for place, (line, after) in enumerate(zip(posted, nexts, strict=True))
            ),
            answers=tuple(
                (RoundId(posted.index(root)), MessageTs(m.ts))
                for root, m in self.written
                if m.user == who and _counts(m)
            ),
        )
        return Oracle(history).streak()


def _counts(line: Line) -> bool:
    return line.text == ENOUGH and not line.is_deleted

"""What grows with what: each use case in a small world, and in one that is larger in one way."""

import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import update

from bot.clock import AgreedClock, Clock
from bot.domain.answering import Reply
from bot.domain.ids import InstallationId, MemberId, MessageTs, QuestionSlug, RoundId
from bot.domain.rounds import DEFAULT_LATENESS
from bot.features.answers.service import Answers
from bot.features.daily_question.service import DailyQuestion
from bot.features.home.service import HomeService, Visit
from bot.features.random_question.service import RandomQuestion
from bot.features.reveal.service import Reveal
from bot.store import shared_time
from bot.store.database import Database
from bot.store.tables import cards, schedules
from content.bank import Bank, load
from proof.bench import crowds, worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.crowds import Crowd
from proof.bench.figures import Samples, short
from proof.bench.findings import Finding, Goal, Side

HERE = InstallationId(1)
CHANNEL = 1
DUE = 10
"""How many schedules fall due for the cost of posting; each with the same history."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a world is in each way. `answers`: in the open round, before anything is measured.

    `years`: of one round each working day, 260 a year. `devoted`: every member answered them all,
    and it is they who act; else it is newcomers.
    """

    answers: int
    members: int
    bank: int
    years: int
    devoted: bool = False

    @property
    def past(self) -> int:
        """Closed rounds."""
        return 260 * self.years


@dataclass(frozen=True, slots=True)
class Way:
    """One way to grow: what it is called, and the two worlds."""

    name: str
    told: str
    small: Extent
    large: Extent


def ways(bench: Bench) -> list[Way]:
    """The four ways in which a world may grow, by default as far as DESIGN asks."""
    base = Extent(answers=10, members=100, bank=100, years=1)
    most = bench.sizes.grown
    full = replace(base, members=max(100, most // 10))
    return [
        Way(
            "answers",
            f"answers in the round, 10 → {most // 10:,}",
            full,
            replace(full, answers=most // 10),
        ),
        Way(
            "members",
            f"members, 10 → {most:,}",
            replace(base, members=10),
            replace(base, members=most),
        ),
        Way(
            "bank",
            f"questions in the bank, 100 → {max(100, most // 10):,}",
            base,
            replace(base, bank=max(100, most // 10)),
        ),
        Way(
            "history",
            "history, 1 → 10 years",
            replace(base, devoted=True),
            replace(base, devoted=True, years=10),
        ),
    ]


async def growth(bench: Bench, kind: str) -> list[Finding]:
    """The cost of a reply, a reveal, `/prep random`, Home, a tick and a post, as things grow."""
    return [await _grown(bench, kind, way) for way in ways(bench)]


async def _grown(bench: Bench, kind: str, way: Way) -> Finding:
    with _world(bench, kind, way.small) as small, _world(bench, kind, way.large) as large:
        took = {
            name: await _in_turn_ms(bench, (getattr(small, name), getattr(large, name)))
            for name in DEEDS
        }
    ratios = {name: after / before for name, (before, after) in took.items()}
    worst = max(ratios, key=lambda name: ratios[name])
    suffix = "" if kind == SQLITE else f"_{kind}"
    return Finding(
        name=f"growth_{way.name}{suffix}",
        what=f"growth with {way.told}: the deed that grows most, {DEEDS[worst]} ({kind})",
        figure=ratios[worst],
        goal=Goal(at_least=False, bound=2, of_what="time in the large world ÷ in the small one"),
        ours=Side("in the large world", Samples.of([took[worst][1]], "ms")),
        theirs=Side("in the small one", Samples.of([took[worst][0]], "ms")),
        more={
            DEEDS[name]: f"{short(before)} → {short(after)} ms (× {short(ratios[name])})"
            for name, (before, after) in took.items()
        },
    )


async def _in_turn_ms(
    bench: Bench, deeds: tuple[Callable[[int], Awaitable[float]], ...]
) -> list[float]:
    """Do both in turn, again and again; return the median of each, in milliseconds."""
    took: list[list[float]] = [[] for _ in deeds]
    for number in range(bench.sizes.deeds):
        for place, deed in enumerate(deeds):
            took[place].append(await deed(number) * 1000)
    return [median(times) for times in took]


DEEDS = {
    "reply": "a reply",
    "reveal": "a reveal",
    "random": "`/prep random`",
    "home": "Home",
    "tick": "a tick that updates a card",
    "post": "a due question, claimed and confirmed",
}


@dataclass(frozen=True, slots=True)
class World:
    """A database of some extent and the use cases on it. Each deed returns its seconds."""

    database: Database
    clock: Clock
    bank: Bank
    extent: Extent
    thread_ts: MessageTs

    async def reply(self, number: int) -> float:
        """A member who has not answered the open round replies there."""
        service = Answers(self.database, self.clock, minimum_words=5)
        seconds = int(float(self.thread_ts)) + 600
        news = Reply(
            channel_id=worlds.channel(CHANNEL),
            thread_ts=self.thread_ts,
            ts=MessageTs(f"{seconds}.{number:06d}"),
            member_id=self._member(number),
            words=worlds.WORDS,
            has_file=False,
            edited_ts=None,
            deleted=False,
        )
        return await _seconds(lambda: service.record(news))

    async def reveal(self, number: int) -> float:
        """A member looks at the sample answer of the open round."""
        service = Reveal(self.database, self.clock, lambda: self.bank)
        round_id = RoundId(CHANNEL * worlds.ROUNDS_APART + self.extent.past)

        async def look() -> None:
            question = await service.question_of_round(HERE, round_id)
            await service.note(HERE, self._member(number), question.slug)

        return await _seconds(look)

    async def random(self, number: int) -> float:
        """A member asks for another question."""
        rng = random.Random(number)
        service = RandomQuestion(self.database, self.clock, lambda: self.bank, rng)
        return await _seconds(lambda: service.asked(HERE, self._member(0), ""))

    async def home(self, number: int) -> float:
        """A member opens Home."""
        service = HomeService(self.database, self.clock)
        visit = Visit(HERE, self._member(number), frozenset({worlds.channel(CHANNEL)}))
        return await _seconds(lambda: service.seen_by(visit))

    async def tick(self, _number: int) -> float:
        """The clockwork turns; no question is due, but the card of the open round is."""
        service = self._daily_question()
        past = self.clock.now() - timedelta(minutes=1)
        await self.database.write(
            lambda tx: tx.execute(
                update(cards)
                .where(cards.c.round_id == CHANNEL * worlds.ROUNDS_APART + self.extent.past)
                .values(due=True, not_before=past)
            )
        )

        async def turn() -> None:
            await service.claim()
            await service.claim_unknown()
            await service.settle()
            await service.due_cards()
            await service.beat()

        return await _seconds(turn)

    async def post(self, number: int) -> float:
        """Some schedules fall due: their rounds are claimed, then confirmed as posted."""
        service = self._daily_question()
        now = self.clock.now()
        await self.database.write(
            lambda tx: tx.execute(
                update(schedules)
                .where(schedules.c.id > CHANNEL)
                .values(
                    next_due_at=now - timedelta(seconds=1),
                    next_local_date=(now + timedelta(days=number + 1)).date(),
                )
            )
        )

        async def all_due() -> None:
            while ready := (await service.claim()).ready:
                for place, one in enumerate(ready):
                    ts = MessageTs(f"{int(now.timestamp()) + number}.{place:06d}")
                    await service.confirm(one.leased.installation_id, one.leased.id, ts)

        return await _seconds(all_due) / DUE

    def _daily_question(self) -> DailyQuestion:
        clock = AgreedClock(self.clock, self._shared_moment)
        return DailyQuestion(self.database, clock, lambda: self.bank, DEFAULT_LATENESS)

    async def _shared_moment(self) -> datetime | None:
        if self.database.url.get_backend_name() == SQLITE:
            return None
        return await self.database.read(shared_time.of_server)

    def _member(self, number: int) -> MemberId:
        """Name whoever acts."""
        extent = self.extent
        place = extent.members - 1 - number if extent.devoted else extent.members + number
        return worlds.member(CHANNEL, place)


async def _seconds(deed: Callable[[], Awaitable[object]]) -> float:
    begin = time.perf_counter()
    await deed()
    return time.perf_counter() - begin


@contextmanager
def _world(bench: Bench, kind: str, extent: Extent) -> Iterator[World]:
    now = bench.clock.now()
    bank = bank_of(extent.bank)
    with bench.database(kind) as url:
        with crowds.building(url) as tx:
            everyone = [Crowd(extent.members, extent.past, devoted=extent.devoted)]
            others = [Crowd(1, extent.past, devoted=True)] * DUE
            crowds.gather(tx, everyone + others, now, [one.slug for one in bank.questions])
            crowds.answer_the_open_round(tx, CHANNEL, extent.answers)
        thread_ts = worlds.posted_rounds(CHANNEL, extent.past, now)[-1].opened_ts
        database = Database(url)
        try:
            yield World(database, bench.clock, bank, extent, thread_ts)
        finally:
            database.close()


def bank_of(count: int) -> Bank:
    """Make a bank of so many questions: the shipped ones, under several names if need be."""
    shipped = load().bank.questions
    copies = (
        replace(question, slug=QuestionSlug(f"{question.slug}-{copy}"))
        for copy in itertools.count()
        for question in shipped
    )
    return Bank.of(itertools.islice(copies, count))

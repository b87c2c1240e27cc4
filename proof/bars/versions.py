"""R7: two versions of the app side by side on one database, and migrations under their feet.

The newer one calls its functions by other names, and its migration adds columns of which the older
one knows nothing. Every day somebody migrates up or down while both tick on PostgreSQL; on SQLite
the one process stops for that, and comes back as the other version. Every question must come once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Connection, Engine, StaticPool, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.domain.schedules import Schedule, Timing
from bot.store import schedules, schema
from bot.store.database import DatabaseUnusableError
from jobs.schedule import Jobs
from proof.bars.bar import Mutant, replaced
from proof.bars.crashes import RECOVERY
from proof.bars.small_world import SmallWorld
from sandbox.clock import MovableClock

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TIMING = Timing(time(9), ZoneInfo("UTC"), frozenset(range(7)))
CHANNELS = 5
EARLIER_SCHEMAS = ("0004", "0003", "0002")
LATER_COLUMNS = (
    "ALTER TABLE schedules ADD COLUMN mood VARCHAR(9) DEFAULT 'calm' NOT NULL",
    "ALTER TABLE rounds ADD COLUMN weather VARCHAR(9)",
    "CREATE INDEX ix_schedules_mood ON schedules (mood)",
)
WITHOUT_THEM = (
    "DROP INDEX ix_schedules_mood",
    "ALTER TABLE rounds DROP COLUMN weather",
    "ALTER TABLE schedules DROP COLUMN mood",
)


@dataclass(frozen=True)
class Versions:
    """How often the schema changed, how many turns met a schema of another version, and the harm.

    A turn that meets a schema without what it needs fails as a whole, which is no harm.
    """

    rounds: int
    migrations: int
    failed_turns: int
    lost: int
    doubled: int

    @property
    def harm(self) -> int:
        """All of it."""
        return self.lost + self.doubled


async def versions_in_turn(url: str, seed: int, days: int) -> Versions:
    """Let some days begin while versions and schemas change."""
    life = Coexistence(url, Random(seed))
    try:
        await life.begins()
        for day in range(days):
            await life.lives(day)
    finally:
        life.ends()
    return life.judged(days)


@dataclass
class Coexistence:
    """Two versions, one Slack, one clock, and somebody who migrates."""

    url: str
    rng: Random
    clock: MovableClock = field(default_factory=lambda: MovableClock(BEGIN))
    migrations: int = 0

    async def begins(self) -> None:
        """Start both versions, and set the channels up."""
        self.engine = create_engine(self.url)
        self.older, self.newer = SmallWorld(self.url, self.clock), SmallWorld(self.url, self.clock)
        self.newer.slack = self.older.slack
        self.worlds = (self.older, self.newer)
        for world in self.worlds:
            await self._starts(world)
        for channel in self.channels:
            self.older.sets_up(channel, TIMING)

    @property
    def channels(self) -> list[str]:
        """Where questions are asked."""
        return [f"C{number}" for number in range(CHANNELS)]

    @property
    def side_by_side(self) -> bool:
        """Whether the database takes two processes."""
        return self.engine.dialect.name != "sqlite"

    async def _starts(self, world: SmallWorld) -> None:
        await world.start()
        if world is self.newer:
            world.jobs = _under_other_names(world.jobs)

    async def lives(self, day: int) -> None:
        """Let a day begin under another schema than the last one ended with."""
        self.clock.move_to(BEGIN + timedelta(days=day, hours=1))
        if self.side_by_side:
            migrating = asyncio.create_task(asyncio.to_thread(self._migrate, day))
            while not migrating.done():
                await self._turns(self.rng.sample(self.worlds, 2))
                await asyncio.sleep(0)
            await migrating
            world = self.rng.choice(self.worlds)
            world.close()
            await self._starts(world)
        else:
            for world in self.worlds:
                world.close()
            self._migrate(day)
            for world in self.worlds:
                await self._starts(world)
        awake = self.worlds if self.side_by_side else (self.worlds[day % 2],)
        for pause in (timedelta(0), *RECOVERY):
            self.clock.move_on(pause)
            await self._turns(self.rng.sample(awake, len(awake)))

    async def _turns(self, worlds: list[SmallWorld]) -> None:
        for world in worlds:
            with _other_names() if world is self.newer else nullcontext():
                await world.turn()
            self.older.slack.news.clear()

    def _migrate(self, day: int) -> None:
        """Go down to an earlier schema and up again; or add, or drop, a later version's columns."""
        if day % 2:
            self._insists(lambda: schema.downgrade(self.url, self.rng.choice(EARLIER_SCHEMAS)))
            self._insists(lambda: schema.upgrade(self.url))
        else:
            has_them = any(
                c["name"] == "mood" for c in inspect(self.engine).get_columns("schedules")
            )
            self._insists(lambda: self._run(WITHOUT_THEM if has_them else LATER_COLUMNS))

    def _insists(self, migrate: Callable[[], None]) -> None:
        """Do as a person does whom the database told that it was busy."""
        done = False
        while not done:
            with suppress(DatabaseUnusableError, DBAPIError):
                migrate()
                done = True
        self.migrations += 1

    def _run(self, statements: tuple[str, ...]) -> None:
        with self.engine.begin() as tx:
            for statement in statements:
                tx.execute(text(statement))

    def ends(self) -> None:
        """Let go of the database."""
        for world in self.worlds:
            world.close()
        self.engine.dispose()

    def judged(self, days: int) -> Versions:
        """Compare what stands in the channels with what had to come."""
        slack = self.older.slack
        posted = sum(len(slack.rounds(channel)) for channel in self.channels)
        return Versions(
            rounds=days * CHANNELS,
            migrations=self.migrations,
            failed_turns=sum(world.failures for world in self.worlds),
            lost=days * CHANNELS - (posted - slack.doubled()),
            doubled=slack.doubled(),
        )


def _under_other_names(jobs: Jobs) -> Jobs:
    """The same work, by functions that have other names and stand elsewhere."""

    def renamed(run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def as_of_the_newer_version() -> None:
            await run()

        return as_of_the_newer_version

    return replace(
        jobs, **{name: renamed(getattr(jobs, name)) for name in jobs.__dataclass_fields__}
    )


def ask(_channel: str) -> None:
    """Stand for the function of a job that is kept by its name, as the older version calls it."""


@contextmanager
def _other_names() -> Iterator[None]:
    """While the newer version runs, there is no function of the old name."""
    function = globals().pop("ask")
    try:
        yield
    finally:
        globals()["ask"] = function


class _JobStore:
    """Where most apps keep what they do by the clock: APScheduler's store, beside the app's own."""

    def __init__(self) -> None:
        self._engine: Engine = create_engine("sqlite://", poolclass=StaticPool)
        self._store = SQLAlchemyJobStore(engine=self._engine)
        self._scheduler = BackgroundScheduler(jobstores={"default": self._store})

    def add(self, channel: str, at: datetime) -> None:
        """Keep a job for a channel."""
        if not self._scheduler.running:
            self._scheduler.start(paused=True)
        self._scheduler.add_job(
            ask, "interval", (channel,), id=channel, days=1, next_run_time=at, replace_existing=True
        )

    def due(self, now: datetime) -> set[str]:
        """The channels whose job is due; what it cannot restore, such a store deletes."""
        return {job.args[0] for job in self._store.get_due_jobs(now)}

    def close(self) -> None:
        """Let go of it."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._engine.dispose()


@contextmanager
def _in_a_job_store() -> Iterator[None]:
    store, create, due = _JobStore(), schedules.create, schedules.due

    def create_with_job(tx: Connection, draft: Any, next_due: Any, **others: Any) -> bool:
        store.add(draft.channel_id, next_due.at)
        return create(tx, draft, next_due, **others)

    def due_with_job(tx: Connection, now: datetime, limit: int) -> list[Schedule]:
        asked = store.due(now)
        return [one for one in due(tx, now, limit) if one.channel_id in asked]

    try:
        with (
            replaced(schedules, "create", create_with_job),
            replaced(schedules, "due", due_with_job),
        ):
            yield
    finally:
        store.close()


MUTANTS = (Mutant("schedules lie in a job store that names functions", _in_a_job_store),)

"""The whole app, as its wiring makes it, in one thread: no sockets, no waiting, one clock by hand.

Transactions run where they are asked for, on a real database of either kind; Slack is the small
one. So the order of everything follows from the seed alone, and a virtual year takes seconds.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar

import aiohttp
from sqlalchemy import Engine, create_engine, make_url

from bot.domain.ids import ChannelId, InstallationId, MemberId
from bot.domain.installations import Identity, Installation
from bot.domain.schedules import Schedule, ScheduleDraft, Timing
from bot.features.doctor.service import Report, examine
from bot.features.installation.service import Installations
from bot.routes import routes
from bot.settings import Settings
from bot.slack.dispatch import Dispatcher
from bot.slack.outbound import Slack
from bot.slack.pace import Pace
from bot.store import schedules
from bot.store.database import Connection, Database, _sqlite_engine
from bot.wiring import Directory, Prep
from content.bank import Bank, load
from jobs.schedule import Jobs
from proof.bars.fate import Crash, Fate
from proof.bars.small_slack import Json, SmallClient, SmallSlack
from sandbox.clock import MovableClock

T = TypeVar("T")
FEW_QUESTIONS = 40


@cache
def some_questions() -> Bank:
    """A bank of some of the shipped questions, which is quicker to choose from than all."""
    return Bank.of(load().bank.questions[:FEW_QUESTIONS])


class InlineDatabase(Database):
    """A database whose transactions run where they are asked for, with steps around them."""

    def __init__(self, url: str, fate: Fate) -> None:
        self.url = make_url(url)
        self._fate = fate
        self._reading = _engine(url, "BEGIN")
        self._writing = (
            _engine(url, "BEGIN IMMEDIATE") if url.startswith("sqlite") else self._reading
        )

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction; the app may die before, within, and after it."""
        self._fate.step(f"{_name(work)} begins")
        with self._writing.begin() as tx:
            result = work(tx)
            self._fate.step(f"{_name(work)} is done")
        self._fate.step(f"{_name(work)} is on disk")
        return result

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction that only reads."""
        self._fate.step(f"{_name(work)} begins to read")
        with self._reading.begin() as tx:
            result = work(tx)
        self._fate.step(f"{_name(work)} has read")
        return result

    def close(self) -> None:
        """Let go of every connection."""
        self._writing.dispose()
        self._reading.dispose()


def _engine(url: str, begin: str) -> Engine:
    made = make_url(url)
    return _sqlite_engine(made, begin) if url.startswith("sqlite") else create_engine(made)


def _name(work: Callable[..., Any]) -> str:
    return getattr(work, "__qualname__", "work").split(".<locals>")[0]


@dataclass
class SmallWorld:
    """The app and its Slack. `start()` it, and again after it died.

    `teams` are the workspaces that have the app.
    """

    url: str
    clock: MovableClock
    fate: Fate = field(default_factory=Fate)
    teams: tuple[str, ...] = ("T1",)
    lateness: timedelta = timedelta(hours=6)
    installations: list[Installation] = field(default_factory=list)
    failures: int = 0
    """How often a job failed for another reason than the app's death."""

    def __post_init__(self) -> None:
        bots = {f"xoxb-{team}": (team, f"UBOT{team}") for team in self.teams}
        self.slack = SmallSlack(self.clock, bots)

    async def start(self) -> None:
        """Make every object of the app anew, on the same data."""
        self.prep = Prep(self._settings(), self.clock, rng=Random(7), bank=some_questions())
        self.prep.database.close()
        self.prep.database = InlineDatabase(self.url, self.fate)
        directory = Directory(Installations(self.prep.database, self.clock))
        for token, (team, bot) in self.slack.bots.items():
            identity = Identity(team, None, MemberId(bot))
            directory.learn(await directory.installations.ensure(identity), token)
        self.installations = list(directory.known.values())
        # Its session is never used: no call leaves this process.
        slack = Slack(_no_session(), directory.token_of, Pace(self.clock))
        self.outbound = slack
        slack.client = SmallClient(self.slack, self.fate)
        rooms = self.prep._rooms(slack, directory)
        self.jobs: Jobs = self.prep._jobs(slack, rooms)
        self.dispatcher = Dispatcher(
            routes(rooms, slack), self.prep.guard, slack, directory.find, directory.bot_users
        )

    def close(self) -> None:
        """Let go of the database."""
        self.prep.database.close()

    def _settings(self) -> Settings:
        return Settings(
            bot_token="xoxb-T1",
            signing_secret="secret",
            app_token=None,
            database_url=self.url,
            port=0,
            host="127.0.0.1",
            minimum_words=5,
            lateness=self.lateness,
            log_level="CRITICAL",
            api_url="",
        )

    async def turn(self) -> None:
        """Let the clockwork run every job of the clock once."""
        jobs = self.jobs
        for run in (
            jobs.resolve_rounds,
            jobs.post_rounds,
            jobs.close_rounds,
            jobs.update_cards,
            jobs.mark_answers,
        ):
            await self._runs(run)
        await self.prep.guard.idle()

    async def _runs(self, job: Callable[[], Awaitable[None]]) -> None:
        """Run a job as the clockwork does: one that fails keeps nothing else from running."""
        try:
            await job()
        except Crash:
            return
        except ExceptionGroup as group:
            self.failures += group.split(Crash)[1] is not None
        except Exception:  # noqa: BLE001 - counted, and harm
            self.failures += 1

    async def delivers(self, news: Json) -> bool:
        """Deliver an event; False if it was not acknowledged."""
        try:
            self.fate.step("an event comes")
            await self.dispatcher.on_message(news)
            self.fate.step("an acknowledgement is due")
        except Crash:
            await self.prep.guard.idle()
            return False
        await self.prep.guard.idle()
        return True

    def looks(self, work: Callable[[Connection], T]) -> T:
        """Look at the database, beside the app."""
        database = self.prep.database
        assert isinstance(database, InlineDatabase)
        with database._writing.begin() as tx:
            return work(tx)

    def sets_up(
        self, channel: str, timing: Timing, whose: InstallationId | None = None
    ) -> Schedule:
        """Make a running schedule; its first question is the next that falls due."""
        installation = whose or self.installations[0].id
        draft = ScheduleDraft(installation, ChannelId(channel), MemberId("UOWNER"), timing)

        def make(tx: Connection) -> Schedule:
            now = self.clock.now()
            schedules.create(tx, draft, timing.next_due(now), seed=7, at=now)
            found = schedules.in_channel(tx, installation, ChannelId(channel))
            assert found is not None
            return found

        return self.looks(make)

    def stops(self, schedule: Schedule) -> None:
        """Stop a schedule: it asks nothing any more."""
        whose = schedule.installation_id, schedule.channel_id
        self.looks(lambda tx: schedules.stop(tx, *whose, "its life is over"))

    def next_due(self, schedule: Schedule) -> datetime:
        """When a schedule's next question is due."""
        found = self.looks(lambda tx: schedules.get(tx, schedule.installation_id, schedule.id))
        assert found is not None
        assert found.next_due is not None
        return found.next_due.at

    def doctor(self) -> Report:
        """What `prep doctor` finds."""
        return self.looks(lambda tx: examine(tx, (), self.clock.now()))


def _no_session() -> aiohttp.ClientSession:
    return None  # type: ignore[return-value]

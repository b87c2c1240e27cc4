"""The two daily-question bots that people usually write, as honest small programs.

Both: Bolt with its defaults, an APScheduler cron job for each channel in a job store that survives
a restart, six hours of grace, a look at what was missed when they start, and counters that each
answer increments. One posts, three times if need be, and then saves that it did; the other saves
and then posts. They live through the same history as Prep does on SQLite, by the same clock.

Two things are not usual, and only there so that they can be judged: metadata on the questions, and
the movable clock.
"""

import asyncio
import contextlib
import datetime as real
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web
from apscheduler.executors import base as executors
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers import base as schedulers
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.streaks import Streak
from proof.chaos.clock import ReplicaClock
from proof.chaos.commands import Commands, quieted
from proof.chaos.history import Appointment, counts
from proof.chaos.orders import BOT_TOKEN, SECRET, SLACK_TIMEOUT, Orders
from proof.chaos.stored import Stored

POSTS_THEN_SAVES, SAVES_THEN_POSTS = "posts-then-saves", "saves-then-posts"
GRACE_S = 6 * 3600
ATTEMPTS = {POSTS_THEN_SAVES: 3, SAVES_THEN_POSTS: 1}
"""Who saves first wants at most one message; who saves last wants at least one."""
TABLES = """
CREATE TABLE IF NOT EXISTS appointments (channel TEXT PRIMARY KEY, zone TEXT, at TEXT);
CREATE TABLE IF NOT EXISTS posts (channel TEXT, day TEXT, ts TEXT, UNIQUE (channel, day));
CREATE TABLE IF NOT EXISTS answers (channel TEXT, ts TEXT, member TEXT);
CREATE TABLE IF NOT EXISTS counters (
    channel TEXT, member TEXT, streak INTEGER, best INTEGER, answered INTEGER, last_post TEXT,
    UNIQUE (channel, member));
"""
FAILURES = (SlackApiError, SlackClientError, aiohttp.ClientError, TimeoutError, OSError)


def set_up(file: Path, appointments: Mapping[str, Appointment]) -> None:
    """Make the database of such a bot, with what it is to ask where."""
    with sqlite3.connect(file) as tx:
        tx.executescript(TABLES)
        tx.executemany(
            "INSERT INTO appointments VALUES (?, ?, ?)",
            [(channel, one.zone, f"{one.at:%H:%M}") for channel, one in appointments.items()],
        )


def stored(file: Path) -> Stored:
    """Read what such a bot kept."""
    with sqlite3.connect(file) as tx:
        replies = tx.execute("SELECT channel, ts FROM answers").fetchall()
        rows = tx.execute("SELECT channel, member, streak, best, answered FROM counters").fetchall()
    return Stored(
        replies=dict.fromkeys(replies, True),
        copies=len(replies) - len(set(replies)),
        standings={(c, m): Streak(streak, best, 0, all_) for c, m, streak, best, all_ in rows},
        unknown=0,
    )


def live(line: Connection, orders: Orders) -> None:
    """Be such a bot, until killed."""
    quieted(orders.log_file)
    asyncio.run(_lived(line, orders))
    os._exit(0)


async def _lived(line: Connection, orders: Orders) -> None:
    clock = ReplicaClock.at(orders.clock_file, orders.replica)
    _tell_time_by(clock)
    async with aiohttp.ClientSession(timeout=_timeout()) as session:
        bot = Bot(orders, clock, session)
        await bot.starts()
        await Commands(line, {"turn": bot.turns, "disk": bot.finds_disk}).obeyed(bot.port)


def _timeout() -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=SLACK_TIMEOUT.total_seconds())


def _tell_time_by(clock: ReplicaClock) -> None:
    class Moved(real.datetime):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> real.datetime:  # type: ignore[override]
            # A plain one: APScheduler may keep it in its store, which knows no class of ours.
            return clock.now().astimezone(tz)

    schedulers.datetime = Moved
    executors.datetime = Moved


BOTS: list["Bot"] = []
"""Jobs in a store can name only what a module holds."""


async def ask(channel: str) -> None:
    """Do what the cron job of a channel does."""
    await BOTS[0].asks(channel)


@dataclass
class Bot:
    """One process of such a bot."""

    orders: Orders
    clock: ReplicaClock
    session: aiohttp.ClientSession
    port: int = 0

    def __post_init__(self) -> None:
        BOTS[:] = [self]
        self.file = Path(self.orders.database_url.removeprefix("sqlite:///"))
        self.db = sqlite3.connect(self.file, timeout=0.15, isolation_level=None)
        self.client = AsyncWebClient(
            token=BOT_TOKEN, base_url=self.orders.api_url, session=self.session
        )
        self.scheduler = AsyncIOScheduler(
            jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{self.file}.jobs")},
            job_defaults={"misfire_grace_time": GRACE_S, "coalesce": True},
        )

    async def starts(self) -> None:
        """Listen, schedule, and make up for what was missed."""
        app = AsyncApp(signing_secret=SECRET, client=self.client, token=BOT_TOKEN)
        app.event("message")(self.hears)

        async def receive(request: web.Request) -> web.Response:
            reply = await app.async_dispatch(await to_bolt_request(request))
            return await to_aiohttp_response(reply)

        door = web.Application()
        door.router.add_post("/slack/events", receive)
        runner = web.AppRunner(door, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = int(runner.addresses[0][1])
        self.scheduler.start()
        for channel, zone, at in self.appointments():
            hour, minute = at.split(":")
            self.scheduler.add_job(
                *(ask, "cron"),
                args=[channel],
                id=channel,
                hour=hour,
                minute=minute,
                timezone=ZoneInfo(zone),
                replace_existing=True,
            )
        await self.makes_up()

    def appointments(self) -> Sequence[tuple[str, str, str]]:
        """List what is to be asked where."""
        return self.db.execute("SELECT channel, zone, at FROM appointments").fetchall()

    async def makes_up(self) -> None:
        """Ask what should have been asked today while nobody ran."""
        for channel, zone, at in self.appointments():
            local = self.clock.now().astimezone(ZoneInfo(zone))
            late = local - local.replace(
                hour=int(at[:2]), minute=int(at[3:]), second=0, microsecond=0
            )
            if 0 <= late.total_seconds() < GRACE_S:
                # What fails while it starts must not keep it from starting.
                with contextlib.suppress(*FAILURES, sqlite3.OperationalError):
                    await self.asks(channel)

    async def turns(self, _: object) -> bool:
        """Let the scheduler look at the clock, and wait for its jobs."""
        self.scheduler._process_jobs()
        running = self.scheduler._executors["default"]._pending_futures
        await asyncio.gather(*running, return_exceptions=True)
        return True

    async def finds_disk(self, is_full: object) -> bool:
        """Find the disk full, or empty again."""
        self.db.execute(f"PRAGMA max_page_count = {1 if is_full else 1_073_741_823}")
        return True

    # --- asking ---------------------------------------------------------------------------------

    async def asks(self, channel: str) -> None:
        """Ask today's question, unless it was asked."""
        [zone] = self.db.execute(
            "SELECT zone FROM appointments WHERE channel = ?", (channel,)
        ).fetchone()
        day = self.clock.now().astimezone(ZoneInfo(zone)).date().isoformat()
        known = "SELECT 1 FROM posts WHERE channel = ? AND day = ?"
        if self.db.execute(known, (channel, day)).fetchone():
            return
        save = "INSERT OR REPLACE INTO posts VALUES (?, ?, ?)"
        if self.orders.design == SAVES_THEN_POSTS:
            self.db.execute(save, (channel, day, None))
        ts = await self.posts(channel, day)
        self.ends_streaks(channel)
        self.db.execute(save, (channel, day, ts))

    async def posts(self, channel: str, day: str) -> str:
        """Post, and try again when that fails."""
        attempts = ATTEMPTS[self.orders.design]
        for attempt in range(attempts):
            try:
                reply = await self.client.chat_postMessage(
                    channel=channel,
                    text=f"The question of {day}",
                    metadata={"event_type": "prep_round", "event_payload": {"day": day}},
                )
            except FAILURES:
                if attempt + 1 == attempts:
                    raise
            else:
                return str(reply["ts"])
        raise AssertionError

    def latest(self, channel: str) -> str | None:
        """Name the question that stands open in a channel."""
        query = "SELECT max(ts) FROM posts WHERE channel = ?"
        return self.db.execute(query, (channel,)).fetchone()[0]  # type: ignore[no-any-return]

    def ends_streaks(self, channel: str) -> None:
        """As the next question is out, set back who did not answer the one before."""
        self.db.execute(
            "UPDATE counters SET streak = 0 WHERE channel = ? AND last_post IS NOT ?",
            (channel, self.latest(channel)),
        )

    # --- counting -------------------------------------------------------------------------------

    async def hears(self, event: dict[str, Any]) -> None:
        """Count an answer to the open question; Bolt has acknowledged it already."""
        channel, post = event["channel"], event.get("thread_ts")
        is_reply = post and event.get("subtype") in (None, "file_share") and "bot_id" not in event
        if not is_reply or post != self.latest(channel):
            return
        if not counts(event["text"], with_file=bool(event.get("files"))):
            return
        member = event["user"]
        self.db.execute("INSERT INTO answers VALUES (?, ?, ?)", (channel, event["ts"], member))
        self.db.execute(
            "INSERT INTO counters VALUES (?, ?, 1, 1, 1, ?) ON CONFLICT (channel, member) DO UPDATE"
            " SET streak = streak + 1, best = max(best, streak + 1), answered = answered + 1,"
            " last_post = excluded.last_post",
            (channel, member, post),
        )

"""P7: what the store can write, beside the raw driver; and whether anything is ever locked out."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from bot.domain.answering import Reply
from bot.domain.ids import InstallationId, MessageTs
from bot.features.answers.service import Answers
from bot.features.home.service import HomeService, Visit
from bot.features.leaderboard.service import Leaderboard
from bot.store.database import Database
from bot.store.tables import answers, standings
from proof.bench import crowds, worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.crowds import Crowd
from proof.bench.figures import Samples, percentile
from proof.bench.findings import Finding, Goal, Side

TASKS = 32
MEMBERS, PAST = 500, 20
OF_THE_RAW_DRIVER = 2000 / 5026
"""What P7 allows: its bar ÷ what one raw connection committed in a second where it was set."""
RAW_INSERT = """
INSERT INTO answers (installation_id, schedule_id, round_id, channel_id, thread_ts, ts, member_id,
  words, has_file, deleted, counted) VALUES (1, 1, 10020, 'C', '1', ?, ?, 30, 0, 0, 1)
"""
RAW_UPDATE = "UPDATE standings SET answered = answered + 1 WHERE schedule_id = 1 AND member_id = ?"


async def writes(bench: Bench) -> list[Finding]:
    """Typical writes of 32 tasks at once, then reads and writes together for a while."""
    per_s: list[float] = []
    p99: list[float] = []
    raw: list[float] = []
    for _ in range(bench.sizes.runs):
        with bench.database(SQLITE) as url:
            _fill(bench, url)
            took, seconds = await _ours(url, bench.sizes.writes)
            per_s.append(len(took) / seconds)
            p99.append(percentile(took, 0.99) * 1000)
        with bench.database(SQLITE) as url:
            _fill(bench, url)
            raw.append(1 / raw_commit_s(url, bench.sizes.writes))
    locked = await _mixed(bench)
    ours, theirs = Samples.of(per_s, "transactions/s"), Samples.of(raw, "transactions/s")
    return [
        Finding(
            name="p7_writes",
            what=f"P7: an answer and its standing written, {TASKS} tasks at once, synchronous=FULL",
            figure=ours.median / theirs.median,
            goal=Goal(
                at_least=True,
                bound=OF_THE_RAW_DRIVER,
                of_what="ours ÷ the raw driver's; the bar is 2,000/s to the 5,026/s it made where "
                "it was set",
            ),
            ours=Side("`Database.write`: one writer thread, commits shared", ours),
            theirs=Side("raw sqlite3, one connection, one commit for each, no event loop", theirs),
            more={"ours: p99": str(Samples.of(p99, "ms"))},
        ),
        locked,
    ]


def _fill(bench: Bench, url: str) -> None:
    with crowds.building(url) as tx:
        crowds.gather(tx, [Crowd(MEMBERS, PAST)], bench.clock.now())


async def _ours(url: str, count: int) -> tuple[list[float], float]:
    database = Database(url)
    numbers = iter(range(count))
    took: list[float] = []

    async def task() -> None:
        for number in numbers:
            begin = time.perf_counter()
            await database.write(partial(_typical, number=number))
            took.append(time.perf_counter() - begin)

    begin = time.perf_counter()
    await asyncio.gather(*(task() for _ in range(TASKS)))
    seconds = time.perf_counter() - begin
    database.close()
    return took, seconds


# Made once, as the store makes what it says often.
_ANSWER = insert(answers)
_COUNT = (
    update(standings)
    .where(standings.c.schedule_id == 1, standings.c.member_id == bindparam("who"))
    .values(answered=standings.c.answered + 1)
)


def _typical(tx: Connection, number: int) -> None:
    who = worlds.member(1, number % MEMBERS)
    answer = {
        "installation_id": 1,
        "schedule_id": 1,
        "round_id": worlds.ROUNDS_APART + PAST,
        "channel_id": "C",
        "thread_ts": "1",
        "ts": str(number),
        "member_id": who,
        "words": worlds.WORDS,
        "has_file": False,
        "counted": True,
    }
    tx.execute(_ANSWER, answer)
    tx.execute(_COUNT, {"who": who})


def raw_commit_s(url: str, count: int) -> float:
    """Return the seconds that one typical write takes the raw driver, on disk."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    begin = time.perf_counter()
    for number in range(count):
        who = worlds.member(1, number % MEMBERS)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(RAW_INSERT, (str(number), who))
        connection.execute(RAW_UPDATE, (who,))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begin
    connection.close()
    return seconds / count


async def _mixed(bench: Bench) -> Finding:
    """Let half of the tasks reply and half look, and count what failed."""
    with bench.database(SQLITE) as url:
        _fill(bench, url)
        database = Database(url)
        failed: list[str] = []
        until = time.perf_counter() + bench.sizes.mixed_s
        deeds = _deeds(bench, database)
        done = await asyncio.gather(
            *(_again_and_again(deeds[place % 2], place, until, failed) for place in range(TASKS))
        )
        database.close()
    return Finding(
        name="p7_locked",
        what=f"P7: {bench.sizes.mixed_s:g} s of replies, boards and Homes, {TASKS} tasks at once: "
        "how many failed",
        figure=len(failed),
        goal=Goal(
            at_least=False, bound=0, of_what="failures, of which “database is locked” is one"
        ),
        ours=Side("replies recorded", Samples.of([sum(done[::2])], "replies")),
        theirs=Side("boards and Homes read meanwhile", Samples.of([sum(done[1::2])], "looks")),
        more={"the first failures": failed[:3]} if failed else {},
    )


Deed = Callable[[int], Awaitable[Any]]


def _deeds(bench: Bench, database: Database) -> tuple[Deed, Deed]:
    here, channel = InstallationId(1), worlds.channel(1)
    replies = Answers(database, bench.clock, minimum_words=5)
    boards = Leaderboard(database, bench.clock)
    homes = HomeService(database, bench.clock)
    thread_ts = worlds.posted_rounds(1, PAST, bench.clock.now())[-1].opened_ts
    rng = Random(7)

    async def reply(number: int) -> None:
        seconds = int(float(thread_ts)) + 600 + number // 1_000_000
        ts = MessageTs(f"{seconds}.{number % 1_000_000:06d}")
        who = worlds.member(1, rng.randrange(2 * MEMBERS))
        await replies.record(Reply(channel, thread_ts, ts, who, worlds.WORDS, has_file=False))

    async def look(_number: int) -> None:
        who = worlds.member(1, rng.randrange(MEMBERS))
        await boards.of_channel(here, channel, who)
        await homes.seen_by(Visit(here, who, frozenset({channel})))

    return reply, look


async def _again_and_again(deed: Deed, place: int, until: float, failed: list[str]) -> int:
    done = 0
    while time.perf_counter() < until:
        try:
            await deed(place + TASKS * done)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted here
            failed.append(f"{type(error).__name__}: {error}"[:200])
        done += 1
    return done

"""Boards at millions of answers, in the largest channel, beside the same at thousands."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, create_engine

from bot.domain.ids import InstallationId, ScheduleId
from bot.features.leaderboard.service import Leaderboard
from bot.store.database import Database
from proof.bench import crowds, worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.crowds import Crowd
from proof.bench.figures import Samples, percentile
from proof.bench.findings import Finding, Goal, Side

HERE = InstallationId(1)
LARGEST, ADVERSARIAL = 1, 2
"""The first schedule is the largest; the second as large, with 99 of 100 in a high, dead streak."""
PAST = 20
TOP_TEN = """
SELECT member_id, streak, best, freezes, answered FROM standings
WHERE installation_id = 1 AND schedule_id = 1 AND answered > 0
ORDER BY streak DESC, best DESC, answered DESC, member_id LIMIT 10
"""
OWN_RANK = """
SELECT count(*) FROM standings WHERE installation_id = 1 AND schedule_id = 1 AND streak > 0
"""
OF_A_RAW_BOARD = {SQLITE: 2 / 0.041, "postgresql": 5 / 0.188}
"""What P9 allows a board: its bar ÷ what the raw driver's indexed top ten took where it was set."""
OF_A_RAW_RANK = {SQLITE: 20 / 1.8, "postgresql": 20 / 9.0}


@dataclass(frozen=True, slots=True)
class _World:
    database: Database
    board: Leaderboard
    engine: Engine
    raw: Any
    answers: int
    members: int
    largest: int

    def close(self) -> None:
        """Let go of every connection."""
        self.raw.close()
        self.engine.dispose()
        self.database.close()

    async def see(self, schedule: int, number: int) -> None:
        """Look at a board as one of its members."""
        await self.board.of_channel(HERE, worlds.channel(schedule), worlds.member(schedule, number))

    async def show(self, schedule: int) -> None:
        """Read a board to be shown to its channel: nobody's own rank."""
        await self.board.to_show(HERE, worlds.channel(schedule), ScheduleId(schedule))

    async def top(self) -> None:
        """Fetch the first ten of the largest board by the driver alone."""
        self._run(TOP_TEN)

    async def rank(self) -> None:
        """Count who is above the last of the largest board by the driver alone."""
        self._run(OWN_RANK)

    def _run(self, statement: str) -> None:
        cursor = self.raw.cursor()
        cursor.execute(statement)
        cursor.fetchall()
        cursor.close()
        self.raw.rollback()


async def board(bench: Bench, kind: str) -> list[Finding]:
    """A board at many answers against one at few, and the bars of boards (P9)."""
    sizes = bench.sizes
    with bench.database(kind) as small_url, bench.database(kind) as large_url:
        few = _members(bench, small_url, sizes.board_channels // 100, sizes.board_members // 1000)
        many = _members(bench, large_url, sizes.board_channels, sizes.board_members)
        small, large = _open(bench, small_url, few), _open(bench, large_url, many)
        try:
            return await _measured(bench, kind, small, large)
        finally:
            for world in (small, large):
                world.close()


def _members(bench: Bench, url: str, channels: int, members: int) -> tuple[int, int, int]:
    """Fill a database; count its answers, its members, and those of the largest channel."""
    largest = max(1, members // 20)
    counts = crowds.sizes(max(3, channels), members, largest)
    with crowds.building(url) as tx:
        teams = [Crowd(count, PAST) for count in counts]
        teams[ADVERSARIAL - 1] = Crowd(largest, PAST, dead=99)
        found = crowds.gather(tx, teams, bench.clock.now())
    return found, sum(team.members for team in teams), largest


def _open(bench: Bench, url: str, counts: tuple[int, int, int]) -> _World:
    database = Database(url)
    engine = create_engine(url)
    board = Leaderboard(database, bench.clock)
    return _World(database, board, engine, engine.raw_connection(), *counts)


async def _measured(bench: Bench, kind: str, small: _World, large: _World) -> list[Finding]:
    looks: dict[str, tuple[_World, Callable[[int], Awaitable[None]]]] = {
        "few": (small, lambda number: small.see(LARGEST, number % small.largest)),
        "many": (large, lambda number: large.see(LARGEST, number * 97 % large.largest)),
        "dead streaks": (large, lambda number: large.see(ADVERSARIAL, number * 97 % large.largest)),
        "shown": (large, lambda _: large.show(LARGEST)),
        "dead streaks, shown": (large, lambda _: large.show(ADVERSARIAL)),
        "raw top ten": (large, lambda _: large.top()),
        "raw rank": (large, lambda _: large.rank()),
    }
    took: dict[str, list[list[float]]] = {name: [] for name in looks}
    for run in range(bench.sizes.runs):
        for name, (_, look) in looks.items():
            took[name].append(await _times_ms(look, bench.sizes.board_looks, run))
    p50 = {name: _over(runs, 0.5) for name, runs in took.items()}
    p99 = {name: _over(runs, 0.99) for name, runs in took.items()}
    suffix = "" if kind == SQLITE else f"_{kind}"
    facts = {f"{name}, p50 / p99": f"{p50[name]} / {p99[name]}" for name in looks}
    return [
        Finding(
            name=f"board_growth{suffix}",
            what=f"the largest channel's board at {large.answers:,} answers against "
            f"{small.answers:,} ({kind})",
            figure=p50["many"].median / p50["few"].median,
            goal=Goal(at_least=False, bound=2, of_what="time with many ÷ time with few"),
            ours=Side(_told(large), p50["many"]),
            theirs=Side(_told(small), p50["few"]),
            more=facts,
        ),
        Finding(
            name=f"p9_board{suffix}",
            what="P9: the largest channel's board, also where 99 of 100 members had a high streak "
            f"that ended, p99 ({kind})",
            figure=_worst(p99["shown"], p99["dead streaks, shown"]) / p99["raw top ten"].median,
            goal=_allowed(OF_A_RAW_BOARD[kind]),
            ours=Side("`Leaderboard.to_show`, of dead streaks", p99["dead streaks, shown"]),
            theirs=Side("the raw driver's indexed top ten of that channel", p99["raw top ten"]),
        ),
        Finding(
            name=f"p9_own_rank{suffix}",
            what=f"P9: the same with a member's own rank, p99 ({kind})",
            figure=_worst(p99["many"], p99["dead streaks"]) / p99["raw rank"].median,
            goal=_allowed(OF_A_RAW_RANK[kind]),
            ours=Side("`Leaderboard.of_channel`", p99["many"]),
            theirs=Side("the raw driver's count of all with a streak there", p99["raw rank"]),
        ),
    ]


def _allowed(bound: float) -> Goal:
    of_what = "our p99 ÷ the reference's; the bar is what it was where P9 was set"
    return Goal(at_least=False, bound=bound, of_what=of_what)


def _worst(*p99: Samples) -> float:
    return max(samples.median for samples in p99)


def _told(world: _World) -> str:
    return (
        f"`Leaderboard.of_channel` in a channel of {world.largest:,} members, of {world.members:,} "
        f"members with {world.answers:,} answers; the median of each run"
    )


async def _times_ms(look: Callable[[int], Awaitable[None]], count: int, run: int) -> list[float]:
    took = []
    for number in range(count):
        begin = time.perf_counter()
        await look(number + run * count)
        took.append((time.perf_counter() - begin) * 1000)
    return took


def _over(runs: Sequence[list[float]], part: float) -> Samples:
    return Samples.of([percentile(run, part) for run in runs], "ms")

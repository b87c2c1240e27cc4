"""Every bar with its mutants, in one form: a question, what must be 0, and how large it was.

Each bar is run in a process of its own, with databases of its own, as many at a time as there are
cores; the longest begin first.
"""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeVar

from bot.clock import use_pinned_zones
from bot.store import schema
from proof.bars import (
    clocks,
    crash_mutants,
    crashes,
    outages,
    reposts,
    storms,
    streaks,
    versions,
    years,
    zones,
)
from proof.bars.bar import Finding, Mutant
from proof.postgresql import PostgreSQL

T = TypeVar("T")
NewDatabase = Callable[[], str]


@dataclass(frozen=True)
class Size:
    """How much is done: all of it, or what fits beside a cup of coffee.

    `steps` are taken on SQLite, `steps_over_a_wire` on PostgreSQL.
    """

    stride: int
    changes_from: int
    workspaces: int
    channels: int
    declined: int
    fortnights: int
    steps: int
    steps_over_a_wire: int
    rounds: int
    days: int
    year: years.Shape


FULL = Size(1, 2009, 20, 10, 200, 20, 88_000, 12_000, 1_000_000, 30, years.Shape())
SHORT = Size(29, 2024, 5, 4, 10, 1, 600, 300, 5_000, 4, years.Shape(40, 20, 60))
MUTANT_SEEDS = (4, 2, 3, 5)
"""With echoes and without, with time to recover and without: each mutant shows in one of them."""
MUTANT_STRIDE = 4


@contextmanager
def databases(folder: Path, kind: str) -> Iterator[NewDatabase]:
    """Give migrated databases of a kind, as many as are asked for."""
    numbers = count()
    if kind == "sqlite":

        def new_file() -> str:
            url = f"sqlite:///{folder / f'bar-{next(numbers)}.db'}"
            schema.upgrade(url)
            return url

        yield new_file
        return
    with PostgreSQL(folder / "postgresql") as server, ExitStack() as made:

        def new_database() -> str:
            return made.enter_context(server.database())

        yield new_database


def crash_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R3: a crash at every step, one by one."""
    walked = _run(crashes.walk(new(), 1, size.stride))
    once = _run(crashes.trace(new(), 1, "C1"))
    is_repeatable = once == _run(crashes.trace(new(), 1, "C1"))
    mutants = {m.name: _noticed(m, new) for m in crash_mutants.MUTANTS}
    return Finding(
        f"R3, {kind}",
        "the app dies at every step of a round's life and of its answers'",
        walked.harm.total + (not is_repeatable),
        {"crashes": walked.points, "steps_of_a_life": len(once), "repeatable": is_repeatable},
        mutants,
    )


def unechoed_crash_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R3 again, where the app must find out itself what became of its posts."""
    walked = _run(crashes.walk(new(), 2, size.stride))
    return Finding(
        f"R3 without echoes, {kind}",
        "the same, and no event tells the app of its own posts",
        walked.harm.total,
        {"crashes": walked.points},
    )


def _noticed(mutant: Mutant, new: NewDatabase) -> int:
    for seed in MUTANT_SEEDS:
        with mutant.put_in():
            walked = _run(crashes.walk(new(), seed, MUTANT_STRIDE, until_harm=True))
        if walked.harm.total:
            return walked.harm.total
    return 0


def zone_bar(size: Size) -> Finding:
    """R5: every zone, every change of its clocks."""
    found = zones.fires(years=(size.changes_from, 2036))
    mutants = {}
    for mutant in zones.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = zones.fires(["Europe/Berlin"], (2020, 2021)).wrong
    return Finding(
        "R5",
        f"every zone's every clock change, {size.changes_from} to 2036",
        found.wrong,
        {
            "zones": found.zones,
            "changes": found.changes,
            "due_moments": found.fires,
            "microseconds_each": round(zones.microseconds_each(), 1),
        },
        mutants,
    )


def rule_bar(size: Size) -> Finding:
    """R11, the rule alone: the fold against the oracle."""
    found = streaks.in_the_rule(1, size.rounds)
    mutants = {}
    for mutant in streaks.RULE_MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = streaks.in_the_rule(1, 20_000, until_wrong=True).wrong
    return Finding(
        "R11, the rule",
        "rounds meet any fate, one after the other",
        found.wrong,
        {"steps": found.steps},
        mutants,
    )


def standing_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R11, the store: kept standings against the oracle, after every step."""
    steps = size.steps if kind == "sqlite" else size.steps_over_a_wire
    found = streaks.in_the_store(new(), 1, steps)
    mutants = {}
    for mutant in streaks.STORE_MUTANTS:
        with mutant.put_in():
            noticed = streaks.in_the_store(new(), 1, 6_000, until_wrong=True)
        mutants[mutant.name] = noticed.wrong
    return Finding(
        f"R11, {kind}",
        "anything happens to a schedule, in any order and as often as may be",
        found.wrong,
        {"steps": found.steps},
        mutants,
    )


def storm_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R9: rate limits on every fifth workspace."""

    def hour(*, rages: bool) -> storms.Storm:
        shape = storms.Shape(size.workspaces, size.channels)
        return _run(storms.storm(new(), 1, shape, rages=rages))

    calm, raging = hour(rages=False), hour(rages=True)
    mutants = {}
    for mutant in storms.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = storms.harm(calm, hour(rages=True))
    return Finding(
        f"R9, {kind}",
        "Slack limits the rate of every fifth workspace, 1 to 60 s at a time",
        storms.harm(calm, raging),
        {
            "rounds": raging.rounds,
            "told_to_wait": raging.told_to_wait,
            "called_too_early": raging.too_early,
            "messages_too_close": raging.crowded,
            "p99_delay_calm_s": round(calm.p99, 3),
            "p99_delay_of_others_s": round(raging.p99, 3),
        },
        mutants,
    )


def clock_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R8: two copies whose clocks are ten minutes apart."""
    found = _run(clocks.two_clocks(new(), 1, size.days))
    mutants = {}
    for mutant in clocks.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = _run(clocks.two_clocks(new(), 1, 2)).harm
    return Finding(
        f"R8, {kind}",
        "two copies on one database, with clocks five minutes wrong, one each way",
        found.harm,
        {
            "rounds": size.days * clocks.CHANNELS,
            "early": found.early,
            "doubled": found.doubled,
            "lost": found.lost,
        },
        mutants,
    )


def version_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R7: two versions on one database, and migrations while they tick."""
    found = _run(versions.versions_in_turn(new(), 1, size.days))
    mutants = {}
    for mutant in versions.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = _run(versions.versions_in_turn(new(), 1, 3)).harm
    return Finding(
        f"R7, {kind}",
        "two versions on one database, which is migrated up and down under them",
        found.harm,
        {
            "rounds": found.rounds,
            "migrations": found.migrations,
            "failed_turns": found.failed_turns,
            "lost": found.lost,
            "doubled": found.doubled,
        },
        mutants,
    )


def repost_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R10: declined, listed, wished for seven times, posted once."""
    found = _run(reposts.reposts(new(), size.declined))
    mutants = {}
    for mutant in reposts.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = sum(_run(reposts.reposts(new(), 10)).values())
    return Finding(
        f"R10, {kind}",
        "declined by Slack, listed, and wished for seven times",
        sum(found.values()),
        {"rounds": size.declined, **found},
        mutants,
    )


def outage_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R12: 48 hours over a weekend and a change of the clocks."""
    harm = _run(outages.outages(new(), range(size.fortnights)))
    mutants = {}
    for mutant in outages.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = _run(outages.outages(new(), range(3))).total
    return Finding(
        f"R12, {kind}",
        "down for 48 hours over a weekend and a change of the clocks",
        harm.total,
        {"fortnights": size.fortnights, "standings_wrong": harm.standings_wrong},
        mutants,
    )


def year_bar(new: NewDatabase, kind: str, size: Size) -> Finding:
    """R6: a year of many channels, with the seconds that it takes."""
    began = perf_counter()
    found = years.year(new(), 1, size.year)
    seconds = perf_counter() - began
    mutants = {}
    for mutant in years.MUTANTS:
        with mutant.put_in():
            mutants[mutant.name] = years.year(new(), 1, years.Shape(40, 30, 60)).harm
    return Finding(
        f"R6, {kind}",
        f"{size.year.days} days of {size.year.channels} channels, with pauses, moves and outages",
        found.harm,
        {
            "zones": size.year.zones,
            "rounds": found.rounds,
            "outages": found.outages,
            "wishes": found.wishes,
            "lost": found.lost,
            "unwanted": found.unwanted,
            "doubled": found.doubled,
            "seconds_of_it": round(seconds),
        },
        mutants,
    )


BarOnADatabase = Callable[[NewDatabase, str, Size], Finding]
LONG: Sequence[BarOnADatabase] = (
    crash_bar,
    standing_bar,
    unechoed_crash_bar,
    outage_bar,
    storm_bar,
)
BRIEF: Sequence[BarOnADatabase] = (clock_bar, repost_bar, version_bar)


def findings(folder: Path, kinds: Sequence[str], size: Size) -> Iterator[Finding]:
    """Run every bar, and return what came of each as it ends."""
    with ProcessPoolExecutor(
        os.cpu_count(), multiprocessing.get_context("spawn"), initializer=_quietly
    ) as processes:
        begun = [
            *(
                processes.submit(_on_a_database, bar, folder, kind, size)
                for bar in LONG
                for kind in reversed(kinds)
            ),
            processes.submit(_alone, zone_bar, size),
            processes.submit(_alone, rule_bar, size),
            *(
                processes.submit(_on_a_database, year_bar, folder, kind, size)
                for kind in kinds
                if kind == "sqlite"
            ),
            *(
                processes.submit(_on_a_database, bar, folder, kind, size)
                for bar in BRIEF
                for kind in reversed(kinds)
            ),
        ]
        for ended in as_completed(begun):
            yield ended.result()


def _quietly() -> None:
    use_pinned_zones()
    logging.disable(logging.CRITICAL)


def _on_a_database(bar: BarOnADatabase, folder: Path, kind: str, size: Size) -> Finding:
    with TemporaryDirectory(dir=folder) as own, databases(Path(own), kind) as new:
        return _timed(lambda: bar(new, kind, size))


def _alone(bar: Callable[[Size], Finding], size: Size) -> Finding:
    return _timed(lambda: bar(size))


def _timed(bar: Callable[[], Finding]) -> Finding:
    began = perf_counter()
    found = bar()
    found.seconds = perf_counter() - began
    return found


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)

"""Every bar with its mutants, in one form: a question, what must be 0, and how large it was."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

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
    zones,
)
from proof.bars.bar import Finding, Mutant
from proof.postgresql import PostgreSQL

T = TypeVar("T")
NewDatabase = Callable[[], str]


@dataclass(frozen=True)
class Size:
    """How much is done: all of it, or what fits beside a cup of coffee."""

    seeds: int
    stride: int
    changes_from: int
    workspaces: int
    channels: int
    declined: int
    fortnights: int
    steps: int
    rounds: int
    days: int


FULL = Size(2, 1, 2009, 20, 10, 200, 20, 100_000, 1_000_000, 30)
SHORT = Size(1, 29, 2024, 5, 4, 10, 1, 600, 5_000, 2)
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
    harm, points = crashes.Harm(), 0
    for seed in range(1, size.seeds + 1):
        walked = _run(crashes.walk(new(), seed, size.stride))
        harm.add(walked.harm)
        points += walked.points
    once = _run(crashes.trace(new(), 1, "C1"))
    is_repeatable = once == _run(crashes.trace(new(), 1, "C1"))
    mutants = {m.name: _noticed(m, new) for m in crash_mutants.MUTANTS}
    return Finding(
        f"R3, {kind}",
        "the app dies at every step of a round's life and of its answers'",
        harm.total + (not is_repeatable),
        {"crashes": points, "steps_of_a_life": len(once), "repeatable": is_repeatable},
        mutants,
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
            "microseconds_each": round(found.microseconds_each, 1),
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
    found = streaks.in_the_store(new(), 1, size.steps)
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


ON_A_DATABASE: Sequence[Callable[[NewDatabase, str, Size], Finding]] = (
    repost_bar,
    clock_bar,
    version_bar,
    outage_bar,
    storm_bar,
    standing_bar,
    crash_bar,
)


def findings(folder: Path, kinds: Sequence[str], size: Size) -> Iterator[Finding]:
    """Run every bar, one after the other."""
    yield _timed(lambda: zone_bar(size))
    yield _timed(lambda: rule_bar(size))
    for kind in kinds:
        with databases(folder, kind) as new:
            for bar in ON_A_DATABASE:
                yield _timed(lambda bar=bar: bar(new, kind, size))  # type: ignore[misc] # noqa: B023


def _timed(bar: Callable[[], Finding]) -> Finding:
    began = perf_counter()
    found = bar()
    found.seconds = perf_counter() - began
    return found


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)

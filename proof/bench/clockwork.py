"""The clockwork with many schedules: a due minute, the start, memory, and an idle tick."""

import asyncio
import time
from typing import Any

from proof.bench import worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.figures import Samples
from proof.bench.findings import Finding, Goal, Side
from proof.bench.posting import must_be_posted
from proof.bench.stand_in import standing_in

PAST = 3
FEW = 100
WITHOUT = frozenset({"refresh_questions"})
"""Jobs that do not look at schedules."""


def fill(bench: Bench, url: str, count: int, due: int) -> None:
    """Write schedules, `due` of them due now."""
    with worlds.writing(url) as tx:
        now = bench.clock.now()
        wish = worlds.Appointments(count, due, PAST)
        worlds.appoint(tx, wish, worlds.install(tx, now), now)


async def per_channel(bench: Bench, store: str, jobs: int, due: int) -> dict[str, Any]:
    """Run one APScheduler cron job for each channel; see `proof.bench.per_channel`."""
    arguments = (store, str(jobs), str(due), str(time.monotonic()))
    async with bench.side("proof.bench.per_channel", *arguments) as told:
        return told


# --- a due minute -------------------------------------------------------------------------------


async def due_minute(bench: Bench, kind: str) -> Finding:
    """A minute in which a tenth of many schedules fall due, posts answered at once."""
    sizes = bench.sizes
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as filled:
            fill(bench, filled, sizes.schedules, sizes.due)
            for _ in range(sizes.scheduler_runs):
                with bench.database(kind, like=filled) as url:
                    env = bench.settings(url, slack.api_url)
                    side = bench.side("proof.bench.clockwork_side", "due", "0", env=env)
                    async with side as told:
                        ours.append(told)
                    must_be_posted(url, sizes.schedules * PAST + sizes.due)
                with bench.database(kind) as store:
                    theirs.append(await per_channel(bench, store, sizes.schedules, sizes.due))
    our_s, their_s = _all(ours, "seconds", "s"), _all(theirs, "seconds", "s")
    blocks = [_all(side, "longest_block_s", "s") for side in (ours, theirs)]
    return Finding(
        name="due_minute" if kind == SQLITE else f"due_minute_{kind}",
        what=f"a minute in which {sizes.due:,} of {sizes.schedules:,} schedules fall due, posts "
        f"answered at once ({kind})",
        figure=their_s.median / our_s.median,
        goal=Goal(at_least=True, bound=10, of_what="their seconds ÷ ours"),
        ours=Side(
            "the job that posts due rounds, wired like `prep run`: reserve, choose, lease, render, "
            "confirm, each on disk before it counts",
            our_s,
        ),
        theirs=Side(
            "one APScheduler cron job for each channel in its SQLAlchemy store, an hour of grace, "
            "jobs that do nothing; it notes when each runs next, and not that it ran",
            their_s,
        ),
        checks=("afterwards each due schedule has its round, posted, with a ts of its own",),
        more={
            "ours: the event loop was not free for at most": str(blocks[0]),
            "theirs: the event loop was not free for at most": str(blocks[1]),
            "ours: memory at most": str(_all(ours, "most_resident_mb", "MB")),
            "theirs: memory at most": str(_all(theirs, "most_resident_mb", "MB")),
        },
    )


def _all(runs: list[dict[str, Any]], name: str, unit: str) -> Samples:
    return Samples.of([run[name] for run in runs], unit)


# --- the start ----------------------------------------------------------------------------------


async def startup(bench: Bench, kind: str) -> Finding:
    """From starting the process to being ready, with many schedules."""
    sizes = bench.sizes
    ours: list[float] = []
    theirs: list[float] = []
    trusting: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as url:
            fill(bench, url, sizes.schedules, 0)
            for _ in range(sizes.scheduler_runs):
                async with bench.prep(url, slack.api_url) as prep:
                    ours.append(prep.ready_s)
                with bench.database(kind) as store:
                    told = await per_channel(bench, store, sizes.schedules, 0)
                    theirs.append(told["ready_s"])
                    trusting.append((await per_channel(bench, store, 0, 0))["ready_s"])
    our_s, their_s = Samples.of(ours, "s"), Samples.of(theirs, "s")
    return Finding(
        name="startup" if kind == SQLITE else f"startup_{kind}",
        what=f"the start with {sizes.schedules:,} schedules, from nothing to ready ({kind})",
        figure=our_s.median / their_s.median,
        goal=Goal(at_least=False, bound=0.02, of_what="our seconds ÷ theirs"),
        ours=Side(
            "`prep run`, from the start of its process until /health says that it has ticked: "
            "imports, schema, bank of questions, who we are at Slack, doors, first turn",
            our_s,
        ),
        theirs=Side(
            "one APScheduler cron job for each channel, from the start of the process until all "
            "are added or replaced in its SQLAlchemy store",
            their_s,
        ),
        more={"theirs, if it trusts its store and adds nothing": str(Samples.of(trusting, "s"))},
    )


# --- memory -------------------------------------------------------------------------------------


async def memory(bench: Bench) -> Finding:
    """How much more memory the app holds at rest with many schedules than with few."""
    sizes = bench.sizes
    few: list[float] = []
    many: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as small, bench.database(SQLITE) as large:
            fill(bench, small, sizes.few_schedules, 0)
            fill(bench, large, sizes.schedules, 0)
            for _ in range(sizes.scheduler_runs):
                for url, held in ((small, few), (large, many)):
                    async with bench.prep(url, slack.api_url) as prep:
                        await asyncio.sleep(sizes.rest_s)
                        held.append(prep.resident_mb())
    with_few, with_many = Samples.of(few, "MB"), Samples.of(many, "MB")
    more = sizes.schedules - sizes.few_schedules
    return Finding(
        name="memory_per_100k_schedules_mb",
        what=f"memory at rest with {sizes.schedules:,} schedules, beyond {sizes.few_schedules:,}",
        figure=(with_many.median - with_few.median) * 100_000 / more,
        goal=Goal(at_least=False, bound=20, of_what="MB more for each 100,000 schedules"),
        ours=Side(f"`prep run` with {sizes.schedules:,} schedules on SQLite", with_many),
        theirs=Side(f"`prep run` with {sizes.few_schedules:,}", with_few),
    )


# --- a tick with nothing due --------------------------------------------------------------------


async def idle_tick(bench: Bench, kind: str) -> Finding:
    """A turn of the clockwork with nothing due, with many schedules and with few."""
    sizes = bench.sizes
    few: list[dict[str, float]] = []
    many: list[dict[str, float]] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as small, bench.database(kind) as large:
            fill(bench, small, FEW, 0)
            fill(bench, large, sizes.schedules, 0)
            for _ in range(sizes.scheduler_runs):
                for url, took in ((small, few), (large, many)):
                    env = bench.settings(url, slack.api_url)
                    side = bench.side(
                        "proof.bench.clockwork_side", "ticks", str(sizes.turns), env=env
                    )
                    async with side as told:
                        took.append(told)
    with_few, with_many = (_turns_ms(runs) for runs in (few, many))
    return Finding(
        name="idle_tick_growth" if kind == SQLITE else f"idle_tick_growth_{kind}",
        what=f"an idle tick at {sizes.schedules:,} schedules against one at {FEW} ({kind})",
        figure=with_many.median / with_few.median,
        goal=Goal(at_least=False, bound=2, of_what="time with many ÷ time with few"),
        ours=Side(
            f"a turn of every job that looks at schedules, with {sizes.schedules:,} of them",
            with_many,
        ),
        theirs=Side(f"the same with {FEW}", with_few),
        more={
            f"{name}, with {count:,}": str(Samples.of([run[name] * 1000 for run in runs], "ms"))
            for count, runs in ((FEW, few), (sizes.schedules, many))
            for name in runs[0]
        },
    )


def _turns_ms(runs: list[dict[str, float]]) -> Samples:
    return Samples.of(
        [sum(took for name, took in run.items() if name not in WITHOUT) * 1000 for run in runs],
        "ms",
    )

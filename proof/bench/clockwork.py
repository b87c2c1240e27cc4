"""The clockwork with many schedules: a due minute, the start, memory, and an idle tick."""

import asyncio
import time
from typing import Any

from jobs.post_rounds import POSTS_AT_ONCE
from proof.bench import worlds
from proof.bench.bench import POSTGRESQL, SQLITE, Bench
from proof.bench.figures import Samples
from proof.bench.findings import Finding, Goal, Side
from proof.bench.posting import must_be_posted, the_day_before
from proof.bench.stand_in import standing_in
from proof.bench.writes import raw_commit_s

PAST = 3
FEW = 100
OF_CRON_JOBS = {SQLITE: (1.0 / 5.25, 0.05 / 5.2), POSTGRESQL: (2.0 / 11.7, 0.05 / 11.7)}
"""What P1 allows, in seconds ÷ those of cron jobs where it was set: the minute, the loop."""
OF_WHAT = "ours ÷ theirs; the bar is what it was where P1 was set"
RAW_COMMITS_A_TICK = 2 / 0.2
"""What P3 allows a tick: its bar of 2 ms ÷ one commit of the raw driver where it was set."""
WITHOUT = frozenset({"refresh_questions"})
"""Jobs that do not look at schedules."""


def fill(bench: Bench, url: str, count: int) -> None:
    """Write schedules, none of which is due."""
    with worlds.writing(url) as tx:
        now = bench.clock.now()
        wish = worlds.Appointments(count, PAST)
        worlds.appoint(tx, wish, worlds.install(tx, now), now)


async def per_channel(bench: Bench, store: str, jobs: int, due: int) -> dict[str, Any]:
    """Run one APScheduler cron job for each channel; see `proof.bench.per_channel`."""
    arguments = (store, str(jobs), str(due), str(time.monotonic()))
    async with bench.side("proof.bench.per_channel", *arguments) as told:
        return told


# --- a due minute -------------------------------------------------------------------------------


async def due_minute(bench: Bench, kind: str) -> list[Finding]:
    """A minute in which a tenth of many schedules fall due, posts answered at once."""
    sizes = bench.sizes
    ours: list[dict[str, Any]] = []
    theirs: list[dict[str, Any]] = []
    started: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as filled, bench.database(kind) as idle:
            for url in (filled, idle):
                fill(bench, url, sizes.schedules)
            await the_day_before(bench, filled, slack.api_url, sizes.due)
            for _ in range(_runs(bench, kind)):
                async with bench.prep(idle, slack.api_url) as prep:
                    started.append(prep.ready_s)
                with bench.database(kind, like=filled) as url:
                    env = bench.settings(url, slack.api_url)
                    side = bench.side(
                        "proof.bench.clockwork_side", "due", "0", str(POSTS_AT_ONCE), env=env
                    )
                    async with side as told:
                        ours.append(told)
                    must_be_posted(url, sizes.schedules * PAST + 2 * sizes.due)
                with bench.database(kind) as store:
                    theirs.append(await per_channel(bench, store, sizes.schedules, sizes.due))
    our_s, their_s = _all(ours, "seconds", "s"), _all(theirs, "seconds", "s")
    blocks = [_all(side, "longest_block_s", "s") for side in (ours, theirs)]
    suffix = "" if kind == SQLITE else f"_{kind}"
    minute = Finding(
        name=f"due_minute{suffix}",
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
    return [
        minute,
        _started(bench, kind, started, [told["ready_s"] for told in theirs]),
        Finding(
            name=f"p1_due_minute{suffix}",
            what=f"P1: that minute, as a part of what cron jobs take ({kind})",
            figure=our_s.median / their_s.median,
            goal=Goal(at_least=False, bound=OF_CRON_JOBS[kind][0], of_what=OF_WHAT),
            ours=Side("see due_minute", our_s),
            theirs=Side("see due_minute", their_s),
        ),
        Finding(
            name=f"p1_loop_block{suffix}",
            what=f"P1: the longest time in which the event loop was not free meanwhile ({kind})",
            figure=blocks[0].median / blocks[1].median,
            goal=Goal(at_least=False, bound=OF_CRON_JOBS[kind][1], of_what=OF_WHAT),
            ours=Side("see due_minute", blocks[0]),
            theirs=Side("see due_minute", blocks[1]),
        ),
    ]


def _all(runs: list[dict[str, Any]], name: str, unit: str) -> Samples:
    return Samples.of([run[name] for run in runs], unit)


# --- the start ----------------------------------------------------------------------------------


async def startup(bench: Bench, kind: str) -> Finding:
    """From starting the process to being ready, with many schedules."""
    sizes = bench.sizes
    ours: list[float] = []
    theirs: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as url:
            fill(bench, url, sizes.schedules)
            for _ in range(sizes.scheduler_runs):
                async with bench.prep(url, slack.api_url) as prep:
                    ours.append(prep.ready_s)
                with bench.database(kind) as store:
                    told = await per_channel(bench, store, sizes.schedules, 0)
                    theirs.append(told["ready_s"])
    return _started(bench, kind, ours, theirs)


def _started(bench: Bench, kind: str, ours: list[float], theirs: list[float]) -> Finding:
    our_s, their_s = Samples.of(ours, "s"), Samples.of(theirs, "s")
    return Finding(
        name="startup" if kind == SQLITE else f"startup_{kind}",
        what=f"the start with {bench.sizes.schedules:,} schedules, from nothing to ready ({kind})",
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
    )


def _runs(bench: Bench, kind: str) -> int:
    sizes = bench.sizes
    return sizes.scheduler_runs if kind == SQLITE else sizes.postgresql_scheduler_runs


# --- memory -------------------------------------------------------------------------------------


async def memory(bench: Bench) -> Finding:
    """How much more memory the app holds at rest with many schedules than with few."""
    sizes = bench.sizes
    few: list[float] = []
    many: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as small, bench.database(SQLITE) as large:
            fill(bench, small, sizes.few_schedules)
            fill(bench, large, sizes.schedules)
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


async def idle_tick(bench: Bench, kind: str) -> list[Finding]:
    """A turn of the clockwork with nothing due, with many schedules and with few."""
    sizes = bench.sizes
    few: list[dict[str, float]] = []
    many: list[dict[str, float]] = []
    commits: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(kind) as small, bench.database(kind) as large:
            fill(bench, small, FEW)
            fill(bench, large, sizes.schedules)
            for _ in range(sizes.scheduler_runs):
                for url, took in ((small, few), (large, many)):
                    env = bench.settings(url, slack.api_url)
                    side = bench.side(
                        "proof.bench.clockwork_side", "ticks", str(sizes.turns), env=env
                    )
                    async with side as told:
                        took.append(told)
                if kind == SQLITE:
                    commits.append(_commit_ms(bench))
    with_few, with_many = (_turns_ms(runs) for runs in (few, many))
    suffix = "" if kind == SQLITE else f"_{kind}"
    grown = Finding(
        name=f"idle_tick_growth{suffix}",
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
    if kind == POSTGRESQL:
        return [grown]
    tick, commit = _post_rounds_ms(many), Samples.of(commits, "ms")
    return [
        grown,
        Finding(
            name="p3_idle_tick",
            what=f"P3: an idle tick of the job that posts, with {sizes.schedules:,} schedules",
            figure=tick.median / commit.median,
            goal=Goal(
                at_least=False,
                bound=RAW_COMMITS_A_TICK,
                of_what="its time ÷ a commit of the raw driver; the bar is 2 ms to the 0.2 ms a "
                "commit took where it was set",
            ),
            ours=Side("looks for what is due, and notes that it is alive, on disk", tick),
            theirs=Side("one small write committed by raw sqlite3 on the same disk", commit),
        ),
    ]


def _post_rounds_ms(runs: list[dict[str, float]]) -> Samples:
    return Samples.of([run["post_rounds"] * 1000 for run in runs], "ms")


def _commit_ms(bench: Bench) -> float:
    with bench.database(SQLITE) as url:
        return raw_commit_s(url, bench.sizes.turns) * 1000


def _turns_ms(runs: list[dict[str, float]]) -> Samples:
    return Samples.of(
        [sum(took for name, took in run.items() if name not in WITHOUT) * 1000 for run in runs],
        "ms",
    )

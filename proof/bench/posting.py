"""Posting due rounds to a sandbox, beside a bare loop over `chat_postMessage`."""

from typing import Any

from sqlalchemy import create_engine, func, select

from bot.store.tables import rounds
from jobs.post_rounds import POSTS_AT_ONCE
from proof.bench import worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.figures import Samples
from proof.bench.findings import Finding, Goal, Side
from proof.bench.stand_in import standing_in

PAST = 5
PER_S = "posts/s"


async def posting(bench: Bench, kind: str) -> Finding:
    """Posting due rounds, claim → choose → render → post → confirm."""
    ours: list[dict[str, Any]] = []
    bare: list[dict[str, Any]] = []
    fast: list[dict[str, Any]] = []
    bare_fast: list[dict[str, Any]] = []
    async with bench.sandbox(bench.sizes.posts) as slack, standing_in(limited=False) as stand_in:
        at_once = {"api_url": stand_in.api_url, "channels": slack["channels"]}
        for _ in range(bench.sizes.runs):
            ours.append(await _prep(bench, kind, slack))
            bare.append(await _bare(bench, slack))
            fast.append(await _prep(bench, kind, at_once))
            bare_fast.append(await _bare(bench, at_once))
    return Finding(
        name="posting" if kind == SQLITE else f"posting_{kind}",
        what=f"posting due rounds: claim → choose → render → post → confirm ({kind})",
        figure=_ratio(bench, ours, bare),
        goal=Goal(at_least=True, bound=0.7, of_what="our posts/s ÷ the bare loop's"),
        ours=Side(
            f"the job that posts due rounds, wired like `prep run`, {POSTS_AT_ONCE} calls side by "
            f"side, on {kind}",
            _per_s(bench, ours),
        ),
        theirs=Side(
            f"a bare loop over `chat_postMessage`, {POSTS_AT_ONCE} calls side by side over one "
            "session, cards rendered beforehand, nothing written down; the same sandbox process",
            _per_s(bench, bare),
        ),
        checks=("afterwards each due schedule has its round, posted, with a ts of its own",),
        more={
            "ours: core time a post": str(_core_ms(bench, ours)),
            "bare loop: core time a post": str(_core_ms(bench, bare)),
            "ratio to a Slack that costs nothing (the stand-in)": _ratio(bench, fast, bare_fast),
            "ours, to the stand-in": str(_per_s(bench, fast)),
            "bare loop, to the stand-in": str(_per_s(bench, bare_fast)),
        },
    )


async def _prep(bench: Bench, kind: str, slack: dict[str, Any]) -> dict[str, Any]:
    count = len(slack["channels"])
    wish = worlds.Appointments(count, PAST, slack["channels"])
    with bench.database(kind) as url:
        with worlds.writing(url) as tx:
            now = bench.clock.now()
            where = (slack["team"], slack["bot"]) if "team" in slack else ()
            worlds.appoint(tx, wish, worlds.install(tx, now, *where), now)
        await the_day_before(bench, url, slack["api_url"], count)
        env = bench.settings(url, slack["api_url"])
        async with bench.side("proof.bench.clockwork_side", "post", env=env) as told:
            pass
        must_be_posted(url, count * (PAST + 2))
    return told


async def the_day_before(bench: Bench, url: str, api_url: str, count: int) -> None:
    """Let the app ask everywhere once before anything is measured, as it did the day before.

    Then let the same schedules fall due for their next date.
    """
    now = bench.clock.now()
    with worlds.writing(url) as tx:
        worlds.fall_due(tx, count, now.date(), now)
    deed = ("proof.bench.clockwork_side", "due", "0", str(POSTS_AT_ONCE))
    async with bench.side(*deed, env=bench.settings(url, api_url)):
        pass
    with worlds.writing(url) as tx:
        worlds.fall_due(tx, count, now.date() + worlds.DAY, now)


def must_be_posted(url: str, expected: int) -> None:
    """Check that so many rounds were posted, each with a `ts` of its own."""
    engine = create_engine(url)
    with engine.connect() as tx:
        query = select(func.count(), func.count(rounds.c.message_ts.distinct()))
        found = tx.execute(query.where(rounds.c.state == "posted")).one()
    engine.dispose()
    assert found[0] == expected, f"{found[0]} rounds are posted, not {expected}"
    assert found[1] == expected, f"{found[0]} rounds have only {found[1]} ts"


async def _bare(bench: Bench, slack: dict[str, Any]) -> dict[str, Any]:
    arguments = (slack["api_url"], str(POSTS_AT_ONCE), *slack["channels"])
    async with bench.side("proof.bench.bare_posts", *arguments) as told:
        return told


def _per_s(bench: Bench, runs: list[dict[str, Any]]) -> Samples:
    return Samples.of([bench.sizes.posts / run["seconds"] for run in runs], PER_S)


def _core_ms(bench: Bench, runs: list[dict[str, Any]]) -> Samples:
    return Samples.of([run["cpu_s"] / bench.sizes.posts * 1000 for run in runs], "ms")


def _ratio(bench: Bench, ours: list[dict[str, Any]], bare: list[dict[str, Any]]) -> float:
    return _per_s(bench, ours).median / _per_s(bench, bare).median

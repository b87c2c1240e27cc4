"""Bars of speed that need an arrangement of their own: P2, P5, P6 and P10."""

from random import Random
from typing import Any

from proof.bench import clockwork, events, messages, worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.figures import Samples
from proof.bench.findings import Finding, Goal, Side
from proof.bench.load import Load, closed_loop, open_loop
from proof.bench.messages import BARE_BOLT, PREP, Tally
from proof.bench.places import Running
from proof.bench.posting import must_be_posted, the_day_before
from proof.bench.stand_in import standing_in

SLACK_S = 0.1
OPEN_PER_S = 500
OF_BARE_BOLT = 10 / 1.1
"""What P5 allows: its bar of 10 ms ÷ what bare Bolt's p99 was at that rate where it was set."""
EVENTS = 1000


async def at_slack_pace(bench: Bench) -> list[Finding]:
    """P2: many due at once, each call to Slack taking 100 ms."""
    return [await _at_slack_pace(bench, *one) for one in ((100, 0.95), (400, 0.90))]


async def _at_slack_pace(bench: Bench, at_once: int, bound: float) -> Finding:
    sizes = bench.sizes
    per_s: list[float] = []
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as filled:
            clockwork.fill(bench, filled, sizes.due)
            await the_day_before(bench, filled, slack.api_url, sizes.due)
            for _ in range(sizes.scheduler_runs):
                with bench.database(SQLITE, like=filled) as url:
                    env = bench.settings(url, slack.api_url)
                    deed = ("proof.bench.clockwork_side", "due", str(SLACK_S), str(at_once))
                    async with bench.side(*deed, env=env) as told:
                        per_s.append(sizes.due / told["seconds"])
                    must_be_posted(url, sizes.due * (clockwork.PAST + 2))
    best = at_once / SLACK_S
    ours = Samples.of(per_s, "posts/s")
    return Finding(
        name=f"p2_{at_once}_at_once",
        what=f"P2: {sizes.due:,} due, 100 ms for each call to Slack, {at_once} side by side",
        figure=ours.median / best,
        goal=Goal(at_least=True, bound=bound, of_what="our posts/s ÷ concurrency ÷ latency"),
        ours=Side("the job that posts due rounds, wired like `prep run`, on SQLite", ours),
        theirs=Side("no work but waiting for Slack", Samples.of([best], "posts/s")),
    )


async def open_loop_latency(bench: Bench) -> Finding:
    """P5: replies at a steady 500 a second, whatever comes back."""
    sizes = bench.sizes
    count = int(OPEN_PER_S * sizes.open_loop_s)
    ours: list[Load] = []
    bolt: list[Load] = []
    async with standing_in(limited=True) as slack, bench.bare("bolt") as bare_bolt:
        for run in range(sizes.runs):
            with bench.database(SQLITE) as url:
                with worlds.writing(url) as tx:
                    team = worlds.Team(messages.CHANNELS, sizes.reply_members, sizes.reply_past)
                    threads = worlds.populate(tx, team, bench.clock.now())
                slack.forget()
                requests = messages.replies(bench, threads, run, count)
                async with bench.prep(url, slack.api_url) as prep:
                    ours.append(await _steadily(prep, requests))
                bolt.append(await _steadily(bare_bolt, requests))
    our_p99, bolt_p99 = (_latency(loads, 0.99) for loads in (ours, bolt))
    return Finding(
        name="p5_open_loop",
        what=f"P5: {OPEN_PER_S} replies a second, commit before the reply, latency p99 from when "
        "each should have been sent (SQLite)",
        figure=our_p99.median / bolt_p99.median,
        goal=Goal(
            at_least=False,
            bound=OF_BARE_BOLT,
            of_what="our p99 ÷ bare Bolt's, which only acknowledges; the bar is 10 ms to the "
            "1.1 ms it took where it was set",
        ),
        ours=Side(PREP + ", on SQLite", our_p99),
        theirs=Side(BARE_BOLT, bolt_p99),
        more={
            "ours: p50": str(_latency(ours, 0.5)),
            "bare Bolt: p50": str(_latency(bolt, 0.5)),
        },
    )


async def _steadily(server: Running, requests: list[bytes]) -> Load:
    await closed_loop(server.port, requests[: messages.WARM_UP])
    load = await open_loop(server.port, requests[messages.WARM_UP :], OPEN_PER_S)
    messages.must_be_accepted(load)
    return load


def _latency(loads: list[Load], part: float) -> Samples:
    return Samples.of([load.latency_ms(part) for load in loads], "ms")


async def all_routes(bench: Bench) -> Finding:
    """P6: messages with everything routed, against nothing routed but messages."""
    every, one = Tally(), Tally()
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as url, bench.database(SQLITE) as other:
            async with (
                bench.prep(url, slack.api_url) as prep,
                bench.prep(other, slack.api_url, "proof.bench.one_route") as messages_only,
            ):
                for run in range(bench.sizes.runs):
                    requests = messages.irrelevant(bench, run)
                    for server, tally in ((prep, every), (messages_only, one)):
                        await messages.measure(server, requests, tally)
    ours, theirs = Samples.of(every.per_s, messages.PER_S), Samples.of(one.per_s, messages.PER_S)
    return Finding(
        name="p6_all_routes",
        what="P6: messages with every command, button, form and event routed, against none",
        figure=ours.median / theirs.median,
        goal=Goal(at_least=True, bound=0.9, of_what="requests/s with all ÷ with one"),
        ours=Side(PREP, ours),
        theirs=Side("the same, with nothing routed but messages", theirs),
    )


async def who_we_are(bench: Bench) -> Finding:
    """P10: how often the app asks Slack who it is, while events come."""
    now = bench.now_s()
    post, rng = events.Post(now), Random(1)
    requests = [post.request(_any_event(rng, number, now)) for number in range(EVENTS + 1)]
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as url:
            async with bench.prep(url, slack.api_url) as prep:
                at_start = _asked(slack)
                load = await closed_loop(prep.port, requests[1:])
                messages.must_be_accepted(load)
                asked = _asked(slack) - at_start
    return Finding(
        name="p10_auth_test",
        what=f"P10: calls of auth.test for {EVENTS:,} events, messages and others",
        figure=asked,
        goal=Goal(at_least=False, bound=0, of_what="calls"),
        ours=Side(PREP, Samples.of([asked], "calls")),
        theirs=Side("calls at its start", Samples.of([at_start], "calls")),
    )


def _asked(slack: Any) -> float:
    return float(slack.accepted["auth.test"] + slack.limited["auth.test"])


def _any_event(rng: Random, number: int, now: float) -> events.Event:
    """Return a message, or (one in ten) the opening of a Home."""
    if number % 10:
        return events.irrelevant(rng, number, now)
    return {
        "type": "app_home_opened",
        "user": f"U{number:05d}",
        "channel": "D0000001",
        "tab": "home",
        "event_ts": f"{int(now)}.{number:06d}",
    }

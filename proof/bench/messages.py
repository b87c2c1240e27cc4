"""Messages over HTTP: those that are not for us, and replies that are stored before they are
acknowledged.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import create_engine, func, select

from bot import wiring
from bot.store.tables import answers
from proof.bench import events, worlds
from proof.bench.bench import SQLITE, Bench
from proof.bench.figures import Samples
from proof.bench.findings import Finding, Goal, Side
from proof.bench.load import Load, RefusedError, closed_loop
from proof.bench.places import Running
from proof.bench.stand_in import StandIn, standing_in

WARM_UP = 200
PER_S = "requests/s"
LONGEST_AFTERMATH_S = 30.0
LOOK_EVERY_S = 0.05
IDLE_LOOKS = 4

BARE_BOLT = (
    "a bare Bolt AsyncApp 1.30 on its own aiohttp server, one listener that does nothing, "
    "authorization without I/O; Bolt checks the signature, and acknowledges before it listens"
)
PREP = "`prep run` as it is shipped: signatures, guard, escaping, clockwork and logs on"


@dataclass(slots=True)
class Tally:
    """What one side did, run by run."""

    per_s: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    drained_per_s: list[float] = field(default_factory=list)
    generator: list[float] = field(default_factory=list)

    def note(self, load: Load, cpu_s: float, generator_s: float) -> None:
        """Note a run: the load, the core's time that the server used, and ours."""
        must_be_accepted(load)
        count = len(load.latencies)
        self.per_s.append(load.per_s)
        self.cpu_us.append(cpu_s / count * 1e6)
        self.p50_ms.append(load.latency_ms(0.5))
        self.p99_ms.append(load.latency_ms(0.99))
        self.generator.append(generator_s / load.seconds)

    def as_facts(self, who: str) -> dict[str, str]:
        """The figures beside the throughput."""
        return {
            f"{who}: core time a request": str(Samples.of(self.cpu_us, "µs")),
            f"{who}: latency p50": str(Samples.of(self.p50_ms, "ms")),
            f"{who}: latency p99": str(Samples.of(self.p99_ms, "ms")),
            f"{who}: load generator's share of its core": str(Samples.of(self.generator, "")),
        }


def must_be_accepted(load: Load) -> None:
    """Raise RefusedError unless every reply was 200."""
    if load.refused:
        raise RefusedError(f"statuses other than 200: {load.refused}")


async def measure(server: Running, requests: Sequence[bytes], tally: Tally) -> Load:
    """Warm up, then send the rest and note what came of it."""
    must_be_accepted(await closed_loop(server.port, requests[:WARM_UP]))
    cpu, own = server.cpu_s(), time.process_time()
    load = await closed_loop(server.port, requests[WARM_UP:])
    tally.note(load, server.cpu_s() - cpu, time.process_time() - own)
    return load


# --- messages that are not for us ---------------------------------------------------------------


async def irrelevant_message(bench: Bench) -> Finding:
    """A message that is not for us, signed HTTP in → 200 out, against a bare Bolt app."""
    ours, bolt, http = Tally(), Tally(), Tally()
    async with standing_in(limited=True) as slack:
        with bench.database(SQLITE) as url:
            async with (
                bench.prep(url, slack.api_url) as prep,
                bench.bare("bolt") as bare_bolt,
                bench.bare("http") as bare_http,
            ):
                sides = ((prep, ours), (bare_bolt, bolt), (bare_http, http))
                for run in range(bench.sizes.runs):
                    requests = irrelevant(bench, run)
                    for server, tally in sides:
                        await measure(server, requests, tally)
    mix = ", ".join(f"{share} % {kind}" for kind, share in events.MIX.items())
    return Finding(
        name="irrelevant_message",
        what=f"a message that is not for us, signed HTTP in → 200 out ({mix})",
        figure=_ratio(ours, bolt),
        goal=Goal(at_least=True, bound=1.2, of_what="our requests/s ÷ bare Bolt's"),
        ours=Side(PREP + ", on SQLite", Samples.of(ours.per_s, PER_S)),
        theirs=Side(BARE_BOLT, Samples.of(bolt.per_s, PER_S)),
        more={
            **ours.as_facts("ours"),
            **bolt.as_facts("bare Bolt"),
            "ceiling: aiohttp alone, read the body and answer 200": str(
                Samples.of(http.per_s, PER_S)
            ),
            "ratio of core time a request (bare Bolt's ÷ ours)": _cpu_ratio(ours, bolt),
        },
    )


def irrelevant(bench: Bench, run: int) -> list[bytes]:
    """Sign messages that are not for us, enough for one run; other ones for another run."""
    now = bench.now_s()
    post, rng = events.Post(now), Random(run)
    count = bench.sizes.irrelevant + WARM_UP
    return [post.request(events.irrelevant(rng, number, now)) for number in range(count)]


# --- replies in our threads ---------------------------------------------------------------------

CHANNELS = 20
SECOND_REPLIES, REMARKS = 0.10, 0.05


async def thread_reply(bench: Bench, kind: str) -> Finding:
    """A thread reply, committed before it is acknowledged, standing included."""
    ours, all_accepted, bolt = Tally(), Tally(), Tally()
    calls: Counter[str] = Counter()
    async with bench.bare("bolt") as bare_bolt:
        for run in range(bench.sizes.runs):
            for limited, tally in ((True, ours), (False, all_accepted)):
                async with standing_in(limited=limited) as slack:
                    requests = await _reply_to_prep(bench, kind, run, tally, slack)
                    calls += slack.accepted if limited else Counter()
                await measure(bare_bolt, requests, bolt)
    return Finding(
        name=f"thread_reply_{kind}",
        what=f"a thread reply, committed before it is acknowledged, standing included ({kind})",
        figure=_ratio(ours, bolt),
        goal=Goal(
            at_least=True,
            bound=0.6 if kind == SQLITE else 0.4,
            of_what="our replies/s, until the last is acknowledged ÷ bare Bolt's requests/s",
        ),
        ours=Side(_prep_on(kind), Samples.of(ours.per_s, PER_S)),
        theirs=Side(BARE_BOLT, Samples.of(bolt.per_s, PER_S)),
        checks=(
            "every acknowledged reply is a row of its own",
            "after the last run `prep doctor` recomputed every standing and found no difference",
        ),
        more={
            **ours.as_facts("ours"),
            **bolt.as_facts("bare Bolt"),
            "ours, until all that follows from them is done too": str(
                Samples.of(ours.drained_per_s, PER_S)
            ),
            "ratio until all that follows is done": _drained_ratio(ours, bolt),
            "ours, were every mark and private line accepted": str(
                Samples.of(all_accepted.per_s, PER_S)
            ),
            "ratio, were every mark and private line accepted": _ratio(all_accepted, bolt),
            "the same, until all that follows is done": _drained_ratio(all_accepted, bolt),
            "ratio of core time a request (bare Bolt's ÷ ours, all that follows included)": (
                _cpu_ratio(ours, bolt)
            ),
            "calls to Slack accepted": dict(calls),
        },
    )


def _prep_on(kind: str) -> str:
    if kind == SQLITE:
        return f"{PREP}, on SQLite (WAL, synchronous=FULL); Slack's rate limits hold"
    return (
        f"{PREP}, on PostgreSQL (its defaults: fsync and synchronous_commit on) over a Unix "
        "socket, its server on whichever core the OS gives it; Slack's rate limits hold"
    )


async def _reply_to_prep(
    bench: Bench, kind: str, run: int, tally: Tally, slack: StandIn
) -> list[bytes]:
    """Measure one run on a fresh database, and check what it left there."""
    sizes = bench.sizes
    team = worlds.Team(CHANNELS, sizes.reply_members, sizes.reply_past)
    is_last = run == sizes.runs - 1
    with bench.database(kind) as url:
        with worlds.writing(url) as tx:
            threads = worlds.populate(tx, team, bench.clock.now())
            before = tx.execute(select(func.count()).select_from(answers)).scalar_one()
        async with bench.prep(url, slack.api_url) as prep:
            requests = replies(bench, threads, run, sizes.replies)
            cpu = prep.cpu_s()
            load = await measure(prep, requests, tally)
            after = await _aftermath_s(prep)
            tally.drained_per_s.append(len(load.latencies) / (load.seconds + after))
            tally.cpu_us[-1] = (prep.cpu_s() - cpu) / len(requests) * 1e6
        _must_be_stored(url, before + len(requests))
        if is_last:  # it asks for each member's history, which takes longer than the replies did
            await _must_be_true(bench, url)
    return requests


def replies(
    bench: Bench, threads: Sequence[worlds.OpenThread], run: int, wanted: int
) -> list[bytes]:
    """Sign so many replies, and some before to warm up with.

    Every one is new: most by somebody who had not answered, some second ones, some remarks.
    """
    rng, post = Random(run), events.Post(bench.now_s())
    count = wanted + WARM_UP
    fresh = [(place, one) for place in range(len(threads)) for one in range(_crowd(bench, count))]
    rng.shuffle(fresh)
    requests = []
    for number in range(count):
        second = number and rng.random() < SECOND_REPLIES
        place, one = fresh[rng.randrange(number) if second else number]
        thread = threads[place]
        requests.append(
            post.request(
                events.reply(
                    thread.channel,
                    thread.thread_ts,
                    f"{int(post.now)}.{number:06d}",
                    worlds.member(place + 1, one),
                    events.REMARK if rng.random() < REMARKS else events.ANSWER,
                )
            )
        )
    return requests


def _crowd(bench: Bench, count: int) -> int:
    """How many people are in each channel: the known ones, and as many new ones as it takes."""
    return max(bench.sizes.reply_members, count // CHANNELS + 1)


async def _aftermath_s(prep: Running) -> float:
    """Wait until the process has come to rest; return how long it worked on, in seconds."""
    begin = rest = time.perf_counter()
    used, quiet = prep.cpu_s(), 0
    while quiet < IDLE_LOOKS and rest - begin < LONGEST_AFTERMATH_S:
        await asyncio.sleep(LOOK_EVERY_S)
        now_used = prep.cpu_s()
        quiet = quiet + 1 if now_used - used <= LOOK_EVERY_S / 4 else 0
        if not quiet:
            rest = time.perf_counter()
        used = now_used
    return rest - begin


def _must_be_stored(url: str, expected: int) -> None:
    engine = create_engine(url)
    with engine.connect() as tx:
        found = tx.execute(select(func.count()).select_from(answers)).scalar_one()
    engine.dispose()
    assert found == expected, f"{expected} replies were acknowledged, {found} are stored"


async def _must_be_true(bench: Bench, url: str) -> None:
    report, text = await wiring.doctor(url, bench.clock)
    assert not report.wrong_standings, text


def _ratio(ours: Tally, theirs: Tally) -> float:
    return Samples.of(ours.per_s, "").median / Samples.of(theirs.per_s, "").median


def _drained_ratio(ours: Tally, theirs: Tally) -> float:
    return Samples.of(ours.drained_per_s, "").median / Samples.of(theirs.per_s, "").median


def _cpu_ratio(ours: Tally, theirs: Tally) -> float:
    used = Samples.of(ours.cpu_us, "").median
    return Samples.of(theirs.cpu_us, "").median / used if used else 0.0

"""R9: Slack limits the rate of some workspaces, again and again; the others must not notice.

On the virtual clock, one second at a time. A limited workspace's calls are told, at random, to wait
for one second to a minute; whatever it calls before that is over is harm, and so is a message in a
channel less than a second after the one before it, and a question of another workspace that comes
later than in the same hour without a storm.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.ids import ChannelId
from bot.domain.schedules import Timing
from bot.slack.blocks import Message
from bot.slack.pace import NO_TIME, Pace
from proof.bars.bar import Mutant, replaced
from proof.bars.small_slack import Json, SmallSlack
from proof.bars.small_world import SmallWorld
from sandbox.clock import MovableClock

BEGIN = datetime(2026, 3, 2, 8, 59, 55, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
LIMITED_SHARE = 5
"""One workspace in so many."""
LONGEST_WAIT_S = 60
TELLS_TO_WAIT = 0.5
TICK = timedelta(seconds=1)
MOST_GROWTH = 1.1


@dataclass
class Limits:
    """What Slack tells the limited workspaces, and which of their calls came too early."""

    clock: MovableClock
    tokens: frozenset[str]
    rng: Random
    until: dict[tuple[str, str], datetime] = field(default_factory=dict)
    too_early: int = 0
    told: int = 0

    def __call__(self, token: str, call: Json) -> int | None:
        """Tell a call to wait, or let it pass."""
        if token not in self.tokens:
            return None
        key, now = (token, call["method"]), self.clock.now()
        if now < self.until.get(key, now):
            self.too_early += 1
            return int((self.until[key] - now).total_seconds()) + 1
        if self.rng.random() > TELLS_TO_WAIT:
            return None
        self.told += 1
        wait = self.rng.randint(1, LONGEST_WAIT_S)
        self.until[key] = now + timedelta(seconds=wait)
        return wait


@dataclass(frozen=True)
class Storm:
    """An hour of questions. Delays are of the workspaces that nobody limits, in seconds."""

    rounds: int
    posted: int
    doubled: int
    told_to_wait: int
    too_early: int
    crowded: int
    delays: tuple[float, ...]

    @property
    def p99(self) -> float:
        """The delay that one question in a hundred exceeds."""
        return sorted(self.delays)[int(0.99 * len(self.delays))] if self.delays else 0.0


@dataclass(frozen=True)
class Shape:
    """How many workspaces have the app, and how many channels each asks in."""

    workspaces: int
    channels: int


async def storm(url: str, seed: int, shape: Shape, *, rages: bool) -> Storm:
    """Let questions fall due at three minutes in a row, with a storm or without."""
    teams = tuple(f"T{number}" for number in range(shape.workspaces))
    world = SmallWorld(url, MovableClock(BEGIN), teams=teams)
    limited = frozenset(f"xoxb-{team}" for team in teams[::LIMITED_SHARE]) if rages else frozenset()
    limits = Limits(world.clock, limited, Random(seed))
    world.slack.trouble = limits
    await world.start()
    due = _sets_up(world, Random(seed), shape.channels)
    try:
        while not _is_over(world.slack, due) and world.clock.now() < BEGIN + timedelta(hours=2):
            world.clock.move_on(TICK)
            await _people_post(world, due)
            await world.turn()
            world.slack.news.clear()
    finally:
        world.close()
    return _judged(world.slack, due, limits)


Dues = dict[str, tuple[str, datetime]]
"""Channel → (workspace's token, when its question is due)."""


def _sets_up(world: SmallWorld, rng: Random, channels: int) -> Dues:
    due: Dues = {}
    for installation in world.installations:
        for number in range(channels):
            minute = rng.randrange(3)
            timing = Timing(time(9, minute), UTC_ZONE, frozenset(range(7)))
            name = f"C{installation.team_id}-{number}"
            world.sets_up(name, timing, installation.id)
            at = BEGIN.replace(hour=9, minute=minute, second=0)
            due[name] = f"xoxb-{installation.team_id}", at
    return due


async def _people_post(world: SmallWorld, due: Dues) -> None:
    """Somebody has the app post in some channels at the very second of their question."""
    now = world.clock.now()
    for place, (channel, (token, at)) in enumerate(due.items()):
        if at == now and place % 10 == 0:
            whose = next(i for i in world.installations if token == f"xoxb-{i.team_id}")
            await world.outbound.post(whose.id, ChannelId(channel), Message("A question for all"))


def _is_over(slack: SmallSlack, due: Dues) -> bool:
    return all(slack.rounds(channel) for channel in due)


def _judged(slack: SmallSlack, due: Dues, limits: Limits) -> Storm:
    posted = {channel: slack.rounds(channel) for channel in due}
    last: dict[str, datetime] = {}
    crowded = 0
    for call in slack.calls:
        if call.method == "chat.postMessage":
            crowded += call.at - last.get(call.channel, BEGIN - TICK) < TICK
            last[call.channel] = call.at
    return Storm(
        rounds=len(due),
        posted=sum(bool(lines) for lines in posted.values()),
        doubled=slack.doubled(),
        told_to_wait=limits.told,
        too_early=limits.too_early,
        crowded=crowded,
        delays=tuple(
            float(posted[channel][0].ts) - at.timestamp()
            for channel, (token, at) in due.items()
            if token not in limits.tokens and posted[channel]
        ),
    )


def harm(calm: Storm, raging: Storm) -> int:
    """Count what must not be, in a storm beside the same hour without one."""
    slower = raging.p99 > max(1.0, calm.p99) * MOST_GROWTH
    return (
        raging.too_early
        + raging.crowded
        + raging.doubled
        + (raging.rounds - raging.posted)
        + int(slower)
    )


def _forgets(*_: Any) -> None:
    return None


def _no_wait(*_: Any, **__: Any) -> timedelta:
    return NO_TIME


MUTANTS = (
    Mutant("what Slack said is forgotten", partial(replaced, Pace, "heed", _forgets)),
    Mutant("nothing waits before a post", partial(replaced, Pace, "wait_to_post", _no_wait)),
)

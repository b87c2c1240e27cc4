"""R8: two copies of the app on one database, with clocks five minutes wrong, one each way.

They take turns in an order that the seed decides. Nothing may be asked twice, nor before its time
by the clock of the database, which is the one they agree on.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from bot.clock import AgreedClock
from bot.domain.schedules import Timing
from proof.bars.bar import Mutant, replaced
from proof.bars.small_world import SmallWorld
from sandbox.clock import MovableClock

BEGIN = datetime(2026, 3, 2, 8, 50, tzinfo=UTC)
TIMING = Timing(time(9), ZoneInfo("UTC"), frozenset(range(7)))
WRONG_BY = timedelta(minutes=5)
STEP = timedelta(seconds=30)
STEPS = 50
CHANNELS = 3


@dataclass(frozen=True)
class TwoClocks:
    """What must be 0."""

    early: int
    doubled: int
    lost: int

    @property
    def harm(self) -> int:
        """All of it."""
        return self.early + self.doubled + self.lost


async def two_clocks(url: str, seed: int, days: int) -> TwoClocks:
    """Let some days begin in two copies with wrong clocks."""
    true, rng = MovableClock(BEGIN), Random(seed)
    worlds = [SmallWorld(url, MovableClock(BEGIN + wrong)) for wrong in (WRONG_BY, -WRONG_BY)]
    slack = worlds[0].slack
    slack.clock = true
    for world in worlds:
        world.slack = slack
        await world.start()
        world.prep.clock._look = _reading(true)
    channels = [f"C{number}" for number in range(CHANNELS)]
    for channel in channels:
        worlds[1].sets_up(channel, TIMING)
    try:
        for day in range(days):
            for step in range(STEPS):
                true.move_to(BEGIN + timedelta(days=day) + step * STEP)
                for world, wrong in zip(worlds, (WRONG_BY, -WRONG_BY), strict=True):
                    world.clock.move_to(true.now() + wrong)
                for world in rng.sample(worlds, 2):
                    await world.turn()
    finally:
        for world in worlds:
            world.close()
    posted = [line for channel in channels for line in slack.rounds(channel)]
    nine = BEGIN.replace(hour=9, minute=0)
    return TwoClocks(
        early=sum((float(m.ts) - nine.timestamp()) % 86_400 > 43_200 for m in posted),
        doubled=slack.doubled(),
        lost=days * CHANNELS - (len(posted) - slack.doubled()),
    )


def _reading(clock: MovableClock) -> Callable[[], Awaitable[datetime | None]]:
    async def look() -> datetime | None:
        return clock.now()

    return look


async def _own(self: AgreedClock) -> datetime:
    return self._own.now()


def _by_own_clock() -> AbstractContextManager[None]:
    return replaced(AgreedClock, "agreed", _own)


MUTANTS = (Mutant("each goes by its own clock", partial(_by_own_clock)),)

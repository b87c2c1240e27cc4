"""The app's clockwork as a process: `python -m proof.bench.clockwork_side post|due|ticks …`.

It starts like `prep run`, from the environment, does one thing, and tells what that took as a line
of JSON.

    post         post what is due, over HTTP
    due DELAY N  the same, N side by side, each answered within the process after DELAY seconds
    ticks N      turn the clockwork N times, with nothing due
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from bot import collector, logs, quick_json
from bot.clock import SystemClock
from bot.domain.ids import MessageTs
from bot.domain.rounds import Accepted
from bot.settings import Settings
from bot.slack.blocks import Message
from bot.slack.outbound import Slack
from bot.wiring import Prep
from jobs.post_rounds import PostRounds
from jobs.schedule import Job
from proof.bench.loop import Blocks
from proof.bench.message_names import MessageNames
from proof.bench.places import most_resident_mb


@dataclass(slots=True)
class AtOnce:
    """A Slack without a network: it reads each message as it would send it, and accepts it."""

    delay_s: float
    _names: MessageNames = field(default_factory=MessageNames)

    async def post_round(self, *_where: Any) -> Accepted:
        """Take a card."""
        return await self._take(_where[-1])

    async def post(self, *_where: Any) -> Accepted:
        """Take a message."""
        return await self._take(_where[-1])

    async def _take(self, message: Message) -> Accepted:
        quick_json.dumps(message.payload())
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        return Accepted(MessageTs(self._names.next()))


def _jobs(prep: Prep) -> dict[str, Job]:
    return {job.name: job for job in prep.clockwork._jobs}


async def _timed(run: Callable[[], Awaitable[None]]) -> dict[str, float]:
    blocks = Blocks()
    cpu = time.process_time()
    async with blocks.watched():
        begin = time.perf_counter()
        await run()
        seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "cpu_s": time.process_time() - cpu,
        "longest_block_s": blocks.longest_s,
        "most_resident_mb": most_resident_mb(),
    }


def _posting(prep: Prep) -> PostRounds:
    return cast(PostRounds, cast(Any, _jobs(prep)["post_rounds"].run).__self__)


async def post(prep: Prep) -> dict[str, Any]:
    """Post what is due."""
    return await _timed(_posting(prep).run)


async def due(prep: Prep, delay: str, at_once: str) -> dict[str, Any]:
    """Post what is due to a Slack that takes `delay` seconds for each call."""
    slack = cast(Slack, AtOnce(float(delay)))
    return await _timed(replace(_posting(prep), slack=slack, at_once=int(at_once)).run)


async def ticks(prep: Prep, count: str) -> dict[str, Any]:
    """Turn again and again; tells how long each job took in the middle, in seconds."""
    took: dict[str, list[float]] = {name: [] for name in _jobs(prep)}
    for _ in range(int(count)):
        for name, job in _jobs(prep).items():
            begin = time.perf_counter()
            await job.run()
            took[name].append(time.perf_counter() - begin)
    return {name: sorted(times)[len(times) // 2] for name, times in took.items()}


DEEDS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    "post": post,
    "due": due,
    "ticks": ticks,
}


async def main(deed: str, *details: str) -> None:
    """Start, do it, tell it, and stop."""
    settings = Settings.from_env(os.environ)
    logs.set_up(settings.log_level)
    prep = Prep(settings, SystemClock())
    await prep.start()
    collector.spare_what_stays()  # as `prep run` does
    try:
        told = await DEEDS[deed](prep, *details)
    finally:
        await prep.stop()
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

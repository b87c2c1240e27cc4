"""What people usually write: `python -m proof.bench.per_channel STORE JOBS DUE BEGAN`.

One APScheduler cron job for each channel, in its SQLAlchemy store, made again at each start, as any
app does whose channels are in a table of its own. Then one minute in which DUE of them fall due,
each with a post that is answered at once.

It tells, as a line of JSON, when it was ready (seconds after BEGAN, a `time.monotonic`), and what
the minute took.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from bot.clock import SystemClock
from proof.bench.loop import Blocks
from proof.bench.places import most_resident_mb

GRACE_S = 3600
LEFT: set[int] = set()
"""The channels whose post is still due. A job's function must be found by its name."""
DONE = asyncio.Event()


async def post(number: int) -> None:
    """Post in a channel: answered at once."""
    LEFT.discard(number)
    if not LEFT:
        DONE.set()


def scheduler(store: str) -> AsyncIOScheduler:
    """A scheduler as its documentation makes one, with a grace that outlasts its own delays."""
    return AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=store)},
        job_defaults={"misfire_grace_time": GRACE_S, "coalesce": True},
        timezone=UTC,
    )


def add(made: AsyncIOScheduler, number: int, first: datetime) -> None:
    """Add a channel's job, or replace it."""
    trigger = CronTrigger(hour=first.hour, minute=first.minute, timezone=UTC)
    made.add_job(
        post,
        trigger,
        (number,),
        id=f"C{number:07d}",
        replace_existing=True,
        next_run_time=first,
    )


async def main(store: str, jobs: int, due: int, began: float) -> None:
    """Get ready, let the minute come, and tell."""
    made = scheduler(store)
    now = SystemClock().now()
    for number in range(1, jobs + 1):
        add(made, number, now if number <= due else now + timedelta(hours=12))
    made.start(paused=True)
    told = {"ready_s": time.monotonic() - began}
    if due:
        LEFT.update(range(1, due + 1))
        blocks = Blocks()
        async with blocks.watched():
            begin = time.perf_counter()
            made.resume()
            await DONE.wait()
            told["seconds"] = time.perf_counter() - begin
        told["longest_block_s"] = blocks.longest_s
    told["most_resident_mb"] = most_resident_mb()
    made.shutdown(wait=False)
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))

"""The one table of jobs, and the clockwork that runs them.

APScheduler only rings the bell. Nothing relies on it for "once": what a job does is safe to do
late, twice, in two processes, or to be killed in the middle of.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

JITTER_S = 1


@dataclass(frozen=True, slots=True)
class Job:
    """Something done by the clock, every `every_s` seconds of real time."""

    name: str
    every_s: float
    run: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Everything that is done by the clock."""

    post_rounds: Callable[[], Awaitable[None]]
    close_rounds: Callable[[], Awaitable[None]]
    resolve_rounds: Callable[[], Awaitable[None]]
    update_cards: Callable[[], Awaitable[None]]
    mark_answers: Callable[[], Awaitable[None]]
    refresh_questions: Callable[[], Awaitable[None]]

    def table(self) -> tuple[Job, ...]:
        """List the jobs in the order in which one turn runs them."""
        return (
            *self.of_every_process(),
            Job("resolve_rounds", 10, self.resolve_rounds),
            Job("post_rounds", 5, self.post_rounds),
            Job("close_rounds", 5, self.close_rounds),
            Job("update_cards", 5, self.update_cards),
            Job("mark_answers", 15, self.mark_answers),
        )

    def of_every_process(self) -> tuple[Job, ...]:
        """List what each process does for itself, also one that only listens."""
        return (Job("refresh_questions", 5, self.refresh_questions),)


class Clockwork:
    """Runs jobs by the clock. A failing job is logged and rung again; none runs twice at a time."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = tuple(jobs)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._scheduler: AsyncIOScheduler | None = None

    def start(self) -> None:
        """Begin; the first ring of each job comes at once. Needs a running event loop."""
        self._scheduler = AsyncIOScheduler(
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )
        for job in self._jobs:
            self._scheduler.add_job(
                self._ring, "interval", (job,), seconds=job.every_s, jitter=JITTER_S, name=job.name
            )
        self._scheduler.start()
        for job in self._jobs:
            self._begin(job)

    async def stop(self, patience_s: float) -> None:
        """Ring no more, and give running jobs `patience_s` seconds to finish."""
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def turn(self) -> None:
        """Run every job once, in order, and wait for it: a minute of clockwork in one call."""
        for job in self._jobs:
            await self._begin(job)

    async def _ring(self, job: Job) -> None:
        # APScheduler cancels what it runs when it is shut down; a job of ours is left to finish.
        await asyncio.shield(self._begin(job))

    def _begin(self, job: Job) -> asyncio.Task[None]:
        running = self._running.get(job.name)
        if running is None or running.done():
            running = asyncio.get_running_loop().create_task(self._run(job), name=job.name)
            self._running[job.name] = running
        return running

    async def _run(self, job: Job) -> None:
        try:
            await job.run()
        except Exception:
            log.exception("job_failed", extra={"job": job.name})

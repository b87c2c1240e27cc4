"""The clockwork: it rings again after a failure, never twice at a time, and lets work finish."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from jobs.schedule import Clockwork, Job
from jobs.side_by_side import side_by_side

OFTEN_S = 0.02
PATIENCE_S = 10.0


@pytest.fixture(autouse=True)
def _no_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.schedule.JITTER_S", None)


@dataclass
class Bell:
    """Counts rings; `third` is set at the third, and `at_once` is the most at the same time."""

    work: Callable[[int], Awaitable[None]]
    rings: int = 0
    inside: int = 0
    at_once: int = 0
    third: asyncio.Event = field(default_factory=asyncio.Event)

    async def ring(self) -> None:
        self.rings += 1
        self.inside += 1
        self.at_once = max(self.at_once, self.inside)
        if self.rings == 3:
            self.third.set()
        try:
            await self.work(self.rings)
        finally:
            self.inside -= 1


async def nothing(_ring: int) -> None:
    pass


async def fails(_ring: int) -> None:
    raise RuntimeError("this job is broken")


async def until(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), PATIENCE_S)


async def test_a_job_is_rung_at_once_and_again_and_again() -> None:
    bell = Bell(nothing)
    clockwork = Clockwork([Job("bell", OFTEN_S, bell.ring)])
    clockwork.start()
    await until(bell.third)
    await clockwork.stop(PATIENCE_S)


async def test_a_failing_job_is_logged_and_rung_again_and_stops_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken, sound = Bell(fails), Bell(nothing)
    clockwork = Clockwork([Job("broken", OFTEN_S, broken.ring), Job("sound", OFTEN_S, sound.ring)])
    with caplog.at_level(logging.ERROR):
        clockwork.start()
        await until(broken.third)
        await until(sound.third)
        await clockwork.stop(PATIENCE_S)
    failures = [record for record in caplog.records if record.message == "job_failed"]
    assert len(failures) >= 3
    assert all("this job is broken" in str(record.exc_info) for record in failures)


async def test_a_job_that_takes_longer_than_its_interval_does_not_run_twice_at_a_time() -> None:
    other = Bell(nothing)

    async def until_the_other_rang_thrice(ring: int) -> None:
        if ring == 1:
            await until(other.third)

    slow = Bell(until_the_other_rang_thrice)
    clockwork = Clockwork([Job("slow", OFTEN_S, slow.ring), Job("other", OFTEN_S, other.ring)])
    clockwork.start()
    await until(slow.third)
    await clockwork.turn()
    await clockwork.stop(PATIENCE_S)
    assert slow.at_once == 1


async def test_a_turn_waits_for_a_job_that_runs_already_instead_of_running_it_twice() -> None:
    go_on = asyncio.Event()

    async def waits(_ring: int) -> None:
        await until(go_on)

    bell = Bell(waits)
    clockwork = Clockwork([Job("bell", 3600, bell.ring)])
    turns = [asyncio.create_task(clockwork.turn()) for _ in range(3)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*turns)
    assert (bell.rings, bell.at_once) == (1, 1)


@pytest.mark.parametrize("last", [1, 2], ids=["begun at the start", "begun by a ring"])
async def test_stopping_lets_a_running_job_finish_and_rings_no_more(last: int) -> None:
    begun, finished = asyncio.Event(), asyncio.Event()
    go_on = asyncio.Event()

    async def works(ring: int) -> None:
        if ring < last:
            return
        begun.set()
        await until(go_on)
        finished.set()

    bell = Bell(works)
    clockwork = Clockwork([Job("bell", OFTEN_S, bell.ring)])
    clockwork.start()
    await until(begun)
    stopping = asyncio.create_task(clockwork.stop(PATIENCE_S))
    for _ in range(10):  # enough turns of the loop for APScheduler to shut itself down
        await asyncio.sleep(0)
    assert not stopping.done()
    go_on.set()
    await stopping
    assert finished.is_set()
    assert bell.rings == last


async def test_stopping_does_not_wait_for_ever() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def hangs(_ring: int) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    clockwork = Clockwork([Job("hangs", OFTEN_S, Bell(hangs).ring)])
    clockwork.start()
    await until(begun)
    await clockwork.stop(0.01)
    assert cancelled.is_set()


async def test_jobs_of_one_turn_run_in_the_order_of_the_table() -> None:
    order: list[str] = []

    async def note(name: str) -> None:
        order.append(name)

    names = ("first", "second", "third")
    clockwork = Clockwork([Job(n, 3600, lambda n=n: note(n)) for n in names])  # type: ignore[misc]
    await clockwork.turn()
    assert order == list(names)


async def test_what_runs_side_by_side_ends_before_a_failure_among_it_is_raised() -> None:
    go_on, done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        await until(go_on)
        done.set()

    async def breaks() -> None:
        go_on.set()
        raise RuntimeError("one of them")

    with pytest.raises(ExceptionGroup) as raised:
        await side_by_side([slow(), breaks()])
    assert done.is_set()
    assert [str(error) for error in raised.value.exceptions] == ["one of them"]

"""Doing many things at once without one failure cutting the others short."""

import asyncio
from collections.abc import Coroutine, Iterable
from types import TracebackType
from typing import Any, Self


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run everything to its end, then raise what failed as one ExceptionGroup.

    A post that is cancelled half-way leaves its outcome unknown, so nothing here cancels.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    failures = [result for result in results if isinstance(result, Exception)]
    if failures:
        raise ExceptionGroup("some of it failed", failures)


class Flow:
    """Work that is done side by side while more of it is fetched: no wave waits for its last.

    Use it in `async with`: leaving it waits for all that was begun, whatever happened inside, and
    then raises what failed as one ExceptionGroup. Whoever needs one of its `turns` takes it with
    `async with`; there are `at_once` of them. After an error or a cancellation inside
    `is_cut_short` says so: what has not had its turn yet should let it pass.
    """

    def __init__(self, at_once: int) -> None:
        self.turns = asyncio.Semaphore(at_once)
        self.is_cut_short = False
        self._going_on: set[asyncio.Task[None]] = set()
        self._failures: list[Exception] = []
        self._one_less = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_cut_short = error is not None
        await self.down_to(0)
        if self._failures:
            failures = [*self._failures, *([error] if isinstance(error, Exception) else [])]
            raise ExceptionGroup("some of it failed", failures)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on by the side."""
        task = asyncio.get_running_loop().create_task(work)
        self._going_on.add(task)
        task.add_done_callback(self._ended)

    async def down_to(self, most: int) -> None:
        """Wait until no more than `most` of what was begun goes on."""
        while len(self._going_on) > most:
            self._one_less.clear()
            await self._one_less.wait()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._going_on.discard(task)
        self._one_less.set()
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._failures.append(error)

"""Whether the event loop was free, which is what everybody else in the process waits for."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

LOOK_EVERY_S = 0.001


@dataclass(slots=True)
class Blocks:
    """How long the event loop was not free, at worst, in seconds."""

    longest_s: float = 0.0

    @contextlib.asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Watch the loop during the block."""
        watcher = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            await asyncio.sleep(0)
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(LOOK_EVERY_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - begin - LOOK_EVERY_S)

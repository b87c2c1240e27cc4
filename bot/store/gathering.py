"""Small writes of one kind, made as one: many cost little more than one does."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from bot.store.database import Connection, Database

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")

GATHERED_FOR_S = 0.05
"""The shortest time between two groups that are not full; beside a call to Slack nobody notices."""
MOST_AT_ONCE = 200
"""How many items share a transaction: few enough that it holds nobody up."""


class Gathering(Generic[Item, Outcome]):
    """Writes items that come close upon each other in one transaction.

    The first after a pause is written at once, with what came along with it; what follows is
    gathered for some milliseconds. `write` takes items and returns an outcome for each. Should it
    fail, each item is written by itself, so that only what cannot be written fails.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], Sequence[Outcome]],
    ) -> None:
        self._database = database
        self._write = write
        self._waiting: list[tuple[Item, asyncio.Future[Outcome]]] = []
        self._writing: set[asyncio.Task[None]] = set()
        self._next_at = 0.0

    async def add(self, item: Item) -> Outcome:
        """Write one item along with others; return its outcome once that is on disk."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Outcome] = loop.create_future()
        self._waiting.append((item, done))
        if len(self._waiting) == 1:
            loop.call_at(max(loop.time(), self._next_at), self._begin)
        elif len(self._waiting) == MOST_AT_ONCE:
            self._begin()
        return await done

    def _begin(self) -> None:
        together, self._waiting = self._waiting, []
        if together:
            loop = asyncio.get_running_loop()
            self._next_at = loop.time() + GATHERED_FOR_S
            task = loop.create_task(self._write_together(together))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _write_together(self, together: list[tuple[Item, asyncio.Future[Outcome]]]) -> None:
        items = [item for item, _ in together]
        try:
            outcomes = await self._database.write(lambda tx: self._write(tx, items))
        except Exception as error:  # noqa: BLE001 - whoever waits is told
            if len(together) == 1:
                _tell(together[0][1], error)
            else:
                await asyncio.gather(*(self._write_together([one]) for one in together))
        else:
            for (_, done), outcome in zip(together, outcomes, strict=True):
                if not done.done():
                    done.set_result(outcome)


def _tell(done: asyncio.Future[Outcome], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)

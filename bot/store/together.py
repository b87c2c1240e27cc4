"""Small writes of one kind, done together: however many arrive at once, one transaction has them.

A transaction costs a few statements and a flush to disk, whether it brings one thing or fifty. What
arrives while one is under way waits for the next. Nothing waits for company beyond that, unless it
is said that transactions come no closer upon each other than so many seconds; even then the first
after a pause is written at once.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, Literal, TypeVar

from sqlalchemy.exc import OperationalError

from bot.store.database import Connection, Database

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_UNDER_WAY = 2
"""Transactions of one kind at a time: one may flush to disk while the next is being made."""


class Alone(Enum):
    """What `together` says of an item that it leaves to `alone`."""

    ALONE = "alone"


ALONE: Literal[Alone.ALONE] = Alone.ALONE


@dataclass(frozen=True, slots=True)
class Company:
    """How much comes together: `most` items in a transaction, which is few enough that it holds
    nobody up, and at least `rest_s` seconds from one that is not full to the next.
    """

    most: int = 64
    rest_s: float = 0.0


class Together(Generic[Item, Result]):
    """Writes items, those that arrive at once by `together`: a result for each, or `ALONE`.

    `alone` writes one by itself, in a transaction of its own. It is asked for what `together`
    leaves to it, and for all of them should they fail together. Both may be run again, so they must
    change nothing but the database.
    """

    def __init__(
        self,
        database: Database,
        together: Callable[[Connection, Sequence[Item]], Sequence[Result | Alone]],
        alone: Callable[[Connection, Item], Result],
        company: Company = Company(),
    ) -> None:
        self._database = database
        self._together = together
        self._alone = alone
        self._company = company
        self._next_at = 0.0
        self._enough = asyncio.Event()
        self._waiting: list[tuple[Item, asyncio.Future[Result | Alone]]] = []
        self._under_way: set[asyncio.Task[None]] = set()

    async def write(self, item: Item) -> Result:
        """Write an item and return its result once that is on disk.

        Raises what the database raises; nothing of the item stays then.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Result | Alone] = loop.create_future()
        self._waiting.append((item, done))
        if len(self._waiting) >= self._company.most:
            self._enough.set()
        if len(self._under_way) < MOST_UNDER_WAY:
            self._under_way.add(loop.create_task(self._write_what_waits()))
        result = await done
        if result is ALONE:
            return await self._database.write(lambda tx: self._alone(tx, item))
        return result

    async def _write_what_waits(self) -> None:
        try:
            await self._write_all()
        finally:
            # At once, and not when the loop comes round to it: what arrives before that would find
            # everything under way, and nobody would write it.
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - it is run as one
            self._under_way.discard(task)

    async def _write_all(self) -> None:
        while self._waiting:
            await self._rested()
            batch = self._waiting[: self._company.most]
            del self._waiting[: self._company.most]
            if not batch:
                return  # the other transaction took it
            try:
                results = await self._results([item for item, _ in batch])
            except OperationalError as error:
                # The database cannot be reached, or is locked: nobody would fare better alone.
                for _, done in batch:
                    _reject(done, error)
            else:
                for (_, done), result in zip(batch, results, strict=True):
                    _resolve(done, result)

    async def _rested(self) -> None:
        """Wait until the next transaction may begin, or is full."""
        loop = asyncio.get_running_loop()
        pause = self._next_at - loop.time()
        if pause > 0 and len(self._waiting) < self._company.most:
            self._enough.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._enough.wait()
        self._next_at = loop.time() + self._company.rest_s

    async def _results(self, items: Sequence[Item]) -> Sequence[Result | Alone]:
        try:
            return await self._database.write(lambda tx: self._together(tx, items))
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - whoever it was will fail again, alone, and be told
            return [ALONE] * len(items)


def _resolve(done: "asyncio.Future[Result | Alone]", result: Result | Alone) -> None:
    if not done.done():  # whoever asked may have been cancelled
        done.set_result(result)


def _reject(done: "asyncio.Future[Result | Alone]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)

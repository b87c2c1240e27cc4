"""The processes as the play handles them: started, told to look at the clock, killed."""

import asyncio
import contextlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from proof.chaos.orders import Orders

PATIENCE_S = 60.0
Living = Callable[[Connection, Any], None]


def _forks() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["proof.chaos.process", "proof.chaos.usual_designs"])
    return context


class StuckError(Exception):
    """A process neither answered nor died."""


@dataclass
class Replica:
    """One place for a process; `is_up` while one lives in it."""

    number: int
    listens: bool = True
    works: bool = True
    port: int = 0
    process: BaseProcess | None = None
    stands_still: asyncio.Event = field(default_factory=asyncio.Event)
    why_not: str = ""
    """Why the last process did not start, if it said so."""
    _turn: "asyncio.Task[Any] | None" = field(default=None, repr=False)
    _line: Connection | None = field(default=None, repr=False)
    _waits: dict[str, asyncio.Future[Any]] = field(default_factory=dict, repr=False)

    @property
    def is_up(self) -> bool:
        """Whether a process lives here that has started."""
        return self._line is not None

    async def starts(self, orders: Orders, living: Living) -> bool:
        """Start a process; False if it was killed, or could not start."""
        ours, theirs = multiprocessing.Pipe()
        process = _forks().Process(target=living, args=(theirs, orders), daemon=True)
        await asyncio.to_thread(process.start)
        theirs.close()
        self.process, self._line = process, ours
        started = self._expects("started")
        asyncio.get_running_loop().add_reader(ours.fileno(), self._heard)
        port = await self._answered(started)
        if port is None:
            return False
        self.port = port
        return True

    async def turns(self) -> None:
        """Let it look at the clock, until it has done what was to do, has died, or stands still."""
        if not self.stands_still.is_set():
            turn = asyncio.create_task(self.is_told("turn", None))
            still = asyncio.create_task(self.stands_still.wait())
            await asyncio.wait({turn, still}, return_when=asyncio.FIRST_COMPLETED)
            still.cancel()
            self._turn = turn
            if turn.done():
                await turn

    def stalls(self) -> None:
        """Let it stand still where it is, as a machine does that is moved or starved."""
        if self.process is not None and self.process.pid and self._line is not None:
            os.kill(self.process.pid, signal.SIGSTOP)
            self.stands_still.set()

    async def goes_on(self) -> None:
        """Let it go on where it stood, and wait until it has done what it was about to do."""
        if self.stands_still.is_set():
            self.stands_still.clear()
            if self.process is not None and self.process.pid:
                with contextlib.suppress(ProcessLookupError):  # it was killed as it stood there
                    os.kill(self.process.pid, signal.SIGCONT)
            if self._turn is not None:
                await self._turn

    async def is_told(self, order: str, detail: Any) -> Any:
        """Tell it something and wait until it is done; None if it died over that."""
        if self._line is None:
            return None
        done = self._expects(order)
        try:
            self._line.send((order, detail))
        except OSError:
            self._ended()
        return await self._answered(done)

    def is_killed(self) -> bool:
        """End it, as the system does that is out of memory; False if nothing ran here."""
        if self.process is None or self._line is None:
            return False
        self.process.kill()
        return True

    async def is_gone(self) -> None:
        """Wait until a killed process has ended."""
        if self.process is not None:
            await asyncio.to_thread(self.process.join, PATIENCE_S)
            self._ended()
            self.process = None
            self.stands_still.clear()

    def _expects(self, what: str) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waits[what] = future
        return future

    async def _answered(self, future: asyncio.Future[Any]) -> Any:
        try:
            return await asyncio.wait_for(future, PATIENCE_S)
        except TimeoutError as error:
            raise StuckError(f"replica {self.number} does not answer") from error

    def _heard(self) -> None:
        assert self._line is not None
        try:
            what, value = self._line.recv()
        except (EOFError, OSError):
            self._ended()
            return
        if what == "not started":
            self.why_not = value
            self._ended()
        elif (future := self._waits.pop(what, None)) is not None and not future.done():
            future.set_result(value)

    def _ended(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            asyncio.get_running_loop().remove_reader(line.fileno())
            with contextlib.suppress(OSError):
                line.close()
        for future in self._waits.values():
            if not future.done():
                future.set_result(None)
        self._waits.clear()

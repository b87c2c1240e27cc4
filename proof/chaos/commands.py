"""How a process hears what it is to do, and says that it is done."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot import logs

Do = Callable[[Any], Awaitable[Any]]


@dataclass
class Commands:
    """Orders from the play that come down a pipe; each is answered with what came of it."""

    line: Connection
    doing: Mapping[str, Do]
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def obeyed(self, port: int) -> None:
        """Say that the process listens at `port`, and do what is asked for ever after."""
        self.line.send(("started", port))
        asyncio.get_running_loop().add_reader(self.line.fileno(), self._heard)
        await asyncio.Event().wait()

    def _heard(self) -> None:
        try:
            order, detail = self.line.recv()
        except (EOFError, OSError):
            os._exit(1)  # whoever gave orders is gone
        task = asyncio.get_running_loop().create_task(self._done(order, detail))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _done(self, order: str, detail: Any) -> None:
        try:
            result = await self.doing[order](detail)
        except Exception:
            logging.getLogger(__name__).exception(order)
            result = False
        self.line.send((order, result))


def quieted(log_file: Path | None) -> None:
    """Write what this process says into a file, or nowhere."""
    where = os.open(log_file or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(where, 1)
    os.dup2(where, 2)
    if log_file is None:
        logging.disable()
    else:
        logs.set_up("WARNING")

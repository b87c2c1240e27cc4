"""One process of the app, on command: what `prep run`, `web` and `worker` are, with its own clock.

It is forked from a server that has read the app and the questions already, so that it can be killed
and started a hundred times a minute. Everything else is real: its own connections to the database
and to Slack, its own server or websocket, its own jobs.

The one difference in how it lives: jobs are run when it is told to look at the clock, because the
clock is moved by hand. Some patience that the app spends in real seconds is shortened in the same
measure, as time-outs here are real too.
"""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from bot import logs, wiring
from bot.settings import Process, Settings
from bot.slack.sockets import Patience, SocketDoor
from bot.store import database, shared_time
from bot.wiring import Prep, StartupError
from content.bank import load
from proof.chaos import mutants
from proof.chaos.clock import ReplicaClock

BANK = load().bank
"""Read once, in the server from which the processes are forked."""
SLACK_TIMEOUT = timedelta(seconds=0.8)
BUSY_TIMEOUT_MS = 150
SOCKET_PATIENCE = Patience(ping_every_s=0.3, watch_every_s=0.1, stuck_after_s=0.6)
BOT_TOKEN = "xoxb-chaos"
APP_TOKEN = "xapp-chaos"
SECRET = "a secret that only Slack and we know"
WITHOUT_LIMIT = 1_073_741_823
"""SQLite's own: so many pages."""


@dataclass(frozen=True)
class Orders:
    """What a process needs to know before it starts."""

    database_url: str
    api_url: str
    clock_file: Path
    replica: int
    process: Process = Process.RUN
    by_socket: bool = False
    lookups_that_fail: int = 0
    mutant: str | None = None
    log_file: Path | None = None
    others: dict[str, str] = field(default_factory=dict)


def settings(orders: Orders) -> Settings:
    """The environment of such a process."""
    return Settings(
        bot_token=BOT_TOKEN,
        signing_secret=None if orders.by_socket else SECRET,
        app_token=APP_TOKEN if orders.by_socket else None,
        database_url=orders.database_url,
        port=0,
        host="127.0.0.1",
        minimum_words=5,
        lateness=timedelta(hours=6),
        log_level="WARNING",
        api_url=orders.api_url,
    )


def live(line: Connection, orders: Orders) -> None:
    """Be a process of the app, until told to stop, or killed, or left alone."""
    _log_to(orders.log_file)
    _hurry()
    if orders.lookups_that_fail:
        _resolve_late(orders.lookups_that_fail)
    if orders.mutant is not None:
        mutants.take_out(orders.mutant)
    asyncio.run(_Life(line, orders).lived())
    os._exit(0)


def _hurry() -> None:
    database.BUSY_TIMEOUT_MS = BUSY_TIMEOUT_MS
    vars(wiring)["SocketDoor"] = partial(SocketDoor, patience=SOCKET_PATIENCE)


def _log_to(file: Path | None) -> None:
    where = os.open(file or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(where, 1)
    os.dup2(where, 2)
    if file is None:
        logging.disable()
    else:
        logs.set_up("WARNING")


def _resolve_late(failures: int) -> None:
    """Let the first lookups of a name fail, as while a network comes up."""
    real, left = socket.getaddrinfo, [failures]

    def lookup(host: Any, *rest: Any, **named: Any) -> Any:
        if host == "localhost":
            if left[0] > 0:
                left[0] -= 1
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            host = "127.0.0.1"
        return real(host, *rest, **named)

    socket.getaddrinfo = lookup


@dataclass
class _Life:
    line: Connection
    orders: Orders
    prep: Prep = field(init=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def lived(self) -> None:
        """Start, and do what is asked for."""
        clock = ReplicaClock.at(self.orders.clock_file, self.orders.replica)
        self.prep = Prep(
            settings(self.orders),
            clock,
            process=self.orders.process,
            rng=Random(self.orders.replica),
            bank=BANK,
        )
        self.prep.slack_timeout = SLACK_TIMEOUT
        self.prep.shares_time = self.orders.mutant != mutants.OWN_CLOCKS
        vars(shared_time)["of_server"] = lambda _: clock.true()
        try:
            await self.prep.start()
        except StartupError as error:
            self.line.send(("not started", str(error)))
            return
        self.line.send(("started", self.prep.port))
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        loop.add_reader(self.line.fileno(), self._heard, told)
        while (order := await told.get()) is not None:
            task = loop.create_task(self._done(*order))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def _heard(self, told: "asyncio.Queue[tuple[str, Any] | None]") -> None:
        try:
            told.put_nowait(self.line.recv())
        except (EOFError, OSError):
            os._exit(1)

    async def _done(self, order: str, detail: Any) -> None:
        doing: dict[str, Callable[[Any], Any]] = {"turn": self._turn, "disk": self._disk}
        result = await doing[order](detail)
        self.line.send((order, result))

    async def _turn(self, _: None) -> bool:
        """Look at the clock once: every job runs; then let what followed from answers finish."""
        await self.prep.clockwork.turn()
        return True

    async def _disk(self, is_full: bool) -> bool:
        """Let SQLite find no more room on its disk, or as much as it likes."""
        await self.prep.database.write(
            lambda tx: tx.exec_driver_sql(
                f"PRAGMA max_page_count = {1 if is_full else WITHOUT_LIMIT}"
            ).close()
        )
        return True

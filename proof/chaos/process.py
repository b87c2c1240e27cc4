"""One process of the app, on command: what `prep run`, `web` and `worker` are, with its own clock.

It is forked from a server that has read the app and the questions already, so that it can be killed
and started a hundred times a minute. Everything else is real: its own connections to the database
and to Slack, its own server or websocket, its own jobs.

The one difference in how it lives: jobs are run when it is told to look at the clock, because the
clock is moved by hand. Some patience that the app spends in real seconds is shortened in the same
measure, as time-outs here are real too.
"""

import asyncio
import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from random import Random
from typing import Any

from bot import wiring
from bot.settings import Settings
from bot.slack.sockets import Patience, SocketDoor
from bot.store import database, shared_time
from bot.wiring import Prep, StartupError
from content.bank import load
from proof.chaos import mutants
from proof.chaos.clock import ReplicaClock
from proof.chaos.commands import Commands, quieted
from proof.chaos.orders import APP_TOKEN, BOT_TOKEN, SECRET, SLACK_TIMEOUT, Orders

BANK = load().bank
"""Read once, in the server from which the processes are forked."""
BUSY_TIMEOUT_MS = 150
SOCKET_PATIENCE = Patience(ping_every_s=0.3, watch_every_s=0.1, stuck_after_s=0.6)
WITHOUT_LIMIT = 1_073_741_823
"""SQLite's own: so many pages."""


def settings(orders: Orders) -> Settings:
    """Return the environment of such a process."""
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
    quieted(orders.log_file)
    _hurry()
    if orders.lookups_that_fail:
        _resolve_late(orders.lookups_that_fail)
    if orders.mutant is not None:
        mutants.take_out(orders.mutant)
    asyncio.run(_lived(line, orders))
    os._exit(0)


def _hurry() -> None:
    database.BUSY_TIMEOUT_MS = BUSY_TIMEOUT_MS
    vars(wiring)["SocketDoor"] = partial(SocketDoor, patience=SOCKET_PATIENCE)


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


async def _lived(line: Connection, orders: Orders) -> None:
    clock = ReplicaClock.at(orders.clock_file, orders.replica)
    prep = Prep(
        settings(orders),
        clock,
        process=orders.process,
        rng=Random(orders.replica),
        bank=BANK,
    )
    prep.slack_timeout = SLACK_TIMEOUT
    prep.shares_time = orders.mutant != mutants.OWN_CLOCKS
    vars(shared_time)["of_server"] = lambda _: clock.true()
    try:
        await prep.start()
    except StartupError as error:
        line.send(("not started", str(error)))
        return
    life = _Life(prep)
    await Commands(line, {"turn": life.turns, "disk": life.finds_disk}).obeyed(prep.port)


@dataclass(frozen=True)
class _Life:
    prep: Prep

    async def turns(self, _: object) -> bool:
        """Look at the clock once: every job runs."""
        await self.prep.clockwork.turn()
        return True

    async def finds_disk(self, is_full: object) -> bool:
        """Let SQLite find no more room on its disk, or as much as it likes."""
        pages = 1 if is_full else WITHOUT_LIMIT
        await self.prep.database.write(
            lambda tx: tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()
        )
        return True

"""The workbench: where databases are made, cores are given out, and both sides are started."""

import contextlib
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from bot.clock import Clock
from bot.store import schema
from proof.bench.events import SECRET
from proof.bench.places import HOST, Cores, Running, running, telling
from proof.bench.sizes import Sizes
from proof.postgresql import PostgreSQL

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(slots=True)
class Bench:
    """What every row needs. `folder` is gone after the run."""

    folder: Path
    cores: Cores
    sizes: Sizes
    clock: Clock
    exits: contextlib.ExitStack
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _server: PostgreSQL | None = None

    @contextlib.contextmanager
    def database(self, kind: str, like: str | None = None) -> Iterator[str]:
        """A fresh, migrated database of a kind, or a copy of one; gone at the end of the block."""
        if kind == POSTGRESQL:
            with self.postgresql().database(like) as url:
                yield url
            return
        file = self.folder / f"{next(self._numbers)}.db"
        url = f"sqlite:///{file}"
        if like is None:
            schema.upgrade(url)
        else:
            shutil.copyfile(str(make_url(like).database), file)
        try:
            yield url
        finally:
            for left in self.folder.glob(f"{file.name}*"):
                left.unlink()

    def postgresql(self) -> PostgreSQL:
        """The server, started when it is first needed. The OS chooses its cores."""
        if self._server is None:
            home = self.folder / "postgresql"
            home.mkdir()
            self._server = self.exits.enter_context(PostgreSQL(home))
        return self._server

    @contextlib.asynccontextmanager
    async def prep(
        self, database_url: str, api_url: str, module: str = "bot"
    ) -> AsyncIterator[Running]:
        """The app as `prep run` starts it, on the measured core, with a real environment."""
        async with self._running(
            (module, "run"), self.settings(database_url, api_url, "{port}")
        ) as process:
            yield process

    @contextlib.asynccontextmanager
    async def bare(self, kind: str) -> AsyncIterator[Running]:
        """What the app is measured against, see `proof.bench.bare`, on the measured core."""
        async with self._running(("proof.bench.bare", kind, "{port}"), {}) as process:
            yield process

    def settings(self, database_url: str, api_url: str, port: str = "0") -> dict[str, str]:
        """The environment of the app: everything at its default but where things are."""
        return {
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "DATABASE_URL": database_url,
            "SLACK_API_URL": api_url,
            "PREP_HOST": HOST,
            "PORT": port,
        }

    @contextlib.asynccontextmanager
    async def _running(
        self, arguments: tuple[str, ...], env: Mapping[str, str]
    ) -> AsyncIterator[Running]:
        log = self.folder / f"{next(self._numbers)}.log"
        async with running(arguments, log, self.cores.measured, env) as process:
            yield process

    @contextlib.asynccontextmanager
    async def side(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """A process of ours on the measured core; gives what it tells once it is ready or done."""
        log = self.folder / f"{next(self._numbers)}.log"
        async with telling(arguments, log, self.cores.measured, env) as told:
            yield told

    @contextlib.asynccontextmanager
    async def sandbox(self, channels: int) -> AsyncIterator[dict[str, Any]]:
        """A sandbox on the core of the load; see `proof.bench.sandbox_side`."""
        log = self.folder / f"{next(self._numbers)}.log"
        arguments = ("proof.bench.sandbox_side", str(channels))
        async with telling(arguments, log, self.cores.load) as told:
            yield told

    def now_s(self) -> float:
        """The present moment, in seconds since 1970."""
        return self.clock.now().timestamp()

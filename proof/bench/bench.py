"""The workbench: where databases are made, cores are given out, and both sides are started."""

import contextlib
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.clock import Clock
from bot.store import schema
from proof.bench.events import SECRET
from proof.bench.places import HOST, Cores, Running, running
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
    def database(self, kind: str) -> Iterator[str]:
        """A fresh, migrated database of a kind; gone at the end of the block."""
        if kind == POSTGRESQL:
            with self.postgresql().database() as url:
                yield url
            return
        file = self.folder / f"{next(self._numbers)}.db"
        url = f"sqlite:///{file}"
        schema.upgrade(url)
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
        async with self._running((module, "run"), self.settings(database_url, api_url)) as process:
            yield process

    @contextlib.asynccontextmanager
    async def bare(self, kind: str) -> AsyncIterator[Running]:
        """What the app is measured against, see `proof.bench.bare`, on the measured core."""
        async with self._running(("proof.bench.bare", kind, "{port}"), {}) as process:
            yield process

    def settings(self, database_url: str, api_url: str) -> dict[str, str]:
        """The environment of the app: everything at its default but where things are."""
        return {
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "DATABASE_URL": database_url,
            "SLACK_API_URL": api_url,
            "PREP_HOST": HOST,
            "PORT": "{port}",
        }

    @contextlib.asynccontextmanager
    async def _running(
        self, arguments: tuple[str, ...], env: Mapping[str, str]
    ) -> AsyncIterator[Running]:
        log = self.folder / f"{next(self._numbers)}.log"
        async with running(arguments, log, self.cores.measured, env) as process:
            yield process

    def now_s(self) -> float:
        """The present moment, in seconds since 1970."""
        return self.clock.now().timestamp()

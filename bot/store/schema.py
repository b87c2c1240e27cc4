"""Bring a database's schema to the version this code needs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from bot.store.database import DatabaseUnusableError


def upgrade(url: str | URL, revision: str = "head") -> None:
    """Migrate a database up to `revision`, creating it first if it is a SQLite file.

    Raises DatabaseUnusableError.
    """
    _on_connection(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str | URL, revision: str) -> None:
    """Migrate a database down to `revision` ("base" is the empty database).

    Raises DatabaseUnusableError.
    """
    _on_connection(url, lambda config: command.downgrade(config, revision))


def is_current(engine: Engine) -> bool:
    """Tell whether a database has exactly the schema this code needs.

    Raises DatabaseUnusableError.
    """
    with _in_words(), engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())


def _on_connection(url: str | URL, run: Callable[[Config], None]) -> None:
    engine = create_engine(make_url(url))
    try:
        with _in_words(), engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            run(config)
    finally:
        engine.dispose()


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise DatabaseUnusableError(
            f"The database does not do what is asked of it ({reason}). Check DATABASE_URL, and "
            "that the database runs and may be written."
        ) from error
    except CommandError as error:
        raise DatabaseUnusableError(
            f"The database has a schema that this version does not know ({error}). It was made by "
            "another version of Prep: run that one."
        ) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(str(files("migrations")))))
    return config

"""Bring a database's schema to the version this code needs."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.engine import URL


def upgrade(url: str | URL, revision: str = "head") -> None:
    """Migrate a database up to `revision`, creating it first if it is a SQLite file."""
    _on_connection(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str | URL, revision: str) -> None:
    """Migrate a database down to `revision` ("base" is the empty database)."""
    _on_connection(url, lambda config: command.downgrade(config, revision))


def is_current(engine: Engine) -> bool:
    """Tell whether a database has exactly the schema this code needs."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())


def _on_connection(url: str | URL, run: Callable[[Config], None]) -> None:
    engine = create_engine(make_url(url))
    try:
        with engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            run(config)
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(str(files("migrations")))))
    return config

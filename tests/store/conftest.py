"""What the tests of the store share: an engine that writes, without the app around it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url

from bot.store.database import _sqlite_engine


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of a migrated database of either kind."""
    url = make_url(database_url)
    sqlite = url.get_backend_name() == "sqlite"
    made = _sqlite_engine(url, "BEGIN IMMEDIATE") if sqlite else create_engine(url)
    yield made
    made.dispose()

"""The edge is the same on every database, so its tests use the one that is quickest to make."""

from pathlib import Path

import pytest

from bot.store import schema
from tests.prep_team import PrepTeam
from tests.slack.letters import Postman


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A migrated SQLite file."""
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    schema.upgrade(url)
    return url


@pytest.fixture
def postman(prep: PrepTeam) -> Postman:
    """Somebody who brings requests to the app's door."""
    return Postman(prep)

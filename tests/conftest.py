"""What every test may ask for: a clock, a database of either kind, the running app, and people."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from bot import logs
from bot.settings import Settings
from bot.store import schema
from proof.postgresql import PostgreSQL
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import SECRET, PrepTeam, berlin, shipped_bank

# No test asserts a time: a busy machine, or the first run of a fresh clone, is slow for a while.
hypothesis_settings.register_profile(
    "prep", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("prep")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A real PostgreSQL server, started by the tests themselves."""
    # Not in pytest's own folder: each run takes the rights to it from everyone else, and so from a
    # server that another run started under a user of its own.
    with (
        TemporaryDirectory(prefix="prep-", ignore_cleanup_errors=True) as folder,
        PostgreSQL(Path(folder)) as server,
    ):
        yield server


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A migrated database of its own; the test runs once on each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'prep.db'}"
        schema.upgrade(url)
        yield url
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """Put the process's logging back after a test that sets it up."""
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in (*logs.QUIET, *logs.TALKATIVE)}
    level, handlers = root.level, root.handlers[:]
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


@pytest.fixture
def clock() -> MovableClock:
    """Monday, 2 March 2026, 8 o'clock in Berlin. It stands until somebody moves it."""
    return MovableClock(berlin(3, 2, 8))


@pytest.fixture
def settings(database_url: str) -> Settings:
    """What the environment of the app under test says."""
    return Settings(
        bot_token="xoxb-test",
        signing_secret=SECRET,
        app_token=None,
        database_url=database_url,
        port=0,
        host="127.0.0.1",
        minimum_words=5,
        lateness=timedelta(hours=6),
        log_level="INFO",
        api_url="",
    )


@pytest.fixture
async def slack(clock: MovableClock) -> AsyncIterator[Sandbox]:
    """A small Slack."""
    async with Sandbox(clock) as sandbox:
        yield sandbox


@pytest.fixture
async def prep(slack: Sandbox, clock: MovableClock, settings: Settings) -> AsyncIterator[PrepTeam]:
    """The running app, by HTTP, with nothing set up yet."""
    team = PrepTeam(slack, clock, _towards(settings, slack), shipped_bank())
    await team.starts()
    yield team
    await team.settled()
    await team.stops()


def _towards(settings: Settings, slack: Sandbox) -> Settings:
    return Settings(
        **{name: getattr(settings, name) for name in settings.__dataclass_fields__}
        | {"api_url": slack.api_url}
    )


@pytest.fixture
def alice(slack: Sandbox) -> Person:
    """Alice, who sets things up."""
    return slack.person("alice", tz="Europe/Berlin")


@pytest.fixture
def bob(slack: Sandbox) -> Person:
    """Bob, who practises."""
    return slack.person("bob", tz="America/New_York")


@pytest.fixture
def channel(slack: Sandbox, alice: Person, bob: Person) -> Channel:
    """The team's public channel. The app is not in it yet."""
    return slack.channel("interview-prep", members=[alice, bob])

"""The environment, read once and checked as a whole.

Every fault is reported at once, each with where to find the value, before anything starts.
`SETTINGS` is the one list: the reader, the documentation and `.env.example` are checked against it.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from bot.domain.answering import DEFAULT_MINIMUM_WORDS
from bot.domain.rounds import DEFAULT_LATENESS

DEFAULT_DATABASE_URL = "sqlite:///prep.db"
DEFAULT_PORT = 3000
DEFAULT_API_URL = "https://slack.com/api/"
LOG_LEVELS = ("INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: what it decides, and where a person finds its value."""

    name: str
    purpose: str
    where: str
    default: str = ""


BOT_TOKEN = Setting(
    "SLACK_BOT_TOKEN",
    "The token the app acts with; begins with xoxb-.",
    "api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token",
)
SIGNING_SECRET = Setting(
    "SLACK_SIGNING_SECRET",
    "Proves that requests come from Slack, when Slack calls the app over HTTP.",
    "api.slack.com/apps → your app → Basic Information → App Credentials → Signing Secret",
)
APP_TOKEN = Setting(
    "SLACK_APP_TOKEN",
    "Opens a Socket Mode connection, for an app without a public address; begins with xapp-.",
    "api.slack.com/apps → your app → Basic Information → App-Level Tokens, "
    "with the scope connections:write",
)
DATABASE_URL = Setting(
    "DATABASE_URL",
    "Where everything is kept: a SQLite file, or postgresql://user:password@host/name.",
    "your database provider; leave it out for a file named prep.db beside the app",
    DEFAULT_DATABASE_URL,
)
PORT = Setting(
    "PORT",
    "The port for Slack's requests and for /health.",
    "choose a free one; most hosts set it for you",
    str(DEFAULT_PORT),
)
HOST = Setting("PREP_HOST", "The address to listen on.", "0.0.0.0 is every network", "0.0.0.0")  # noqa: S104 - a server listens
MINIMUM_WORDS = Setting(
    "PREP_MINIMUM_WORDS",
    "How many words make a reply an answer and not conversation.",
    "a whole number from 1 to 100",
    str(DEFAULT_MINIMUM_WORDS),
)
LATE_HOURS = Setting(
    "PREP_LATE_HOURS",
    "How many hours after its time a question may still be posted, on the same date.",
    "a number from 0 to 24",
    f"{DEFAULT_LATENESS.total_seconds() / 3600:g}",
)
QUESTION_PATHS = Setting(
    "PREP_QUESTION_PATHS",
    "Folders of your team's own questions, added to those that come with the app.",
    "paths with a colon between them (on Windows a semicolon); "
    "`python -m content import` fills such a folder",
)
LOG_LEVEL = Setting(
    "PREP_LOG_LEVEL",
    "How much is logged. There is no DEBUG: libraries would log whole messages.",
    f"one of {', '.join(LOG_LEVELS)}",
    "INFO",
)
API_URL = Setting(
    "SLACK_API_URL",
    "Slack's address; another one for a stand-in such as the sandbox.",
    "leave it out for Slack itself",
    DEFAULT_API_URL,
)
SETTINGS = (
    BOT_TOKEN,
    SIGNING_SECRET,
    APP_TOKEN,
    DATABASE_URL,
    PORT,
    HOST,
    MINIMUM_WORDS,
    LATE_HOURS,
    QUESTION_PATHS,
    LOG_LEVEL,
    API_URL,
)


class Process(StrEnum):
    """What a process does: everything, only listen to Slack, or only what happens by the clock."""

    RUN = "run"
    WEB = "web"
    WORKER = "worker"


class SettingsError(Exception):
    """The environment does not add up; `str()` of it lists every fault and its cure."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(f"- {fault}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Exactly one of the two ways to hear from Slack is set, or neither
    for a worker, which only speaks.
    """

    bot_token: str
    signing_secret: str | None
    app_token: str | None
    database_url: str
    port: int
    host: str
    minimum_words: int
    lateness: timedelta
    log_level: str
    api_url: str
    question_paths: tuple[Path, ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str], process: Process = Process.RUN) -> "Settings":
        """Read and check everything. Raises SettingsError with every fault at once."""
        reader = _Reader(env)
        bot_token = reader.token(BOT_TOKEN, "xoxb-", required=True)
        app_token = reader.token(APP_TOKEN, "xapp-", required=False)
        signing_secret = reader.text(SIGNING_SECRET)
        if process is not Process.WORKER:
            reader.one_way_to_hear(signing_secret, app_token)
        settings = cls(
            bot_token=bot_token,
            signing_secret=signing_secret or None,
            app_token=app_token or None,
            database_url=reader.database(),
            port=int(reader.number(PORT, 0, 65_535, whole=True)),
            host=reader.text(HOST),
            minimum_words=int(reader.number(MINIMUM_WORDS, 1, 100, whole=True)),
            lateness=timedelta(hours=reader.number(LATE_HOURS, 0, 24, whole=False)),
            log_level=reader.choice(LOG_LEVEL, LOG_LEVELS),
            api_url=reader.text(API_URL).rstrip("/") + "/",
            question_paths=question_paths(env),
        )
        if process is not Process.RUN and settings.database_url.startswith("sqlite"):
            reader.faults.append(
                f"`{process}` is half of the app, and the halves cannot share a SQLite file: set "
                "DATABASE_URL to a PostgreSQL database, or start the whole app with `prep run`."
            )
        if reader.faults:
            raise SettingsError(reader.faults)
        return settings


def database_url(env: Mapping[str, str]) -> str:
    """Read only where the data is, for commands that need nothing else. Raises SettingsError."""
    reader = _Reader(env)
    url = reader.database()
    if reader.faults:
        raise SettingsError(reader.faults)
    return url


def lateness(env: Mapping[str, str]) -> timedelta:
    """Read only how late a question may be posted. Raises SettingsError."""
    reader = _Reader(env)
    hours = reader.number(LATE_HOURS, 0, 24, whole=False)
    if reader.faults:
        raise SettingsError(reader.faults)
    return timedelta(hours=hours)


def question_paths(env: Mapping[str, str]) -> tuple[Path, ...]:
    """Read only where a team's own questions are; the folders need not exist."""
    given = env.get(QUESTION_PATHS.name, "").split(os.pathsep)
    return tuple(Path(folder.strip()) for folder in given if folder.strip())


class _Reader:
    """Reads settings and collects faults, so that one start reports them all."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.faults: list[str] = []

    def text(self, setting: Setting) -> str:
        return self._env.get(setting.name, "").strip() or setting.default

    def token(self, setting: Setting, prefix: str, *, required: bool) -> str:
        value = self.text(setting)
        if not value and required:
            self._fault(setting, "is not set")
        elif value and not value.startswith(prefix):
            self._fault(setting, f"does not begin with {prefix}")
        return value

    def one_way_to_hear(self, signing_secret: str, app_token: str) -> None:
        if signing_secret and app_token:
            self.faults.append(
                f"{SIGNING_SECRET.name} and {APP_TOKEN.name} are both set, but Slack reaches an "
                "app in one way only. Keep the first if Slack calls your public address, the "
                "second if the app opens the connection (Socket Mode)."
            )
        elif not signing_secret and not app_token:
            self.faults.append(
                f"Neither {SIGNING_SECRET.name} nor {APP_TOKEN.name} is set, so Slack cannot reach "
                f"the app. For HTTP find the first at {SIGNING_SECRET.where}; for Socket Mode "
                f"the second at {APP_TOKEN.where}."
            )

    def number(self, setting: Setting, least: int, most: int, *, whole: bool) -> float:
        try:
            value = float(self.text(setting))
        except ValueError:
            value = float("nan")
        if not least <= value <= most or (whole and value != int(value)):
            self._fault(setting, f"is {self.text(setting)!r}")
            return float(setting.default)
        return value

    def choice(self, setting: Setting, choices: tuple[str, ...]) -> str:
        value = self.text(setting).upper()
        if value not in choices:
            self._fault(setting, f"is {value!r}")
        return value

    def database(self) -> str:
        value = self.text(DATABASE_URL)
        scheme, separator, rest = value.partition("://")
        kind = scheme.partition("+")[0]
        if kind in ("postgres", "postgresql") and separator and _has_sound_port(value):
            return f"postgresql+psycopg://{rest}"
        # A database in memory would be another one for each connection.
        if kind != "sqlite" or rest.strip("/") in ("", ":memory:"):
            self._fault(DATABASE_URL, "is not the address of a SQLite file or of PostgreSQL")
        return value

    def _fault(self, setting: Setting, what: str) -> None:
        self.faults.append(f"{setting.name} {what}. {setting.purpose} Find it: {setting.where}.")


def _has_sound_port(url: str) -> bool:
    try:
        urlsplit(url).port  # noqa: B018 - it raises
    except ValueError:
        return False
    return True

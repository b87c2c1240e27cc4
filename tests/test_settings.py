"""The environment: every fault at once, each with its cure, and nothing started on a half truth."""

import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import (
    API_URL,
    APP_TOKEN,
    BOT_TOKEN,
    DATABASE_URL,
    LOG_LEVEL,
    PORT,
    SETTINGS,
    SIGNING_SECRET,
    Process,
    Settings,
    SettingsError,
    database_url,
    question_paths,
)

HTTP = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret"}
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
POSTGRESQL = "postgresql://prep@db/prep"


def faults(env: dict[str, str], process: Process = Process.RUN) -> list[str]:
    """What is wrong with an environment."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(env, process)
    return list(refused.value.faults)


def test_two_values_are_enough() -> None:
    settings = Settings.from_env(HTTP)
    assert (settings.bot_token, settings.signing_secret, settings.app_token) == (
        "xoxb-1",
        "secret",
        None,
    )
    assert settings.database_url == "sqlite:///prep.db"
    assert (settings.port, settings.host) == (3000, "0.0.0.0")  # noqa: S104 - the default
    assert (settings.minimum_words, settings.lateness) == (5, timedelta(hours=6))
    assert (settings.log_level, settings.api_url) == ("INFO", "https://slack.com/api/")


def test_socket_mode_needs_no_secret() -> None:
    settings = Settings.from_env(SOCKET)
    assert (settings.signing_secret, settings.app_token) == (None, "xapp-1")


def test_an_empty_environment_is_told_everything_it_lacks_at_once() -> None:
    told = faults({})
    assert len(told) == 2
    assert BOT_TOKEN.where in told[0]
    assert SIGNING_SECRET.where in told[1]
    assert APP_TOKEN.where in told[1]


def test_every_fault_is_reported_at_once_and_says_where_to_look() -> None:
    env = {
        "SLACK_BOT_TOKEN": "xoxp-a-users",
        "SLACK_APP_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "secret",
        "DATABASE_URL": "mysql://db/prep",
        "PORT": "http",
        "PREP_MINIMUM_WORDS": "0",
        "PREP_LATE_HOURS": "-1",
        "PREP_LOG_LEVEL": "DEBUG",
    }
    told = faults(env)
    assert len(told) == len(env)
    for name in env:
        assert any(name in fault for fault in told), name
    by_name = {setting.name: setting for setting in SETTINGS}
    for name in set(env) - {"SLACK_SIGNING_SECRET"}:
        assert any(name in fault and by_name[name].where in fault for fault in told), name


def test_both_ways_to_hear_contradict_each_other() -> None:
    [told] = faults(HTTP | SOCKET)
    assert "SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both set" in told


def test_a_worker_hears_nothing_and_needs_neither() -> None:
    env = {"SLACK_BOT_TOKEN": "xoxb-1", "DATABASE_URL": POSTGRESQL}
    Settings.from_env(env, Process.WORKER)
    Settings.from_env(env | HTTP | SOCKET, Process.WORKER)
    assert len(faults(env, Process.WEB)) == 1


@pytest.mark.parametrize("process", [Process.WEB, Process.WORKER])
def test_the_halves_cannot_share_a_file(process: Process) -> None:
    [told] = faults(HTTP, process)
    assert "prep run" in told
    assert "DATABASE_URL" in told
    Settings.from_env(HTTP | {"DATABASE_URL": POSTGRESQL}, process)


@pytest.mark.parametrize(
    ("given_url", "meant"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@h/d?sslmode=require", "postgresql+psycopg://u:p@h/d?sslmode=require"),
        ("postgresql+asyncpg://h/d", "postgresql+psycopg://h/d"),
        ("sqlite:///prep.db", "sqlite:///prep.db"),
        ("sqlite:////var/lib/prep.db", "sqlite:////var/lib/prep.db"),
        (" ", "sqlite:///prep.db"),
    ],
)
def test_the_address_of_a_database_is_understood_as_hosts_give_it(
    given_url: str, meant: str
) -> None:
    assert database_url({"DATABASE_URL": given_url}) == meant
    assert Settings.from_env(HTTP | {"DATABASE_URL": given_url}).database_url == meant


@pytest.mark.parametrize(
    "odd",
    [
        "prep.db",
        "mysql://h/d",
        "sqlite://",
        "sqlite:///",
        "postgres",
        "://",
        "sqlite:///:memory:",
        "postgres://h:x/d",
    ],
)
def test_another_address_is_refused_without_repeating_it(odd: str) -> None:
    with pytest.raises(SettingsError) as refused:
        database_url({"DATABASE_URL": odd})
    assert DATABASE_URL.where in str(refused.value)


def test_a_password_in_an_address_is_not_shown() -> None:
    [told] = faults(HTTP | {"DATABASE_URL": "mysql://user:hunter2@h/d"})
    assert "hunter2" not in told


def test_a_wrong_token_is_not_shown() -> None:
    told = faults({"SLACK_BOT_TOKEN": "my-very-secret-token", "SLACK_SIGNING_SECRET": "s"})
    assert "my-very-secret-token" not in " ".join(told)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("PORT", ["0", "1", "65535"], ["-1", "65536", "3.5", "x", "nan", "inf", "1e999"]),
        ("PREP_MINIMUM_WORDS", ["1", "100"], ["0", "101", "2.5", "many", "nan"]),
        ("PREP_LATE_HOURS", ["0", "0.5", "24"], ["-0.1", "24.1", "inf", "nan", "six"]),
        ("PREP_LOG_LEVEL", ["INFO", "warning", " error "], ["DEBUG", "debug", "TRACE", "20"]),
    ],
)
def test_numbers_and_choices_have_their_ranges(name: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        Settings.from_env(HTTP | {name: value})
    for value in bad:
        [told] = faults(HTTP | {name: value})
        assert told.startswith(name), value


def test_a_blank_value_counts_as_none() -> None:
    blank = {setting.name: "  " for setting in SETTINGS}
    assert Settings.from_env(blank | HTTP) == Settings.from_env(HTTP)


def test_values_are_taken_without_the_space_around_them() -> None:
    settings = Settings.from_env({name: f" {value}\n" for name, value in HTTP.items()})
    assert settings == Settings.from_env(HTTP)


def test_every_default_is_one_that_the_code_takes() -> None:
    defaults = {setting.name: setting.default for setting in SETTINGS if setting.default}
    assert Settings.from_env(HTTP | defaults) == Settings.from_env(HTTP)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/api", "http://127.0.0.1:9/api/"])
def test_slacks_address_ends_in_one_slash(url: str) -> None:
    assert Settings.from_env(HTTP | {API_URL.name: url}).api_url == "http://127.0.0.1:9/api/"


@given(st.dictionaries(st.sampled_from([s.name for s in SETTINGS]), st.text(max_size=20)))
def test_no_environment_surprises(env: dict[str, str]) -> None:
    with suppress(SettingsError):
        settings = Settings.from_env(env)
        assert settings.bot_token.startswith("xoxb-")
        assert 0 <= settings.port <= 65_535
        assert settings.log_level in {"INFO", "WARNING", "ERROR"}


def test_the_names_tell_settings_of_ours_from_those_of_others() -> None:
    assert [s.name for s in (PORT, DATABASE_URL, LOG_LEVEL)] == [
        "PORT",
        "DATABASE_URL",
        "PREP_LOG_LEVEL",
    ]
    assert all(setting.purpose.endswith(".") for setting in SETTINGS)


def test_folders_of_questions_are_divided_as_paths_are(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_env(HTTP).question_paths == ()
    given = HTTP | {"PREP_QUESTION_PATHS": os.pathsep.join([" a/b ", "", "c d"])}
    assert Settings.from_env(given).question_paths == (Path("a/b"), Path("c d"))
    monkeypatch.setattr("os.pathsep", ";")
    assert question_paths({"PREP_QUESTION_PATHS": "C:\\q;D:\\r"}) == (Path("C:\\q"), Path("D:\\r"))

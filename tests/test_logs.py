"""Log lines: one event a line, with its facts, and without anybody's token."""

import json
import logging
import re

import pytest

from bot import logs
from bot.logs import Line

pytestmark = pytest.mark.usefixtures("logging_as_it_was")


def written(message: str, error: BaseException | None = None, **facts: object) -> str:
    """A line as it is written."""
    record = logging.getLogger("bot.test").makeRecord(
        "bot.test",
        logging.WARNING,
        "file.py",
        1,
        message,
        (),
        (type(error), error, error.__traceback__) if error else None,
        extra=dict(facts),
    )
    return Line().format(record)


def test_a_line_names_the_moment_the_level_the_place_and_the_event() -> None:
    line = written("round_skipped")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING bot\.test round_skipped", line
    )


def test_the_facts_of_an_event_are_on_its_line() -> None:
    line = written("round_skipped", schedule=7, reason='it was "late"', url="http://x/y")
    assert line.endswith('round_skipped schedule=7 reason="it was \\"late\\"" url=http://x/y')


@pytest.mark.parametrize("value", ["", "two words", "a\nb", "ü=1", "\x00", None])
def test_a_fact_can_be_read_back(value: object) -> None:
    line = written("event", fact=value)
    assert "\n" not in line
    said = line.partition("fact=")[2]
    assert (json.loads(said) if said.startswith('"') else said) == str(value)


def test_nobody_can_forge_a_line() -> None:
    assert "\n" not in written("event\n2026-01-01 forged", fact="a\n2026-01-01 forged")


@pytest.mark.parametrize(
    "token",
    ["xoxb-123-456-abcDEF", "xoxp-1", "xapp-1-A0-9-f00", "xoxe.xoxb-1-abc", "xoxe-1-abc"],
)
def test_a_token_never_reaches_a_line(token: str) -> None:
    line = written(f"token {token} leaked", fact=token, error=ValueError(f"bad {token}!"))
    assert token not in line
    assert "[token]" in line
    assert "bad [token]!" in line


def test_a_traceback_follows_below() -> None:
    try:
        raise OSError("the disk is full")
    except OSError as error:
        first, *rest = written("failed", error, reference="abc").splitlines()
    assert first.endswith("failed reference=abc")
    assert rest[-1] == "OSError: the disk is full"


@pytest.mark.parametrize(
    ("level", "library", "least"),
    [
        ("INFO", "slack_bolt", logging.INFO),
        ("INFO", "slack_sdk", logging.INFO),
        ("INFO", "apscheduler", logging.WARNING),
        ("INFO", "sqlalchemy", logging.WARNING),
        ("ERROR", "slack_bolt", logging.ERROR),
        ("ERROR", "alembic", logging.ERROR),
    ],
)
def test_libraries_never_tell_payloads_or_statements(level: str, library: str, least: int) -> None:
    logging.getLogger(library).setLevel(logging.DEBUG)
    logs.set_up(level)
    assert logging.getLogger(library).level == least
    assert logging.getLogger().level == logging.getLevelNamesMapping()[level]


def test_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("INFO")
    logging.getLogger("bot").info("started", extra={"port": 3000})
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith("INFO bot started port=3000\n")

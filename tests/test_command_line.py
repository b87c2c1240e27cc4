"""The command line, as somebody who runs the app types it."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot import __main__ as command_line
from bot.domain.ids import RoundId
from bot.store import schema
from bot.wiring import doctor, repost
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import SECRET, PrepTeam

pytestmark = pytest.mark.usefixtures("logging_as_it_was")

ROOT = Path(__file__).parents[1]
DIFFERENT_CITY = "I would cache it close to the people who read it"
START_S = 30


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the database is, or will be."""
    return tmp_path / "prep.db"


@pytest.fixture
def database_url(file: Path) -> str:
    """A migrated SQLite file; what the command line does is the same on every database."""
    url = f"sqlite:///{file}"
    schema.upgrade(url)
    return url


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """Nothing of the machine's own settings, and the database of this test."""
    for name in list(os.environ):
        if name.startswith(("SLACK_", "PREP_")) or name == "PORT":
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{file}")


async def runs(*arguments: str) -> int:
    """Run a command, beside the event loop of the test."""
    return await asyncio.to_thread(command_line.main, arguments)


def tamper(file: Path, statement: str) -> None:
    """Change the data behind the app's back."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(statement)


async def a_day_passes(prep: PrepTeam, alice: Person, channel: Channel) -> None:
    """One question is asked and answered."""
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await alice.replies(question, DIFFERENT_CITY)
    await prep.settled()


async def test_the_doctor_finds_a_day_well(
    prep: PrepTeam, alice: Person, channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_day_passes(prep, alice, channel)
    assert await runs("doctor") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Standings recomputed from answers: 1, 0 wrong.",
        "Rounds: 1 posted.",
        "All is well.",
    ]


async def test_the_doctor_finds_a_wrong_standing_and_names_both_values(
    prep: PrepTeam,
    alice: Person,
    channel: Channel,
    file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await a_day_passes(prep, alice, channel)
    tamper(file, "UPDATE standings SET streak = 7, best = 9")
    assert await runs("doctor") == 1
    told = capsys.readouterr().out
    assert "1 wrong." in told
    assert alice.id in told
    assert "kept: streak 7, best 9" in told
    assert "true: streak 1, best 1" in told
    assert told.splitlines()[-1].startswith("Something needs you: ")
    assert "report" in told.splitlines()[-1]


async def test_the_doctor_names_a_schedule_that_does_not_run(
    prep: PrepTeam, alice: Person, channel: Channel, capsys: pytest.CaptureFixture[str]
) -> None:
    await a_day_passes(prep, alice, channel)
    prep.slack.archive(channel)
    await prep.settled()
    assert await runs("doctor") == 0
    told = capsys.readouterr().out
    assert channel.id in told
    assert "is_archived" in told
    assert "/prep setup" in told


async def test_the_doctor_names_a_date_that_was_skipped(
    prep: PrepTeam, alice: Person, channel: Channel, database_url: str
) -> None:
    await a_day_passes(prep, alice, channel)
    await prep.moves_on(days=1, hours=9)
    report, told = await doctor(database_url, prep.clock)
    assert report.is_well
    assert "asked nothing on 2026-03-03: " in told


async def test_a_round_that_the_doctor_names_can_be_posted_after_all(
    prep: PrepTeam,
    alice: Person,
    channel: Channel,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await prep.sets_up(channel, alice)
    prep.slack.faults.on("chat.postMessage", channel=channel.id).api_error("team_not_found")
    await prep.moves_to((await prep.next_due(channel)).at)
    _, told = await doctor(database_url, prep.clock)
    assert "team_not_found (round 1)" in told
    is_done, words = await repost(database_url, prep.clock, RoundId(1), timedelta(hours=6))
    assert is_done, words
    await prep.moves_on(seconds=1)
    assert len(prep.questions(channel)) == 1
    assert await runs("repost", "1") == 1
    assert "posted already" in capsys.readouterr().out
    assert await runs("repost", "77") == 1
    assert "no round 77" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["one", "-1", "0", "9" * 30, "²"])
def test_a_round_is_named_by_its_number(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["repost", given])
    assert left.value.code == 2
    assert "repost" in capsys.readouterr().err


def test_without_a_database_the_doctor_says_how_to_make_one(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["doctor"]) == 2
    told = capsys.readouterr().err
    assert f"There is no database at {file}" in told
    assert "prep migrate" in told
    assert not file.exists(), "looking for it must not make it"


def test_an_empty_database_is_not_examined(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sqlite3.connect(file).close()
    file.touch()
    assert command_line.main(["doctor"]) == 2
    assert "Run `prep migrate` first" in capsys.readouterr().err


def test_a_file_that_is_no_database_is_told_in_words(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("my shopping list, and quite a long one, longer than a header " * 20)
    for command in ("doctor", "migrate"):
        assert command_line.main([command]) == 2
        told = capsys.readouterr().err
        assert "file is not a database" in told
        assert "Traceback" not in told


def test_a_database_of_a_newer_version_is_left_alone(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main(["migrate"]) == 0
    tamper(file, "UPDATE alembic_version SET version_num = '9999'")
    assert command_line.main(["migrate"]) == 2
    assert "another version of Prep" in capsys.readouterr().err


def test_a_database_that_does_not_answer_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://prep:hunter2@127.0.0.1:1/prep")
    for command in ("doctor", "migrate"):
        assert command_line.main([command]) == 2
        told = capsys.readouterr().err
        assert "Check DATABASE_URL" in told
        assert "hunter2" not in told


def test_migrating_twice_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["migrate"]) == 0
    assert command_line.main(["migrate"]) == 0
    assert "schema of this version" in capsys.readouterr().out


def test_without_settings_nothing_starts(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([]) == 2
    told = capsys.readouterr().err
    assert told.startswith("Some settings are missing")
    assert "SLACK_BOT_TOKEN" in told
    assert "SLACK_SIGNING_SECRET" in told


@pytest.mark.parametrize("half", ["web", "worker"])
def test_a_half_of_the_app_does_not_start_on_a_file(
    half: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command_line.main([half]) == 2
    assert "PostgreSQL" in capsys.readouterr().err


def test_a_place_without_a_folder_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/prep.db")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", SECRET)
    assert command_line.main(["run"]) == 2
    assert "Make its folder" in capsys.readouterr().err


def test_the_manifest_for_socket_mode_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert command_line.main(["manifest"]) == 0
    assert capsys.readouterr().out == (ROOT / "manifest.socket-mode.yml").read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    assert command_line.main(["manifest"]) == 2
    assert "There is no manifest.yml here" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["--version"])
    assert left.value.code == 0
    assert re.fullmatch(r"prep \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


def test_an_unknown_command_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left:
        command_line.main(["diagnose"])
    assert left.value.code == 2
    told = capsys.readouterr().err
    assert all(name in told for name in ("run", "web", "worker", "migrate", "doctor", "manifest"))


@pytest.mark.parametrize("program", [[sys.executable, "-m", "bot"], ["prep"]])
def test_both_ways_to_call_it_are_one(program: list[str]) -> None:
    if program == ["prep"]:
        program = [str(Path(sys.executable).with_name("prep"))]
    done = subprocess.run(  # noqa: S603 - our own program
        [*program, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("usage: prep [-h] [--version] COMMAND ...")
    assert "(the default)" in done.stdout


async def test_the_app_starts_tells_its_health_and_stops_when_told(
    slack: Sandbox, prep: PrepTeam, tmp_path: Path
) -> None:
    token = prep.settings.bot_token
    env = os.environ | {
        "SLACK_BOT_TOKEN": token,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.api_url,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'another.db'}",
        "PREP_HOST": "127.0.0.1",
        "PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", cwd=ROOT, env=env, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(START_S):
            log = await _read_until(process, "started part=run port=")
            port = int(log[-1].rpartition("=")[2])
            health = await _health(port)
            while health[0] != 200:
                health = await _health(port)
            assert health[1]["database"] == "ok"
            process.send_signal(signal.SIGTERM)
            assert process.stderr is not None
            rest = (await process.stderr.read()).decode()
            assert await process.wait() == 0
        assert "Traceback" not in rest
        assert token not in "".join(log) + rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read_until(process: asyncio.subprocess.Process, words: str) -> list[str]:
    assert process.stderr is not None
    log: list[str] = []
    while not log or words not in log[-1]:
        line = await process.stderr.readline()
        assert line, f"it ended early: {log}"
        log.append(line.decode().rstrip())
    return log


async def _health(port: int) -> tuple[int, dict[str, object]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}/health") as response,
    ):
        return response.status, await response.json()

"""What a workspace made better, written as files that can go back to the open bank."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot.store import schema
from content import files
from sandbox.people import Person
from sandbox.workspace import Channel
from tests.features.test_improve import BETTER, asked, presses, suggests
from tests.prep_team import PrepTeam


@pytest.fixture
def database_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A migrated SQLite file; what the command line does is the same on every database."""
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    schema.upgrade(url)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.delenv("PREP_QUESTION_PATHS", raising=False)
    return url


@pytest.fixture
async def slug(prep: PrepTeam, alice: Person, bob: Person, channel: Channel) -> str:
    """The slug of a question that was improved; another question was added."""
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    await suggests(prep, bob, question)
    await bob.runs("/prep add", channel)
    await prep.settled()
    await bob.fills(
        title="Hand-over: who, when?",
        topic="people",
        text="How?",
        answer_0="I write it down.",
        points="Known — and unknown",
    )
    await bob.submits()
    await prep.settled()
    await alice.runs("/prep suggestions", channel)
    await prep.settled()
    for _ in range(2):
        assert alice.view is not None
        buttons = [e for b in alice.view.blocks for e in b.get("elements", [])]
        value = next(b["value"] for b in buttons if b.get("action_id") == "accept_suggestion")
        await presses(prep, alice, "Accept", value=value)
    return asked(prep, question).slug


async def runs(*arguments: str) -> int:
    return await asyncio.to_thread(command_line.main, ["export-improvements", *arguments])


async def test_improved_questions_become_files_and_the_same_ones_again(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "out"
    assert await runs("--to", str(to)) == 0
    assert "Improved questions: 2." in capsys.readouterr().out
    written = {
        file.relative_to(to).as_posix(): file.read_text("utf-8")
        for file in to.rglob("*")
        if file.is_file()
    }
    [improved] = [path for path in written if path.endswith(f"/{slug}.md")]
    shipped = (files.SHIPPED / improved).read_text("utf-8")
    assert BETTER in written[improved]
    assert written[improved].partition("## Sample answer")[0] in shipped
    assert written[improved].partition("## Common mistakes")[2] in shipped
    assert "I write it down." in written["people/team-hand-over-who-when.md"]
    assert "- Known — and unknown" in written["people/team-hand-over-who-when.md"]
    assert await runs("--to", str(to)) == 0


@pytest.mark.usefixtures("slug")
async def test_a_file_that_differs_is_left_alone_unless_forced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "out" / "people" / "team-hand-over-who-when.md"
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    assert await runs("--to", str(tmp_path / "out")) == 1
    assert "--force overwrites it" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert await runs("--to", str(tmp_path / "out"), "--force") == 0
    assert "I write it down." in file.read_text("utf-8")


async def test_the_patch_applies_to_the_shipped_folder(slug: str, tmp_path: Path) -> None:
    patch = tmp_path / "better.patch"
    assert await runs("--patch", str(patch)) == 0
    [shipped] = files.SHIPPED.rglob(f"{slug}.md")
    copy = tmp_path / "project" / "content" / "questions" / shipped.parent.name / shipped.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(shipped.read_bytes())
    await asyncio.to_thread(
        subprocess.run, ["git", "apply", str(patch)], cwd=tmp_path / "project", check=True
    )
    assert BETTER in copy.read_text("utf-8")
    added = copy.parents[1] / "people" / "team-hand-over-who-when.md"
    assert "I write it down." in added.read_text("utf-8")


@pytest.mark.usefixtures("slug")
async def test_the_tools_of_the_bank_have_a_door_to_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "content", "export-improvements", "--to", str(tmp_path / "o")]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
    assert done.stdout == "Improved questions: 2.\n", done.stderr
    assert done.returncode == 0


async def test_a_workspace_that_is_not_there_is_named(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert slug
    assert await runs("--to", str(tmp_path / "out"), "--team", "TNOWHERE") == 2
    assert "TNOWHERE has no improvements" in capsys.readouterr().err


@pytest.mark.usefixtures("database_url")
async def test_without_improvements_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await runs("--to", str(tmp_path / "out")) == 0
    assert "Improved questions: 0." in capsys.readouterr().out
    assert not (tmp_path / "out").exists()

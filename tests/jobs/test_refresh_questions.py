"""A team's own questions: asked, shown and mended while the app runs."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import Settings
from content.bank import Bank
from content.shelf import Shelf
from jobs.refresh_questions import RefreshQuestions
from jobs.schedule import Jobs
from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.reading import view_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam

DRAFT = """\
---
title: Error budgets
---

## Question

How do you set an *error budget*?
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    file = tmp_path / "team" / "reliability" / "error-budget.md"
    file.parent.mkdir(parents=True)
    file.write_text(DRAFT, "utf-8")
    return file


def changed(file: Path, text: str) -> None:
    file.write_text(text, "utf-8")


def shown(who: Person) -> str:
    assert who.view is not None
    return view_as_text(who.view.payload)


async def test_a_new_fault_is_logged_once(draft: Path, caplog: pytest.LogCaptureFixture) -> None:
    job = RefreshQuestions(Shelf([draft.parents[1]]))
    await job.run()
    changed(draft, "broken")
    with caplog.at_level(logging.ERROR):
        await job.run()
        await job.run()
    assert [record.message for record in caplog.records] == ["question_file_broken"]
    assert f"{draft}:1: the file does not begin" in str(caplog.records[0].__dict__["fault"])
    assert len(job.shelf.bank) == 1


def test_a_process_that_only_listens_follows_the_files_too() -> None:
    async def nothing() -> None:
        """Do nothing."""

    jobs = Jobs(**dict.fromkeys(Jobs.__dataclass_fields__, nothing))
    assert [job.name for job in jobs.of_every_process()] == ["refresh_questions"]
    assert set(jobs.of_every_process()) <= set(jobs.table())


async def test_a_team_draft_is_asked_revealed_and_mended_without_a_restart(
    slack: Sandbox,
    clock: MovableClock,
    settings: Settings,
    draft: Path,
    alice: Person,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "shipped").mkdir()
    monkeypatch.setattr("content.files.SHIPPED", tmp_path / "shipped")
    theirs = replace(settings, api_url=slack.api_url, question_paths=(draft.parents[1],))
    prep = PrepTeam(slack, clock, theirs)
    await prep.starts()
    try:
        await prep.sets_up(channel, alice)
        question = await prep.asks(channel)
        assert "How do you set an error budget?" in question.text
        await alice.clicks("Reveal Sample Answer", on=question)
        await prep.settled()
        assert "Error budgets" in shown(alice)
        changed(draft, DRAFT + "\n## Sample answer\n\nI ask the users first.\n")
        await prep.turns()
        await alice.clicks("Reveal Sample Answer", on=question)
        await prep.settled()
        assert "I ask the users first." in shown(alice)
    finally:
        await prep.stops()


def test_a_bank_for_tests_stays_as_it_is() -> None:
    assert len(Shelf.holding(Bank.of([])).bank) == 0

"""The questions that come with the app: they keep every rule, and their code does what it says."""

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from content import bank, lint
from content.files import SHIPPED, found_in
from content.parsing import Entry, parse
from content.rules.code import shown_outputs

BANK = bank.load().bank
SYLLABUS_SO_FAR = {
    "pythonic-code": "python",
    "concurrency-model": "concurrency",
    "top-k-from-huge-log": "coding",
    "schema-and-migrations": "databases",
    "background-jobs": "reliability",
    "rate-limiter": "system-design",
}
PROGRAMS = [
    pytest.param(program, output, id=f"{question.slug}-{number}")
    for question in BANK.questions
    for number, (program, output) in enumerate(shown_outputs(question.sample_answer), start=1)
]


def test_the_shipped_bank_keeps_every_rule() -> None:
    """As of the day of its latest review, so that this test does not age; the command line does."""
    latest = max(question.reviewed for question in BANK.questions)
    assert [str(fault) for fault in lint.lint([SHIPPED], latest).faults] == []


def test_every_question_was_reviewed_within_a_year_of_every_other() -> None:
    dates = [question.reviewed for question in BANK.questions]
    assert max(dates) - min(dates) <= timedelta(days=365)


def test_the_subjects_of_the_syllabus_are_there_on_their_shelves() -> None:
    shelves = {question.slug: question.topic.slug for question in BANK.questions}
    assert shelves.items() >= SYLLABUS_SO_FAR.items()


@pytest.mark.parametrize(("program", "output"), PROGRAMS)
def test_code_that_shows_output_prints_just_that(program: str, output: str, tmp_path: Path) -> None:
    file = tmp_path / "answer.py"
    file.write_text(program, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own shipped code
        [sys.executable, "-I", "-W", "error", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


def test_there_is_code_to_run() -> None:
    assert len(PROGRAMS) >= 4


def test_the_template_for_authors_is_a_question_that_parses() -> None:
    readme = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")
    template = re.search(r"^````markdown\n(.*?)^````$", readme, re.DOTALL | re.MULTILINE)
    assert template is not None
    assert isinstance(parse(template[1], topic="python", slug="template"), Entry)
    assert [output for _, output in shown_outputs(template[1])] == ["['a', 'b']\n"]


def test_every_shipped_file_ends_with_one_line_end_and_has_no_stray_spaces() -> None:
    for file in found_in(SHIPPED):
        text = file.read_text(encoding="utf-8")
        assert text == "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n", file

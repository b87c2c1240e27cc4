"""`show` promises what Slack will show: its pages are held against the real views."""

import re
from dataclasses import replace

import pytest

from bot.domain.ids import RoundId
from bot.domain.questions import NEVER_REVIEWED, Question
from bot.domain.rounds import Card
from bot.features.daily_question import view as daily_question
from bot.features.reveal import view as reveal
from content import bank, plain_text, reading_copy
from sandbox.reading import message_as_text, view_as_text
from tests.content.samples import entry

QUESTIONS = bank.load().bank.questions


DRAFT = replace(
    entry().question,
    why="",
    key_points=(),
    sample_answer="",
    mistakes=(),
    follow_ups=(),
    references=(),
    hint="",
    reviewed=NEVER_REVIEWED,
)


def words(text: str) -> list[str]:
    """What there is to read, in order: neither marks nor the buttons at the foot."""
    lines = [line for line in text.split("\n") if not re.fullmatch(r"\s*(\[.*\]|[=-]+)\s*", line)]
    return re.findall(r"[^\W_]+", " ".join(lines).casefold())


@pytest.mark.parametrize("question", [*QUESTIONS, DRAFT], ids=lambda question: question.slug)
def test_what_show_prints_is_what_slack_shows(question: Question) -> None:
    card = daily_question.card(Card(RoundId(1), question, 0, is_closed=False)).payload()
    assert words(reading_copy.card(question)) == words(message_as_text(card))
    answer = view_as_text(reveal.sample_answer_modal(question).payload())
    assert words(reading_copy.sample_answer(question)) == words(answer)
    why = view_as_text(reveal.why_modal(question).payload())
    assert words(reading_copy.why(question)) == words(why)


def test_the_card_gives_nothing_away() -> None:
    shown = reading_copy.card(entry().question)
    assert "How do you read a file" in shown
    assert "line by line" not in shown


def test_a_draft_shows_what_it_has() -> None:
    shown = reading_copy.of(DRAFT)
    assert "How do you read a file" in shown
    assert "Key points" not in shown
    assert "Nobody has written one yet." in shown
    assert "Nobody has written that down yet." in shown
    assert shown.endswith("Nobody has reviewed it yet.\n")


def test_markdown_is_laid_out_without_its_marks() -> None:
    markdown = (
        "Some *emphasis*, `code` and [a link](https://a.example)\nover two lines.\n\n"
        "- one\n- two\n  1. in\n  2. deep\n\n```python\nif x:\n    y()\n```\n\n7. seven\n"
    )
    assert plain_text.of(markdown) == (
        "Some emphasis, code and a link (https://a.example) over two lines.\n\n"
        "• one\n• two\n  1. in\n  2. deep\n\n    if x:\n        y()\n\n7. seven"
    )

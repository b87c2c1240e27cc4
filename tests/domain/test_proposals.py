"""The forms of proposals: what fits, what is the same, and what a slug is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.proposals import (
    ANSWER_FIELDS,
    MOST_IN_FIELD,
    QuestionDraft,
    answer_faults,
    canonical,
    cleaned,
    joined,
    print_of,
    question_faults,
    slug_for,
    spread,
)
from bot.domain.questions import Level
from content.bank import load

LINES = st.lists(st.sampled_from(["one", "", "```", "  two", "three " * 90]), max_size=60)


@given(LINES)
def test_an_answer_spread_over_fields_comes_back_the_same(lines: list[str]) -> None:
    answer = "\n".join(lines)
    fields = spread(answer)
    if fields is not None:
        assert len(fields) == ANSWER_FIELDS
        assert all(len(field) <= MOST_IN_FIELD for field in fields)
        assert print_of(joined(fields)) == print_of(answer)


def test_a_field_may_begin_with_a_line_that_is_set_in() -> None:
    answer = f"- {'word ' * 599}\n\n  and more of the same point"
    fields = spread(answer)
    assert fields is not None
    assert fields[1].startswith("  and")
    assert joined(fields) == answer.replace("word \n", "word\n")


@pytest.mark.parametrize("question", load().bank.questions, ids=lambda question: question.slug)
def test_every_answer_of_the_bank_can_be_edited_in_slack(question: object) -> None:
    answer = getattr(question, "sample_answer", "")
    fields = spread(answer)
    assert fields is not None
    assert canonical(joined(fields)) == canonical(answer)


def test_code_with_blank_lines_is_not_cut_apart() -> None:
    code = "```python\n" + "a = 1\n\n\nb = 2\n" * 100 + "```"
    fields = spread(f"{'word ' * 590}\n\n{code}")
    assert fields is not None
    assert fields[1] == code


@pytest.mark.parametrize("answer", ["x" * (MOST_IN_FIELD + 1), "\n\n".join(["x" * 2_000] * 4)])
def test_what_does_not_fit_is_said_not_to(answer: str) -> None:
    assert spread(answer) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [("a\r\nb", "a\nb"), ("a  \nb\n", "a\nb"), ("a\n\n\n\nb", "a\n\nb"), ("\x00a\ud800", "a")],
)
def test_texts_that_look_the_same_are_the_same(left: str, right: str) -> None:
    assert print_of(left) == print_of(right)


def test_other_words_are_another_text() -> None:
    assert print_of("a b") != print_of("a  c")


def test_what_a_database_cannot_hold_is_taken_out() -> None:
    assert cleaned(" \x00a\x07\tb\u2028\ud83d ") == "a\tb"


def test_a_field_that_is_too_long_is_named_with_its_length() -> None:
    [fault] = answer_faults(("fine", "x" * 20_000, ""))
    assert (fault.field, "20,000" in fault.sentence) == (1, True)
    assert answer_faults(("", " ", "\n"))[0].field == 0
    assert answer_faults(("fine", "", "")) == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Our hand-over, at night!", "team-our-hand-over-at-night"),
        ("Café Ünïcode", "team-cafe-unicode"),
        ("漢字", "team-question"),
        ("<!channel>", "team-channel"),
    ],
)
def test_a_title_gives_a_slug(title: str, slug: str) -> None:
    assert slug_for(title) == slug


@given(st.text(max_size=200))
def test_every_slug_leaves_room_for_a_number(title: str) -> None:
    assert len(slug_for(title)) <= 55
    assert not slug_for(title).endswith("-")


def test_a_new_question_needs_a_title_and_a_question_and_short_points() -> None:
    empty = QuestionDraft("", "python", Level.EASY, "", "", "", ())
    assert [fault.part.value for fault in question_faults(empty)] == ["title", "text"]
    long = QuestionDraft("t" * 76, "python", Level.EASY, "x" * 3_001, "", "", ("p", "p" * 76))
    assert [fault.part.value for fault in question_faults(long)] == ["title", "text", "points"]
    many = QuestionDraft("t", "python", Level.EASY, "x", "", "", ("p",) * 11)
    assert [fault.part.value for fault in question_faults(many)] == ["points"]

"""The judge of `make chaos`: what the app must know, what it may know, and what is harm."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.domain.streaks import Streak
from proof.chaos.play import Course
from proof.chaos.stored import Stored
from proof.chaos.verdict import Harm, Judge
from proof.chaos.witness import News, Witness

AT = datetime(2026, 3, 2, tzinfo=UTC)
QUESTION, REPLY = "1772434800.000100", "1772434900.000100"
FIRST = News(QUESTION, "U1", "", counts=True, is_deleted=False)
SHORTER = News(QUESTION, "U1", "1772435000.000100", counts=False, is_deleted=False)
GONE = News(QUESTION, "U1", "", counts=True, is_deleted=True)


def judged(acknowledged: list[News], given_up: list[News], *, counted: bool | None) -> Harm:
    """Judge an app that keeps one reply so; None where it keeps nothing."""
    sandbox = cast(Any, SimpleNamespace(subscribe=lambda _listener: None))
    place = "C1", REPLY
    witness = Witness(
        sandbox,
        questions={"C1": {QUESTION: "the first"}},
        heard={place: acknowledged} if acknowledged else {},
        tried={place: [*acknowledged, *given_up]},
    )
    stored = Stored(
        replies={} if counted is None else {place: counted},
        copies=0,
        standings={("C1", "U1"): Streak(1, 1, 0, 1)} if counted else {},
        unknown=0,
    )
    judge = Judge(witness, Course(), AT, AT + timedelta(days=1))
    return judge.judged({}, stored, one_clock=True)


@pytest.mark.parametrize(
    ("acknowledged", "given_up", "counted"),
    [
        ([FIRST], [], True),
        ([FIRST, SHORTER], [], False),
        ([SHORTER, FIRST], [], False),
        ([FIRST, GONE], [], False),
        ([], [FIRST], None),
        ([], [FIRST], True),
        ([FIRST], [SHORTER], True),
        ([FIRST], [SHORTER], False),
        ([FIRST], [GONE], False),
        ([SHORTER], [FIRST], False),
    ],
)
def test_what_the_app_acknowledged_it_knows_and_of_the_rest_it_may(
    acknowledged: list[News], given_up: list[News], counted: bool | None
) -> None:
    harm = judged(acknowledged, given_up, counted=counted)
    assert harm.is_none, harm.notes


@pytest.mark.parametrize(
    ("acknowledged", "given_up", "counted"),
    [
        ([FIRST], [], None),
        ([FIRST], [], False),
        ([FIRST, SHORTER], [], True),
        ([FIRST, GONE], [], True),
        ([SHORTER], [FIRST], True),
        ([GONE], [FIRST], True),
        ([FIRST, GONE], [SHORTER], True),
    ],
)
def test_what_the_app_acknowledged_and_does_not_know_is_harm(
    acknowledged: list[News], given_up: list[News], counted: bool | None
) -> None:
    harm = judged(acknowledged, given_up, counted=counted)
    assert harm.answers_lost == 1
    assert harm.standings_wrong == 1


def test_what_nobody_wrote_is_harm_where_it_counts() -> None:
    harm = judged([], [SHORTER], counted=True)
    assert (harm.standings_wrong, harm.double_counted) == (1, 1)

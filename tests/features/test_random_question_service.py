"""Choosing a question to practise, on a real database."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.choosing import practisable
from bot.domain.gestures import AGAIN_AFTER, Gesture, Press
from bot.domain.ids import InstallationId, MemberId, QuestionSlug
from bot.domain.installations import Identity
from bot.domain.practice import (
    NoneOfThatKind,
    NotUnderstood,
    PracticeOutcome,
    Shown,
    Wanted,
)
from bot.domain.questions import Level, Question, Topic
from bot.domain.refusals import EmptyBank, OutdatedButton, QuestionGone, SeveralLevels
from bot.features.random_question.service import (
    RandomQuestion,
    decoded,
    understood,
)
from bot.store import installations, practice
from bot.store.database import Database
from content.bank import Bank
from content.topics import TOPICS, with_slug
from sandbox.clock import MovableClock
from tests.content import samples

START = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Where the clock of every test stands at first."""
ALICE, BOB = MemberId("U1"), MemberId("U2")
PYTHON, DESIGN = with_slug("python"), with_slug("system-design")
CONCURRENCY, TESTING = with_slug("concurrency"), with_slug("testing")


def question(slug: str, topic: Topic | None, level: Level) -> Question:
    assert topic is not None
    return replace(
        samples.entry().question, slug=QuestionSlug(slug), topic=topic, level=level, title=slug
    )


BANK = Bank.of(
    [
        question("easy-python", PYTHON, Level.EASY),
        question("hard-python", PYTHON, Level.HARD),
        question("harder-python", PYTHON, Level.HARD),
        question("easy-design", DESIGN, Level.EASY),
        question("easy-threads", CONCURRENCY, Level.EASY),
    ]
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A new database, with the schema of the migrations."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def practising(database: Database, clock: MovableClock) -> RandomQuestion:
    """The use cases over a bank of five questions, with a fixed order of chances."""
    return RandomQuestion(database, clock, lambda: BANK, random.Random(7))


@pytest.fixture
async def home(database: Database) -> InstallationId:
    """The workspace."""
    identity = Identity("T1", None, MemberId("B1"))
    made = await database.write(lambda tx: installations.ensure(tx, identity, START))
    return made.id


def slug_in(outcome: PracticeOutcome) -> str:
    assert isinstance(outcome, Shown), outcome
    return outcome.question.slug


# --- choosing ------------------------------------------------------------------------------------


async def test_a_member_sees_every_question_once_before_any_comes_again(
    practising: RandomQuestion, clock: MovableClock, home: InstallationId
) -> None:
    shown = []
    for _ in BANK.questions:
        shown.append(slug_in(await practising.asked(home, ALICE, "")))
        clock.move_on(timedelta(minutes=1))
    assert sorted(shown) == [one.slug for one in BANK.questions]
    again = slug_in(await practising.asked(home, ALICE, ""))
    assert again in shown[:3]


async def test_what_one_member_saw_is_new_to_another(
    practising: RandomQuestion, home: InstallationId
) -> None:
    seen_by_alice = slug_in(await practising.asked(home, ALICE, "system-design"))
    assert slug_in(await practising.asked(home, BOB, "system-design")) == seen_by_alice


async def test_a_question_shown_is_noted_for_that_member_alone(
    database: Database, practising: RandomQuestion, home: InstallationId
) -> None:
    await practising.asked(home, ALICE, "system-design easy")
    slugs = [QuestionSlug("easy-design")]
    seen = await database.read(lambda tx: practice.seen(tx, home, ALICE, slugs))
    assert seen == {QuestionSlug("easy-design"): START}
    assert await database.read(lambda tx: practice.seen(tx, home, BOB, slugs)) == {}


async def test_another_keeps_to_the_kind_that_was_asked_for(
    practising: RandomQuestion, clock: MovableClock, home: InstallationId
) -> None:
    first = await practising.asked(home, ALICE, "hard python")
    assert isinstance(first, Shown)
    assert not first.is_only_one
    clock.move_on(timedelta(seconds=1))
    second = await practising.another(home, ALICE, first.wanted.code)
    assert {slug_in(first), slug_in(second)} == {"hard-python", "harder-python"}


async def test_the_only_question_of_its_kind_is_said_to_be_that(
    practising: RandomQuestion, home: InstallationId
) -> None:
    only = await practising.asked(home, ALICE, "concurrency")
    assert isinstance(only, Shown)
    assert only.is_only_one


async def test_a_level_that_a_topic_does_not_have_gets_those_it_has(
    practising: RandomQuestion, home: InstallationId
) -> None:
    assert await practising.asked(home, ALICE, "python medium") == NoneOfThatKind(
        Wanted(PYTHON, Level.MEDIUM), (Level.EASY, Level.HARD), BANK.topics()
    )


async def test_a_topic_without_questions_gets_the_topics_that_have_some(
    practising: RandomQuestion, home: InstallationId
) -> None:
    assert await practising.asked(home, ALICE, "testing") == NoneOfThatKind(
        Wanted(TESTING, None), (), BANK.topics()
    )


async def test_a_level_that_no_topic_has_gets_those_that_are_there(
    practising: RandomQuestion, home: InstallationId
) -> None:
    assert await practising.asked(home, ALICE, "MEDIUM") == NoneOfThatKind(
        Wanted(None, Level.MEDIUM), (Level.EASY, Level.HARD), BANK.topics()
    )


async def test_words_not_understood_are_not_noted_as_practice(
    database: Database, practising: RandomQuestion, home: InstallationId
) -> None:
    outcome = await practising.asked(home, ALICE, "xyzzy")
    assert isinstance(outcome, NotUnderstood)
    slugs = [one.slug for one in BANK.questions]
    assert await database.read(lambda tx: practice.seen(tx, home, ALICE, slugs)) == {}


async def test_an_empty_bank_is_told_kindly(
    database: Database, clock: MovableClock, home: InstallationId
) -> None:
    empty = RandomQuestion(database, clock, lambda: Bank.of([]), random.Random(7))
    with pytest.raises(EmptyBank):
        await empty.asked(home, ALICE, "")
    with pytest.raises(EmptyBank):
        await empty.another(home, ALICE, "python|hard")


async def test_a_question_that_left_the_bank_cannot_be_shared(
    practising: RandomQuestion, home: InstallationId
) -> None:
    assert (await practising.to_share(home, "easy-python")).slug == "easy-python"
    with pytest.raises(QuestionGone):
        await practising.to_share(home, "left-the-bank")


# --- a large bank --------------------------------------------------------------------------------


MANY = 40
LARGE = Bank.of(question(f"python-{number:02}", PYTHON, Level.EASY) for number in range(MANY))


async def seen_of(
    database: Database, home: InstallationId, slugs: list[QuestionSlug]
) -> dict[QuestionSlug, datetime]:
    return await database.read(lambda tx: practice.seen(tx, home, ALICE, slugs))


async def reveals(
    database: Database, home: InstallationId, slug: QuestionSlug, at: datetime
) -> None:
    await database.write(lambda tx: practice.reveal(tx, home, ALICE, slug, at))


@pytest.fixture
def few_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large bank in small: three are tried at random, and four make a hand."""
    monkeypatch.setattr("bot.features.random_question.service.TRIED", 3)
    monkeypatch.setattr("bot.features.random_question.service.IN_A_HAND", 4)


@pytest.mark.usefixtures("few_are_tried")
async def test_from_a_large_bank_comes_what_the_rule_lets_come(
    database: Database, clock: MovableClock, home: InstallationId
) -> None:
    chances = random.Random(3)
    bank = LARGE
    practising = RandomQuestion(database, clock, lambda: bank, random.Random(5))
    for turn in range(3 * MANY):
        slugs = [one.slug for one in bank.questions]
        seen = await seen_of(database, home, slugs)
        shown = slug_in(await practising.asked(home, ALICE, ""))
        assert shown in practisable(slugs, seen), turn
        clock.move_on(timedelta(minutes=1))
        if turn % 5 == 0:  # a daily question is revealed in between
            await reveals(database, home, chances.choice(slugs), clock.now())
            clock.move_on(timedelta(minutes=1))
        if turn in (MANY, 2 * MANY):  # and the bank changes
            more = question(f"python-new-{turn}", PYTHON, Level.HARD)
            bank = Bank.of([*bank.questions[1:], more])


@pytest.mark.usefixtures("few_are_tried")
async def test_everything_a_member_saw_is_looked_at_once_a_hand_and_no_more(
    database: Database, clock: MovableClock, home: InstallationId
) -> None:
    practising = RandomQuestion(database, clock, lambda: LARGE, random.Random(5))

    dealt = set()
    for _ in range(3 * MANY):
        await practising.asked(home, ALICE, "")
        hand = await database.read(lambda tx: practice.hand(tx, home, ALICE, Wanted().code))
        dealt |= {hand.dealt_at} if hand else set()
        clock.move_on(timedelta(minutes=1))
    assert 1 < len(dealt) <= 3 * MANY / 4 + 1


# --- the words after the command -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", Wanted()),
        ("   ", Wanted()),
        ("python", Wanted(PYTHON)),
        ("hard", Wanted(None, Level.HARD)),
        ("python hard", Wanted(PYTHON, Level.HARD)),
        ("HARD  Python", Wanted(PYTHON, Level.HARD)),
        ("system design", Wanted(DESIGN)),
        ("system hard design", Wanted(DESIGN, Level.HARD)),
        ("easy system_design", Wanted(DESIGN, Level.EASY)),
        ("asyncio", Wanted(CONCURRENCY)),
        ("hard hard python", Wanted(PYTHON, Level.HARD)),
        ("Python language", Wanted(PYTHON)),
    ],
)
def test_topic_and_level_come_in_any_order_and_spelling(typed: str, wanted: Wanted) -> None:
    assert understood(typed, BANK) == wanted


@pytest.mark.parametrize(
    ("typed", "words", "suggestion"),
    [
        ("concurency", "concurency", Wanted(CONCURRENCY)),
        ("easy concurency", "concurency", Wanted(CONCURRENCY, Level.EASY)),
        ("sytem design", "sytem", Wanted(DESIGN)),
        ("python hrad", "hrad", Wanted(PYTHON, Level.HARD)),
        ("esay", "esay", Wanted(None, Level.EASY)),
        ("python please", "please", Wanted(PYTHON)),
        ("xyzzy", "xyzzy", None),
        ("tessting", "tessting", None),
        ("concurency hard", "concurency", Wanted(CONCURRENCY)),
        ("🙂", "🙂", None),
        ("--", "--", None),
    ],
)
def test_what_is_not_understood_comes_back_with_the_nearest_that_has_questions(
    typed: str, words: str, suggestion: Wanted | None
) -> None:
    assert understood(typed, BANK) == NotUnderstood(words, suggestion, BANK.topics())


def test_two_topics_at_once_are_not_understood() -> None:
    assert isinstance(understood("python concurrency", BANK), NotUnderstood)


def test_two_levels_at_once_are_refused() -> None:
    with pytest.raises(SeveralLevels):
        understood("easy hard python", BANK)


@given(st.text(max_size=3_000))
def test_any_words_are_read_without_failing(typed: str) -> None:
    try:
        outcome = understood(typed, BANK)
    except SeveralLevels:
        return
    assert isinstance(outcome, Wanted | NotUnderstood)


@given(st.sampled_from([None, *TOPICS]), st.sampled_from([None, *Level]))
def test_a_button_brings_back_exactly_what_was_wanted(
    topic: Topic | None, level: Level | None
) -> None:
    assert decoded(Wanted(topic, level).code) == Wanted(topic, level)


@pytest.mark.parametrize(
    "code", ["", "python", "Python|hard", "python|HARD", "python|hard|", "x|", "|x", " | ", "|" * 9]
)
def test_a_button_with_anything_else_is_outdated(code: str) -> None:
    with pytest.raises(OutdatedButton):
        decoded(code)


# --- posting once --------------------------------------------------------------------------------


async def test_a_press_of_post_here_is_new_once(
    practising: RandomQuestion, clock: MovableClock, home: InstallationId
) -> None:
    press = Gesture(home, "press 1", "question:easy-python:C1:U1")
    assert await practising.take(press) is Press.NEW
    clock.move_on(AGAIN_AFTER - timedelta(seconds=1))
    assert await practising.take(press) is Press.ECHO
    assert await practising.take(replace(press, trigger_id="press 2")) is Press.TOO_SOON
    clock.move_on(timedelta(seconds=1))
    assert await practising.take(replace(press, trigger_id="press 3")) is Press.NEW


async def test_what_was_not_posted_may_be_tried_again_at_once(
    practising: RandomQuestion, home: InstallationId
) -> None:
    press = Gesture(home, "press 1", "question:easy-python:C1:U1")
    await practising.take(press)
    await practising.allow_again(press)
    assert await practising.take(replace(press, trigger_id="press 2")) is Press.NEW

"""When the mark on a message is to be put right."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.domain.answering import MARK_AGAIN_AFTER, DueMark
from bot.domain.ids import ChannelId
from bot.store import answers
from bot.store.database import Connection
from proof.oracles.lives import BEGIN, Ask, Life, News, reply

CHANNELS = itertools.count()
ANSWER = News(1, 0, 0, 1)
WITHDRAWN = replace(ANSWER, enough=False, edited=1)
LATER = BEGIN + MARK_AGAIN_AFTER
MUCH_LATER = LATER + timedelta(hours=1)


def asked(tx: Connection, *, together: bool) -> Life:
    """A schedule with an open question."""
    life = Life(ChannelId(f"M{next(CHANNELS)}"), together=together)
    life.begin(tx)
    life.happens(tx, Ask(0))
    return life


def due(tx: Connection, life: Life) -> list[bool]:
    """Take the marks that are due some time later: whether each message should be marked."""
    found = answers.take_due_marks(tx, MUCH_LATER, 20, MUCH_LATER)
    return [mark.stands for mark in found if mark.channel_id == life.channel]


def mark(life: Life, *, stands: bool) -> DueMark:
    """The message was marked, or its mark was taken off."""
    return DueMark(
        life.schedule.installation_id, life.channel, reply(life.channel, ANSWER).ts, stands
    )


@pytest.mark.parametrize("together", [True, False])
def test_a_mark_is_due_a_little_later_unless_it_is_known_to_be_set(
    engine: Engine, together: bool
) -> None:
    with engine.connect() as tx:
        life = asked(tx, together=together)
        life.happens(tx, ANSWER)
        too_early = answers.take_due_marks(tx, LATER - timedelta(seconds=1), 20, LATER)
        assert too_early == []
        assert due(tx, life) == [True]
        answers.marked(tx, mark(life, stands=True), LATER)
        assert due(tx, life) == []
        tx.rollback()


def test_what_does_not_count_needs_no_mark(engine: Engine) -> None:
    with engine.connect() as tx:
        life = asked(tx, together=True)
        life.happens(tx, replace(ANSWER, enough=False))
        life.happens(tx, Ask(1))
        life.happens(tx, News(2, 0, 1, 150))  # too late
        assert due(tx, life) == []
        tx.rollback()


def test_taking_a_mark_off_is_due_like_setting_it(engine: Engine) -> None:
    with engine.connect() as tx:
        life = asked(tx, together=True)
        life.happens(tx, ANSWER)
        answers.marked(tx, mark(life, stands=True), BEGIN)
        life.happens(tx, WITHDRAWN)
        assert due(tx, life) == [False]
        answers.marked(tx, mark(life, stands=False), LATER)
        assert due(tx, life) == []
        tx.rollback()


def test_a_mark_that_was_set_too_late_is_taken_off_again(engine: Engine) -> None:
    with engine.connect() as tx:
        life = asked(tx, together=True)
        life.happens(tx, ANSWER)
        life.happens(tx, WITHDRAWN)
        answers.marked(tx, mark(life, stands=False), BEGIN)
        # The call that set it was slower than the one that took it off.
        answers.marked(tx, mark(life, stands=True), LATER)
        assert due(tx, life) == [False]
        tx.rollback()


def test_an_answer_that_waited_for_its_question_is_due_a_mark(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"M{next(CHANNELS)}"))
        life.begin(tx)
        life.happens(tx, ANSWER)
        assert due(tx, life) == []
        life.happens(tx, Ask(0))
        assert due(tx, life) == [True]
        tx.rollback()


def test_an_answer_to_a_question_that_closed_before_it_is_no_longer_marked(engine: Engine) -> None:
    with engine.connect() as tx:
        life = asked(tx, together=True)
        # Written when the next question was out already, of which nobody knew yet.
        late = replace(ANSWER, seconds=150)
        life.happens(tx, late)
        life.happens(tx, Ask(1))
        ts = reply(life.channel, late).ts
        answers.marked(tx, replace(mark(life, stands=True), ts=ts), LATER)
        assert due(tx, life) == [False]
        answers.marked(tx, replace(mark(life, stands=False), ts=ts), LATER)
        assert due(tx, life) == []
        tx.rollback()

"""Replies that arrive together come to what each would have come to by itself."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Table, select

from bot.domain.answering import AnswerOutcome, Taken, Tick, Told, take
from bot.domain.ids import ChannelId
from bot.features.answers.service import record_together
from bot.store.arrivals import OvertakenError, hold, keep
from bot.store.database import Connection
from bot.store.tables import answers, cards, standings
from bot.store.together import ALONE
from proof.oracles.lives import (
    BEGIN,
    MEMBERS,
    MINIMUM_WORDS,
    Ask,
    Happening,
    Life,
    News,
    Settle,
    reply,
)
from tests.store.test_standings import ANY_LIFE, PLACES, happenings

CHANNELS = itertools.count()


def begun(tx: Connection, *, together: bool = True, number: int | None = None) -> Life:
    """A schedule whose rounds wait to be confirmed."""
    name = next(CHANNELS) if number is None else number
    life = Life(ChannelId(f"A{name}-{together}"), places=PLACES, together=together)
    life.begin(tx)
    return life


def left_behind(tx: Connection, life: Life, *, but: frozenset[str] = frozenset()) -> list[Any]:
    """Every row about a schedule's answers, without the numbers that differ between schedules."""
    hidden = {"id", "schedule_id", "channel_id", "installation_id"} | but

    def rows(table: Table, *of_it: Any) -> list[Any]:
        found = [row._asdict() for row in tx.execute(select(table).where(*of_it))]
        for row in found:
            if row.get("round_id") is not None:
                row["round_id"] = life.numbers.index(row["round_id"])
        return sorted(
            [str(value) for name, value in sorted(row.items()) if name not in hidden]
            for row in found
        )

    return [
        rows(answers, answers.c.channel_id == life.channel),
        rows(standings, standings.c.schedule_id == life.schedule.id),
        rows(cards, cards.c.round_id.in_(life.numbers)),
    ]


def heard(outcomes: list[AnswerOutcome]) -> list[tuple[Any, ...]]:
    """What people would hear."""
    return [(one.reply.ts, one.tick, one.told, one.streak) for one in outcomes]


def both_ways(engine: Engine, happened: list[Happening]) -> None:
    """Let the same happen to two schedules, whose replies go one way and the other."""
    with engine.connect() as tx:
        number = next(CHANNELS)
        usual = begun(tx, number=number)
        thorough = begun(tx, together=False, number=number)
        for what in happened:
            assert heard(usual.done(tx, what)) == heard(thorough.done(tx, what))
            assert left_behind(tx, usual) == left_behind(tx, thorough)
        tx.rollback()


@settings(ANY_LIFE, max_examples=60)
@given(happened=happenings())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_both_ways_leave_the_same_rows_on_sqlite(engine: Engine, happened: list[Happening]) -> None:
    both_ways(engine, happened)


@settings(ANY_LIFE, max_examples=15)
@given(happened=happenings())
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_both_ways_leave_the_same_rows_on_postgresql(
    engine: Engine, happened: list[Happening]
) -> None:
    both_ways(engine, happened)


def in_crowds(happened: list[Happening], size: int) -> Iterator[list[Happening]]:
    """The same in the same order, but news of replies in crowds of up to `size`."""
    crowd: list[Happening] = []
    for what in happened:
        if crowd and not (isinstance(what, News) and isinstance(crowd[0], News)):
            yield crowd
            crowd = []
        crowd.append(what)
        if len(crowd) == size:
            yield crowd
            crowd = []
    if crowd:
        yield crowd


@settings(ANY_LIFE, max_examples=40)
@given(happened=happenings(), size=st.sampled_from([2, 5, 64]))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_crowds_leave_the_truth_on_sqlite(
    engine: Engine, happened: list[Happening], size: int
) -> None:
    crowded(engine, happened, size)


@settings(ANY_LIFE, max_examples=15)
@given(happened=happenings(), size=st.sampled_from([2, 5, 64]))
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_crowds_leave_the_truth_on_postgresql(
    engine: Engine, happened: list[Happening], size: int
) -> None:
    crowded(engine, happened, size)


def crowded(engine: Engine, happened: list[Happening], size: int) -> None:
    """Let replies come in crowds to one schedule and one by one to another, and compare."""
    with engine.connect() as tx:
        number = next(CHANNELS)
        crowds, alone = begun(tx, number=number), begun(tx, together=False, number=number)
        for crowd in in_crowds(happened, size):
            news = [what for what in crowd if isinstance(what, News)]
            if news:
                crowds.arrive(tx, news)
                alone.arrive(tx, news)
            else:
                for what in crowd:
                    crowds.happens(tx, what)
                    alone.happens(tx, what)
            # Which of two versions of a message came first decides about its mark.
            unordered = frozenset({"mark_at"})
            assert left_behind(tx, crowds, but=unordered) == left_behind(tx, alone, but=unordered)
        assert crowds.kept(tx) == crowds.true()
        tx.rollback()


def test_the_first_of_a_members_replies_in_a_crowd_is_the_one_told(engine: Engine) -> None:
    with engine.connect() as tx:
        life = begun(tx)
        life.happens(tx, Ask(0))
        news = [News(number, 0, number % 2, 1) for number in range(4)]
        outcomes = life.arrive(tx, news)
        assert [one.told for one in outcomes] == [Told.COUNTED, Told.COUNTED, None, None]
        assert {one.tick for one in outcomes} == {Tick.ADD}
        assert {one.streak.current for one in outcomes} == {1}
        tx.rollback()


def test_what_came_of_a_message_that_needs_a_closer_look_stays_behind_it(engine: Engine) -> None:
    with engine.connect() as tx:
        life = begun(tx)
        life.happens(tx, Ask(0))
        life.happens(tx, News(0, 0, 0, 1))
        life.happens(tx, Ask(1))
        life.happens(tx, Ask(2))
        # Two rounds have closed since, so that only history tells what an answer comes to.
        written, deleted = News(1, 2, 0, 1), News(1, 2, 0, 1, deleted=True)
        replies = [reply(life.channel, one) for one in (written, deleted)]
        assert record_together(tx, replies, MINIMUM_WORDS, BEGIN) == [ALONE, ALONE]
        tx.rollback()


def test_the_usual_reply_needs_no_closer_look(engine: Engine) -> None:
    with engine.connect() as tx:
        life = begun(tx)
        for place in range(3):
            life.happens(tx, Ask(place))
            life.happens(tx, Settle())
            # Somebody who comes every day, somebody who comes now and then, and a remark.
            news = [News(10 * place, place, 0, 1), News(10 * place + 2, place, 2, 3, enough=False)]
            news += [News(10 * place + 1, place, 1, 2)] if place != 1 else []
            replies = [reply(life.channel, one) for one in (*news, news[0])]
            assert ALONE not in record_together(tx, replies, MINIMUM_WORDS, BEGIN)
            for one in news:
                life.note(one)
        assert life.kept(tx) == life.true()
        tx.rollback()


@pytest.mark.parametrize("what", [News(1, 0, 0, 1), News(1, 0, 0, 1, enough=False)])
def test_what_somebody_else_stored_meanwhile_is_not_stored_again(
    engine: Engine, what: News
) -> None:
    with engine.connect() as tx:
        life = begun(tx)
        life.happens(tx, Ask(0))
        news = reply(life.channel, what)
        [verdict] = take([(news, hold(tx, [news])[0])], MINIMUM_WORDS)
        assert isinstance(verdict, Taken)
        life.done(tx, what)
        with pytest.raises(OvertakenError):
            keep(tx, [verdict], BEGIN)
        tx.rollback()


def test_a_first_answer_that_somebody_else_counted_meanwhile_is_not_counted_again(
    engine: Engine,
) -> None:
    with engine.connect() as tx:
        life = begun(tx)
        life.happens(tx, Ask(0))
        news = reply(life.channel, News(1, 0, 0, 1))
        [verdict] = take([(news, hold(tx, [news])[0])], MINIMUM_WORDS)
        assert isinstance(verdict, Taken)
        life.done(tx, News(2, 0, 0, 2))
        with pytest.raises(OvertakenError):
            keep(tx, [verdict], BEGIN)
        tx.rollback()


def test_people_of_many_channels_at_once(engine: Engine) -> None:
    with engine.connect() as tx:
        lives = [begun(tx) for _ in range(3)]
        for life in lives:
            life.happens(tx, Ask(0))
        news = [News(number, 0, number, 1) for number in range(len(MEMBERS))]
        crowd = [reply(life.channel, one) for life in lives for one in news]
        results = record_together(tx, crowd, MINIMUM_WORDS, BEGIN)
        assert {type(one) for one in results} == {AnswerOutcome}
        for life in lives:
            for one in news:
                life.note(one)
            assert life.kept(tx) == life.true()
        tx.rollback()

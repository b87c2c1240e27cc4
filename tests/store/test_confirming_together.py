"""Many rounds confirmed in one transaction are as if each had been confirmed by itself."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from bot.domain.answering import AnswerOutcome
from bot.domain.ids import ChannelId
from bot.domain.rounds import Evidence
from bot.features.daily_question.service import confirm, confirm_all
from bot.store.database import Connection
from bot.store.tables import answers, cards, rounds, standings
from proof.oracles.lives import BEGIN, Ask, Happening, Life, News
from tests.statements import watched
from tests.store.test_standings import PLACES, happenings

_CHANNELS = itertools.count()
_NAMES = st.integers(0, 2)

Confirming = Callable[[Connection, Sequence[Evidence]], list[list[AnswerOutcome]]]


def together(tx: Connection, evidence: Sequence[Evidence]) -> list[list[AnswerOutcome]]:
    """Confirm all in one go."""
    return confirm_all(tx, evidence, BEGIN)


def one_by_one(tx: Connection, evidence: Sequence[Evidence]) -> list[list[AnswerOutcome]]:
    """Confirm each by itself."""
    return [confirm(tx, one.installation_id, one.round_id, one.ts, BEGIN) for one in evidence]


def what_became_of_it(
    tx: Connection, confirming: Confirming, evidence: Sequence[Evidence]
) -> tuple[Any, ...]:
    """What people hear, and what all tables say afterwards; all is left as it was."""
    savepoint = tx.begin_nested()
    heard = confirming(tx, evidence)
    tables = [
        sorted(map(repr, tx.execute(select(table))))
        for table in (rounds, cards, answers, standings)
    ]
    savepoint.rollback()
    return heard, *tables


@given(
    pasts=st.lists(happenings(), min_size=3, max_size=3),
    found=st.lists(st.tuples(_NAMES, st.integers(0, PLACES - 1)), min_size=1, max_size=6),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_came_before_confirming_together_is_confirming_one_by_one(
    engine: Engine, pasts: list[list[Happening]], found: list[tuple[int, int]]
) -> None:
    with engine.connect() as tx:
        lives = [Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES) for _ in pasts]
        for life, past in zip(lives, pasts, strict=True):
            life.begin(tx)
            for what in past:
                life.done(tx, what)
        evidence = [lives[name].evidence(place) for name, place in found]
        assert what_became_of_it(tx, together, evidence) == what_became_of_it(
            tx, one_by_one, evidence
        )
        tx.rollback()


A_FEW_SECONDS = 5
PLAIN_PAST: list[Happening] = [Ask(0), News(1, 0, 0, A_FEW_SECONDS)]
ODD_PASTS = {
    "nothing happened yet": [],
    "the one before is open": PLAIN_PAST,
    "the one before was answered too late": [*PLAIN_PAST, News(2, 0, 1, 150)],
    "it was answered before we knew of it": [*PLAIN_PAST, News(3, 1, 1, A_FEW_SECONDS)],
    "a later one was posted": [*PLAIN_PAST, Ask(3), News(4, 3, 0, A_FEW_SECONDS)],
    "it is known already": [*PLAIN_PAST, Ask(1)],
}


@pytest.mark.parametrize("past", ODD_PASTS.values(), ids=ODD_PASTS)
@pytest.mark.parametrize("also", [[1], [1, 1], [1, 2], [2, 1]], ids=repr)
def test_each_odd_case_comes_to_the_same(
    engine: Engine, past: list[Happening], also: list[int]
) -> None:
    with engine.connect() as tx:
        odd, plain = (Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES) for _ in range(2))
        for life, what in ((odd, past), (plain, PLAIN_PAST)):
            life.begin(tx)
            for happening in what:
                life.done(tx, happening)
        evidence = [plain.evidence(1), *(odd.evidence(place) for place in also)]
        assert what_became_of_it(tx, together, evidence) == what_became_of_it(
            tx, one_by_one, evidence
        )
        tx.rollback()


def test_replies_that_wait_for_nothing_any_more_are_dropped(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=2)
        life.begin(tx)
        for what in (Ask(0), News(1, -1, 0, A_FEW_SECONDS)):
            life.done(tx, what)
        evidence = [life.evidence(1)]
        assert tx.scalar(select(func.count()).where(answers.c.round_id.is_(None))) == 1
        assert what_became_of_it(tx, together, evidence) == what_became_of_it(
            tx, one_by_one, evidence
        )
        tx.rollback()


def test_many_take_as_many_statements_as_two(engine: Engine) -> None:
    with engine.connect() as tx:
        lives = [Life(ChannelId(f"C{next(_CHANNELS)}"), places=2) for _ in range(60)]
        for life in lives:
            life.begin(tx)
            life.done(tx, Ask(0))
        counts = []
        for some in (lives[:2], lives[2:]):
            with watched(engine) as sent:
                confirm_all(tx, [life.evidence(1) for life in some], BEGIN)
            counts.append(len(sent))
        assert counts[0] == counts[1]
        tx.rollback()

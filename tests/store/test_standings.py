"""Kept standings and the truth are one, whatever happens in whatever order and however often."""

import itertools
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot.domain.ids import ChannelId
from bot.domain.streaks import Streak
from bot.store import rounds, standings
from bot.store.database import Connection
from proof.oracles.lives import MEMBERS, Ask, Away, Happening, Life, News, Settle, Void

PLACES = 8
_PLACE = st.integers(0, PLACES - 1)
_MEMBER = st.integers(0, len(MEMBERS) - 1)
_SECONDS = st.sampled_from([1, 50, 99, 100, 101, 250])
_CHANNELS = itertools.count()


@st.composite
def happenings(draw: st.DrawFn) -> list[Happening]:
    """Draw what happens: messages in all their versions, and everything else, all shuffled."""
    messages = draw(st.lists(st.tuples(_PLACE, _MEMBER, _SECONDS, st.booleans()), max_size=16))
    happened: list[Happening] = []
    for number, (place, member, seconds, enough) in enumerate(messages):
        original = News(number, place, member, seconds, enough)
        edits = draw(st.lists(st.booleans(), max_size=2))
        versions = [original] + [
            replace(original, enough=words, edited=edit) for edit, words in enumerate(edits, 1)
        ]
        if draw(st.integers(0, 4)) == 0:
            versions.append(replace(versions[-1], deleted=True))
        happened += versions
    # Now and then someone answers everything, so that freezes are earned and spent.
    if draw(st.booleans()):
        member = draw(_MEMBER)
        gaps = draw(st.sets(_PLACE, max_size=3))
        happened += [
            News(100 + place, place, member, 1) for place in range(PLACES) if place not in gaps
        ]
    happened += [Ask(place) for place in draw(st.sets(_PLACE))]
    happened += draw(st.lists(st.builds(Void, _PLACE, _SECONDS), max_size=2))
    happened += draw(st.lists(st.builds(Away, _MEMBER, _PLACE, st.integers(-1, 3)), max_size=2))
    happened += [Settle()] * draw(st.integers(0, 4))
    again = draw(st.lists(st.sampled_from(happened), max_size=6)) if happened else []
    order = draw(st.sampled_from(["as written", "shuffled"]))
    if order == "as written":
        return sorted([*happened, *again], key=_when)
    return draw(st.permutations([*happened, *again]))


def _when(what: Happening) -> float:
    match what:
        case Ask(place):
            return 100 * place
        case News(place=place, seconds=seconds):
            return 100 * place + seconds
        case Void(place, seconds):
            return 100 * place + seconds
        case _:
            return 250


def lived(engine: Engine, happened: list[Happening]) -> None:
    """Let it all happen in one transaction that never stays, comparing after every step."""
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
        life.begin(tx)
        for what in happened:
            outcomes = life.happens(tx, what)
            settled(tx, life)
            for outcome in outcomes:
                assert outcome.streak == life.truth(MEMBERS.index(outcome.reply.member_id))
        tx.rollback()


def settled(tx: Connection, life: Life) -> None:
    """Compare what is kept, what is explained and what is true; and leave all as it was."""
    savepoint = tx.begin_nested()
    kept, explained, true = life.kept(tx), life.explained(tx), life.true()
    savepoint.rollback()
    assert kept == true
    assert explained == true


ANY_LIFE = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@settings(ANY_LIFE, max_examples=80)
@given(happened=happenings())
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_standings_are_the_truth_on_sqlite(engine: Engine, happened: list[Happening]) -> None:
    lived(engine, happened)


@settings(ANY_LIFE, max_examples=15)
@given(happened=happenings())
@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_standings_are_the_truth_on_postgresql(engine: Engine, happened: list[Happening]) -> None:
    lived(engine, happened)


FOUND_LATE: list[Happening] = [
    *(Ask(place) for place in (0, 2, 3)),
    *(News(place, place, 0, 1) for place in (0, 2)),
    Settle(),
    Ask(1),
]
CARD_GONE: list[Happening] = [
    *(Ask(place) for place in range(4)),
    *(News(place, place, 0, 1) for place in (0, 2)),
    Settle(),
    Void(1, 50),
]
WITHDRAWN_LATE: list[Happening] = [
    *(Ask(place) for place in range(4)),
    *(News(place, place, 0, 1) for place in range(3)),
    Settle(),
    replace(News(1, 1, 0, 1), deleted=True),
]
WAITED: list[Happening] = [Ask(0), News(0, 0, 0, 1), News(1, 1, 0, 1), News(2, 2, 0, 1), Ask(2)]


@pytest.mark.parametrize(
    ("happened", "streak"),
    [
        pytest.param(FOUND_LATE, Streak(1, 1, 0, 2), id="a round she missed is found afterwards"),
        pytest.param(CARD_GONE, Streak(2, 2, 0, 2), id="the card of the one she missed had gone"),
        pytest.param(WITHDRAWN_LATE, Streak(1, 1, 0, 2), id="an old answer is withdrawn"),
        pytest.param(WAITED, Streak(2, 2, 0, 2), id="an answer waited for its round"),
    ],
)
def test_what_is_learnt_afterwards_changes_what_was_settled(
    engine: Engine, happened: list[Happening], streak: Streak
) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
        life.begin(tx)
        for what in happened:
            life.happens(tx, what)
            settled(tx, life)
        assert life.kept(tx)[0] == streak
        tx.rollback()


def test_an_answer_found_to_be_late_leaves_the_standing_at_once(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
        life.begin(tx)
        # Written when the second question was out already, of which nobody knew yet.
        for what in (Ask(0), News(0, 0, 0, 150)):
            life.happens(tx, what)
        assert standings.of_member(tx, life.scope, MEMBERS[0]) == Streak(1, 1, 0, 1)
        life.happens(tx, Ask(1))
        assert standings.of_member(tx, life.scope, MEMBERS[0]) is None
        tx.rollback()


ANSWERS = [News(place, place, 0, 1) for place in range(PLACES)]
QUESTIONS = [Ask(place) for place in range(PLACES)]


def test_the_same_happenings_in_any_order_come_to_the_same(engine: Engine) -> None:
    happened: list[Happening] = [
        *QUESTIONS,
        *ANSWERS[:6],
        News(20, 3, 1, 5),
        News(21, 5, 1, 150),
        News(20, 3, 1, 5, enough=False, edited=1),
        News(22, 1, 2, 5),
        replace(News(22, 1, 2, 5), deleted=True),
    ]
    found: set[tuple[Streak, ...]] = set()
    with engine.connect() as tx:
        for seed in range(6):
            life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
            life.begin(tx)
            for what in Random(seed).sample(happened, len(happened)):
                life.happens(tx, what)
            found.add(tuple(life.kept(tx).values()))
    # Six answered, one freeze earned with the fifth, spent by the seventh; the eighth is open.
    assert found == {(Streak(6, 6, 0, 6), Streak(), Streak())}


def test_a_closed_round_is_settled_some_members_at_a_time_and_nobody_twice(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
        life.begin(tx)
        all_answer = [News(number, 0, number, 1) for number in range(len(MEMBERS))]
        happened: list[Happening] = [Ask(0), *all_answer, Ask(1), Ask(2)]
        for what in happened:
            life.happens(tx, what)
        turns = 0
        while closed := rounds.first_unsettled(
            tx, life.scope.installation_id, life.scope.schedule_id
        ):
            standings.settle(tx, closed, limit=2)
            turns += 1
        # Two closed rounds, three members: each takes a turn for two, and one for the last.
        assert turns == 4
        assert dict(standings.all_of(tx, life.scope)) == {
            who: life.truth(place) for place, who in enumerate(MEMBERS)
        }
        tx.rollback()


def test_a_look_brings_those_up_to_date_whose_streaks_run(engine: Engine) -> None:
    with engine.connect() as tx:
        life = Life(ChannelId(f"C{next(_CHANNELS)}"), places=PLACES)
        life.begin(tx)
        two_answer = [News(0, 0, 0, 1), News(1, 0, 1, 1)]
        happened: list[Happening] = [Ask(0), *two_answer, Ask(1), News(2, 1, 1, 1), Ask(2)]
        for what in happened:
            life.happens(tx, what)
        assert standings.before_a_look(tx, life.scope, None)
        assert dict(standings.all_of(tx, life.scope)) == {
            who: life.truth(place) for place, who in enumerate(MEMBERS[:2])
        }
        tx.rollback()

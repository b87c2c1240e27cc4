"""Two workspaces that share a channel, and the people in it, share nothing else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, delete, func, make_url, select

from bot.domain.ids import ChannelId, MessageTs, QuestionSlug
from bot.domain.streaks import Streak
from bot.features.leaderboard.service import board
from bot.features.streak.service import report
from bot.store import confirming, practice, rounds
from bot.store.database import Connection, _sqlite_engine
from bot.store.tables import WITHOUT_INSTALLATION, installations, metadata
from proof.oracles.lives import BEGIN, MEMBERS, Ask, Away, Life, News, Void

SHARED = ChannelId("C0SHARED")
ALICE, BOB, _ = MEMBERS


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    """A transaction on a migrated database of either kind."""
    url = make_url(database_url)
    sqlite = url.get_backend_name() == "sqlite"
    engine: Engine = _sqlite_engine(url, "BEGIN IMMEDIATE") if sqlite else create_engine(url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.fixture
def ours(tx: Connection) -> Life:
    """Our schedule in the shared channel; its questions are those of even places."""
    life = Life(SHARED, "T0OURS")
    life.begin(tx)
    return life


@pytest.fixture
def theirs(tx: Connection) -> Life:
    """The other workspace's; its questions are those of odd places."""
    life = Life(SHARED, "T0THEIRS")
    life.begin(tx)
    return life


def test_replies_wait_for_the_question_of_either(tx: Connection, ours: Life, theirs: Life) -> None:
    for answer in (News(0, 0, 0, 1), News(1, 1, 0, 1), News(2, 1, 1, 1)):
        # Slack tells it once, and nothing says yet whose question it answers.
        ours.done(tx, answer)
    told = [*ours.done(tx, Ask(0)), *theirs.done(tx, Ask(1))]
    assert [(one.installation_id, one.reply.member_id) for one in told] == [
        (ours.scope.installation_id, ALICE),
        (theirs.scope.installation_id, ALICE),
        (theirs.scope.installation_id, BOB),
    ]
    assert ours.kept(tx) == {0: Streak(1, 1, 0, 1), 1: Streak(), 2: Streak()}
    assert theirs.kept(tx) == {0: Streak(1, 1, 0, 1), 1: Streak(1, 1, 0, 1), 2: Streak()}


@pytest.fixture
def lived(tx: Connection, ours: Life, theirs: Life) -> tuple[Life, Life]:
    """Alice answers ours, Bob theirs, the one three times and the other twice."""
    for place in (0, 2, 4):
        ours.happens(tx, Ask(place))
        ours.happens(tx, News(place, place, 0, 1))
    for place in (1, 3):
        theirs.happens(tx, Ask(place))
        theirs.happens(tx, News(place, place, 1, 1))
    return ours, theirs


def test_each_has_its_own_board_and_streaks(tx: Connection, lived: tuple[Life, Life]) -> None:
    our_life, their_life = lived
    for life, member, streak in ((our_life, ALICE, 3), (their_life, BOB, 2)):
        seen = board(tx, life.schedule, member, BEGIN)
        assert [(row.standing.member_id, row.standing.streak) for row in seen.rows] == [
            (member, streak)
        ]
        installation = life.scope.installation_id
        mine = report(tx, installation, SHARED, member).streak
        assert mine is not None
        assert mine.current == streak
        stranger = BOB if member is ALICE else ALICE
        assert report(tx, installation, SHARED, stranger).streak is None
        assert life.kept(tx) == life.true()


def test_days_away_and_deleted_cards_are_each_ones_own(
    tx: Connection, lived: tuple[Life, Life]
) -> None:
    our_life, their_life = lived
    their_life.happens(tx, Away(0, 0, 7))
    their_life.happens(tx, Void(3, 1))
    our_life.happens(tx, Ask(6))
    our_life.happens(tx, Ask(7))
    for life in lived:
        assert life.kept(tx) == life.true()
        assert life.explained(tx) == life.true()
    assert our_life.kept(tx)[0].current == 0, "away there is not away here"


def test_a_round_is_confirmed_only_for_whose_it_is(
    tx: Connection, ours: Life, theirs: Life
) -> None:
    stolen = ours.numbers[0]
    of_theirs = confirming.confirm(
        tx, theirs.scope.installation_id, stolen, MessageTs("1772400000.000000"), BEGIN
    )
    assert of_theirs is None
    assert rounds.get(tx, theirs.scope.installation_id, stolen) is None


def test_what_a_member_practised_is_known_to_one_only(
    tx: Connection, ours: Life, theirs: Life
) -> None:
    shown, revealed = QuestionSlug("python/shown"), QuestionSlug("python/revealed")
    installation = ours.scope.installation_id
    practice.show(tx, installation, ALICE, shown, BEGIN)
    practice.reveal(tx, installation, ALICE, revealed, BEGIN + timedelta(hours=1))
    both = [shown, revealed]
    assert {*practice.seen(tx, installation, ALICE, both)} == {*both}
    assert practice.seen(tx, theirs.scope.installation_id, ALICE, both) == {}
    assert practice.seen(tx, installation, BOB, both) == {}


def test_a_purged_workspace_takes_its_own_rows_and_no_others(
    tx: Connection, lived: tuple[Life, Life]
) -> None:
    our_life, their_life = lived
    tx.execute(delete(installations).where(installations.c.id == our_life.scope.installation_id))
    for name, table in metadata.tables.items():
        if name not in WITHOUT_INSTALLATION:
            of_ours = table.c.installation_id == our_life.scope.installation_id
            assert tx.execute(select(func.count()).where(of_ours)).scalar_one() == 0, name
    assert their_life.kept(tx) == their_life.true()

"""Many at once on PostgreSQL: no deadlock, nothing lost, no wrong standing.

SQLite writes one thing at a time; what is proved here cannot go wrong there.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from bot.domain.ids import ChannelId
from bot.domain.streaks import Streak
from bot.features.answers.service import Answers
from bot.features.doctor.service import examine
from bot.store import answers, cards, rounds
from bot.store.database import Connection, Database
from proof.oracles.lives import (
    BEGIN,
    MEMBERS,
    MINIMUM_WORDS,
    Ask,
    Happening,
    Life,
    News,
    Settle,
    Void,
    reply,
)
from sandbox.clock import MovableClock

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]
PLACES = 8


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database on a real server."""
    opened = Database(database_url)
    yield opened
    opened.close()


async def begun(database: Database, name: str = "C1") -> Life:
    """A schedule whose rounds wait to be confirmed."""
    life = Life(ChannelId(name), places=PLACES)
    await database.write(life.begin)
    return life


async def at_once(database: Database, life: Life, happened: list[Happening]) -> None:
    """Let all of it happen at the same time, and note it."""
    # Two of a kind, as in two processes: replies that come to one are stored together.
    rooms = [Answers(database, MovableClock(BEGIN), MINIMUM_WORDS) for _ in range(2)]

    async def let(number: int, what: Happening) -> None:
        if isinstance(what, News):
            await rooms[number % 2].record(reply(life.channel, what))
        else:
            await database.write(lambda tx: life.done(tx, what))

    await asyncio.gather(*(let(number, what) for number, what in enumerate(happened)))
    for what in happened:
        life.note(what)


async def deadlocks(database: Database) -> int:
    """How many transactions the server had to break off."""

    def count(tx: Connection) -> int:
        return int(
            tx.execute(
                text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            ).scalar_one()
        )

    return await database.read(count)


async def everything_is_well(database: Database, *lives: Life) -> None:
    """Compare what is kept with the truth, everywhere."""
    for life in lives:
        assert await database.write(life.kept) == life.true()
    report = await database.write(lambda tx: examine(tx, (), BEGIN))
    assert report.wrong_standings == ()


def busy_days(rng: Random) -> list[Happening]:
    """Answers of everyone to everything, twice and late, while questions are confirmed."""
    answers = [
        News(10 * place + member, place, member, rng.choice([1, 50, 99, 100, 150]))
        for place in range(PLACES)
        for member in range(len(MEMBERS))
        if rng.randrange(4)
    ]
    taken_back = [
        News(news.number, news.place, news.member, news.seconds, deleted=True)
        for news in rng.sample(answers, 3)
    ]
    happened: list[Happening] = [*answers, *answers, *taken_back, *([Settle()] * 6)]
    rng.shuffle(happened)
    return happened


@pytest.mark.parametrize("seed", range(4))
async def test_answers_and_new_questions_at_the_same_time(database: Database, seed: int) -> None:
    rng = Random(seed)
    lives = [await begun(database, f"C{number}") for number in range(2)]

    async def asking(life: Life) -> None:
        for place in range(PLACES):
            await at_once(database, life, [Ask(place)])

    await asyncio.gather(
        *(asking(life) for life in lives),
        *(at_once(database, life, busy_days(rng)) for life in lives),
    )
    await everything_is_well(database, *lives)
    assert await deadlocks(database) == 0


@pytest.mark.parametrize("seed", range(4))
async def test_questions_found_in_any_order_by_several_at_once(
    database: Database, seed: int
) -> None:
    rng = Random(seed)
    life = await begun(database)
    questions = [Ask(place) for place in range(PLACES)] * 2
    happened: list[Happening] = [*questions, *busy_days(rng)]
    rng.shuffle(happened)
    await at_once(database, life, happened)
    await everything_is_well(database, life)


async def test_all_questions_found_at_the_same_moment_close_each_other(database: Database) -> None:
    for number in range(5):
        life = await begun(database, f"C{number}")
        await at_once(database, life, [News(place, place, 0, 1) for place in range(PLACES)])
        await at_once(database, life, [Ask(place) for place in range(PLACES)])
        await everything_is_well(database, life)
        assert life.truth(0) == Streak(8, 8, 1, 8)


async def test_cards_deleted_while_their_questions_close(database: Database) -> None:
    for number in range(5):
        life = await begun(database, f"C{number}")
        for place in range(3):
            await at_once(database, life, [Ask(place), News(place, place, 0, 1)])
        # Its card goes just before the next question comes: the miss must not count.
        await at_once(database, life, [Ask(3)])
        await at_once(
            database, life, [Void(3, 50), Ask(4), Settle(), Void(3, 50), Settle(), Settle()]
        )
        await everything_is_well(database, life)
        assert life.truth(0) == Streak(3, 3, 0, 3)


class Pause:
    """Stops one transaction at its end, before it commits, until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go_on = threading.Event()

    def after(self, work: Callable[[Connection], object]) -> Callable[[Connection], None]:
        """Do `work`, then wait."""

        def paused(tx: Connection) -> None:
            work(tx)
            self.reached.set()
            assert self.go_on.wait(30)

        return paused


async def meanwhile(
    database: Database,
    first: Callable[[Connection], object],
    *then: Callable[[Connection], object],
) -> None:
    """Let `then` happen one after the other while `first` is done but not committed.

    What has to wait for `first` gets its chance to finish only after that.
    """
    pause = Pause()
    slow = asyncio.create_task(database.write(pause.after(first)))
    assert await asyncio.to_thread(pause.reached.wait, 30)
    rest = asyncio.create_task(in_turn(database, then))
    await asyncio.wait([rest], timeout=0.5)
    pause.go_on.set()
    await asyncio.gather(slow, rest)


async def in_turn(database: Database, works: tuple[Callable[[Connection], object], ...]) -> None:
    """One transaction after the other."""
    for work in works:
        await database.write(work)


async def test_a_reply_that_is_being_kept_while_its_question_is_confirmed_is_taken_in(
    database: Database,
) -> None:
    life = await begun(database)
    answer = News(1, 0, 0, 1)
    await meanwhile(database, lambda tx: life.done(tx, answer), lambda tx: life.done(tx, Ask(0)))
    life.note(answer)
    life.note(Ask(0))
    await everything_is_well(database, life)
    assert life.truth(0).current == 1


async def test_a_reply_that_comes_while_its_question_is_being_confirmed_is_taken_in(
    database: Database,
) -> None:
    life = await begun(database)
    answer = News(1, 0, 0, 1)
    await meanwhile(database, lambda tx: life.done(tx, Ask(0)), lambda tx: life.done(tx, answer))
    life.note(answer)
    life.note(Ask(0))
    await everything_is_well(database, life)
    assert life.truth(0).current == 1


async def test_news_of_an_old_round_while_the_next_ones_close_leaves_nothing_behind(
    database: Database,
) -> None:
    life = await begun(database)
    for place in (0, 1):
        await database.write(lambda tx, place=place: life.happens(tx, Ask(place)))  # type: ignore[misc]
    # She answered the first in time, but the news comes only now; she misses the second.
    late_news = News(1, 0, 0, 1)
    await meanwhile(
        database,
        lambda tx: life.done(tx, late_news),
        lambda tx: life.done(tx, Ask(2)),
        lambda tx: life.done(tx, Settle()),
    )
    life.note(late_news)
    life.note(Ask(2))
    await database.write(lambda tx: life.done(tx, Settle()))
    await everything_is_well(database, life)
    assert life.truth(0) == Streak(0, 1, 0, 1)


async def test_two_questions_found_at_once_do_not_both_close_the_one_before(
    database: Database,
) -> None:
    life = await begun(database)
    await database.write(lambda tx: life.happens(tx, Ask(0)))
    await meanwhile(database, lambda tx: life.done(tx, Ask(1)), lambda tx: life.done(tx, Ask(2)))
    life.note(Ask(1))
    life.note(Ask(2))
    for member in range(2):
        await at_once(database, life, [News(10 + member, member, 0, 1)])
    await everything_is_well(database, life)


async def test_an_edit_that_is_being_counted_keeps_its_round_from_closing(
    database: Database,
) -> None:
    life = await begun(database)
    first = News(1, 0, 0, 150, enough=False)
    for what in (Ask(0), first):
        await database.write(lambda tx, what=what: life.happens(tx, what))  # type: ignore[misc]
    # Written when the second question was out already, of which nobody knew yet.
    edit = News(1, 0, 0, 150, edited=1)
    await meanwhile(
        database,
        lambda tx: life.done(tx, edit),
        lambda tx: life.done(tx, Ask(1)),
        lambda tx: life.done(tx, Settle()),
    )
    life.note(edit)
    life.note(Ask(1))
    await everything_is_well(database, life)
    assert life.truth(0) == Streak()


async def test_a_card_deleted_while_its_round_closes_and_is_settled_is_no_miss(
    database: Database,
) -> None:
    life = await begun(database)
    for what in (Ask(0), News(1, 0, 0, 1), Ask(1)):
        await database.write(lambda tx, what=what: life.happens(tx, what))  # type: ignore[misc]
    await meanwhile(
        database,
        lambda tx: (life.done(tx, Ask(2)), life.done(tx, Settle())),
        lambda tx: life.done(tx, Void(1, 50)),
    )
    life.note(Ask(2))
    life.note(Void(1, 50))
    await everything_is_well(database, life)
    assert life.truth(0) == Streak(1, 1, 0, 1)


ONE_ANSWERED: list[Happening] = [Ask(0), News(1, 0, 0, 1)]
CLOSED: list[Happening] = [*ONE_ANSWERED, News(2, 0, 1, 1), Ask(1)]


@pytest.mark.parametrize(
    ("before", "news", "together", "answered"),
    [
        pytest.param(ONE_ANSWERED, News(2, 0, 1, 1), True, 2, id="an answer"),
        pytest.param(ONE_ANSWERED, News(2, 0, 1, 1), False, 2, id="an answer, thoroughly"),
        pytest.param(
            CLOSED, News(2, 0, 1, 1, deleted=True), True, 1, id="an old one that is taken back"
        ),
    ],
)
async def test_a_card_that_is_taken_while_the_count_changes_is_right_in_the_end(
    database: Database, before: list[Happening], news: News, together: bool, answered: int
) -> None:
    life = await begun(database)
    life.together = together
    for what in before:
        await database.write(lambda tx, what=what: life.happens(tx, what))  # type: ignore[misc]
    shown: list[int] = []

    def take(tx: Connection, later: timedelta = timedelta(0)) -> None:
        taken = cards.take_due(tx, BEGIN + later, 10, timedelta(seconds=20))
        for installation, number, _ in taken:
            row = rounds.get(tx, installation, number)
            if row is not None and number == life.numbers[0]:
                shown.append(answers.members_in_round(tx, row))

    await meanwhile(database, lambda tx: life.done(tx, news), take)
    await database.write(lambda tx: take(tx, timedelta(minutes=1)))
    assert shown[-1] == answered

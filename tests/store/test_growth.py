"""What a look, a draw and a tick cost, in steps of the database's own machine: not with the size.

SQLite counts them: no clock, and the same on every machine.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from bot.domain.counting import MOST_COUNTED
from bot.domain.ids import ChannelId, MemberId, QuestionSlug
from bot.domain.installations import Identity
from bot.domain.practice import Practiser, Wanted
from bot.domain.rounds import RoundState
from bot.domain.schedules import Schedule, ScheduleDraft
from bot.features.home import service as home_service
from bot.features.leaderboard import service as leaderboard
from bot.features.random_question import service as random_question
from bot.store import answers, installations, rounds, schedules, standings
from bot.store.database import Connection
from bot.store.rounds import RoundRow
from bot.store.standings import Scope
from bot.store.tables import answers as answers_table
from bot.store.tables import practice as practice_table
from bot.store.tables import rounds as rounds_table
from bot.store.tables import standings as standings_table
from content.bank import Bank
from tests.content import samples
from tests.features.diary import EVERY_DAY, at_nine, ts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

LAST_DAY = date(2026, 3, 2)
BEFORE = at_nine(LAST_DAY)
NOW = at_nine(LAST_DAY) + timedelta(hours=3)
STEPS_AT_ONCE = 20
"""How finely steps are counted."""
HARDLY_MORE = 1.3
"""Trees grow by a level here and there."""


def steps(tx: Connection, work: Callable[[], Any]) -> int:
    """How many steps SQLite's machine takes for some work."""
    connection = tx.connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += STEPS_AT_ONCE
        return 0

    connection.set_progress_handler(count, STEPS_AT_ONCE)
    try:
        work()
    finally:
        connection.set_progress_handler(None, 0)
    return counted


@dataclass(frozen=True)
class Size:
    """How much there is of everything. `members` answered the last question, but for one."""

    members: int = 20
    days: int = 40


@dataclass(frozen=True)
class World:
    """A schedule with a history: `regular` answered every question, the others the last one."""

    schedule: Schedule
    regular: MemberId
    last: MemberId
    open_round: RoundRow

    @property
    def scope(self) -> Scope:
        """Whose standings."""
        return Scope(self.schedule.installation_id, self.schedule.id)


REGULAR = MemberId("U0000000")


def world(tx: Connection, size: Size) -> World:
    """Write a schedule of this size down, as it would have come to be."""
    channel = ChannelId(f"C{size.members}-{size.days}")
    home = installations.ensure(tx, Identity(channel, None, MemberId("B1")), NOW).id
    schedules.create(tx, ScheduleDraft(home, channel, REGULAR, EVERY_DAY), None, seed=1, at=NOW)
    schedule = schedules.in_channel(tx, home, channel)
    assert schedule is not None
    days = [LAST_DAY - timedelta(days=ago) for ago in range(size.days)][::-1]
    tx.execute(insert(rounds_table), [_round(schedule, day) for day in days])
    numbers = list(
        tx.execute(
            rounds_table.select()
            .where(rounds_table.c.schedule_id == schedule.id)
            .order_by(rounds_table.c.message_ts)
        )
    )
    members = [MemberId(f"U{number:07}") for number in range(size.members)]
    tx.execute(
        insert(answers_table),
        [
            *(_answer(schedule, row, REGULAR) for row in numbers),
            *(_answer(schedule, numbers[-1], member) for member in members[1:]),
        ],
    )
    tx.execute(insert(standings_table), [_standing(schedule, one, size, days) for one in members])
    open_round = rounds.open_round(tx, home, schedule.id)
    assert open_round is not None
    return World(schedule, REGULAR, members[-1], open_round)


def _of(schedule: Schedule) -> dict[str, Any]:
    return {"installation_id": schedule.installation_id, "schedule_id": schedule.id}


def _round(schedule: Schedule, day: date) -> dict[str, Any]:
    closes = day + timedelta(days=1)
    return _of(schedule) | {
        "channel_id": schedule.channel_id,
        "question": f"python/{day}",
        "local_date": day,
        "due_at": at_nine(day),
        "state": RoundState.POSTED,
        "message_ts": ts(at_nine(day)),
        "closed_ts": None if day == LAST_DAY else ts(at_nine(closes)),
        "settled": day != LAST_DAY,
    }


def _answer(schedule: Schedule, row: Any, member: MemberId) -> dict[str, Any]:
    seconds, _ = row.message_ts.split(".")
    return _of(schedule) | {
        "round_id": row.id,
        "channel_id": schedule.channel_id,
        "thread_ts": row.message_ts,
        "ts": f"{int(seconds) + 60}.{member[1:]}"[:18],
        "member_id": member,
        "words": 9,
        "has_file": False,
        "counted": True,
    }


def _standing(schedule: Schedule, member: MemberId, size: Size, days: list[date]) -> dict[str, Any]:
    streak = size.days if member == REGULAR else 1
    return _of(schedule) | {
        "member_id": member,
        "streak": streak,
        "best": streak,
        "freezes": 0,
        "answered": streak,
        "base_ts": ts(at_nine(days[-2])),
        "base_streak": streak - 1,
        "base_best": streak - 1,
        "base_answered": streak - 1,
    }


MANY = Size(members=MOST_COUNTED + 100)
TEN_TIMES_AS_MANY = Size(members=10 * MOST_COUNTED + 1_000)
A_MONTH_OR_TWO, TEN_YEARS = Size(days=60), Size(days=3_600)
SIZES = pytest.mark.parametrize(
    ("small", "large"), [(MANY, TEN_TIMES_AS_MANY), (A_MONTH_OR_TWO, TEN_YEARS)]
)


def compare(
    engine: Engine, small: Size, large: Size, work: Callable[[Connection, World], Any]
) -> None:
    """Let some work cost hardly more in a large world than in a small one."""
    with engine.connect() as tx:
        worlds = [world(tx, small), world(tx, large)]
        work(tx, worlds[0])  # SQLAlchemy and SQLite prepare their statements
        costs = [steps(tx, partial(work, tx, one)) for one in worlds]
        tx.rollback()
    assert costs[1] <= HARDLY_MORE * costs[0] + 5 * STEPS_AT_ONCE, costs


@SIZES
def test_a_board(engine: Engine, small: Size, large: Size) -> None:
    def look(tx: Connection, one: World) -> None:
        board = leaderboard.board(tx, one.schedule, one.last, NOW)
        assert board.mine is not None
        assert board.rows[0].standing.recent == 30

    compare(engine, small, large, look)


@SIZES
def test_a_home(engine: Engine, small: Size, large: Size) -> None:
    def look(tx: Connection, one: World) -> None:
        channels = frozenset({one.schedule.channel_id})
        visit = home_service.Visit(one.schedule.installation_id, one.regular, channels)
        assert len(home_service.home(tx, visit, NOW).schedules) == 1
        assert home_service.unsettled(tx, visit) == []

    compare(engine, small, large, look)


@SIZES
def test_the_number_on_a_card(engine: Engine, small: Size, large: Size) -> None:
    def count(tx: Connection, one: World) -> None:
        assert answers.members_in_round(tx, one.open_round) > 0

    compare(engine, small, large, count)


@SIZES
def test_whose_answers_came_after_the_closing(engine: Engine, small: Size, large: Size) -> None:
    def find(tx: Connection, one: World) -> None:
        assert answers.late_members(tx, one.open_round, ts(NOW)) == []

    compare(engine, small, large, find)


@SIZES
def test_a_look_at_a_schedule_in_which_a_round_has_just_closed(
    engine: Engine, small: Size, large: Size
) -> None:
    def look(tx: Connection, one: World) -> None:
        standings.before_a_look(tx, one.scope, one.regular)

    compare(engine, small, large, look)


@pytest.mark.parametrize("has_seen_all", [False, True])
def test_a_question_to_practise(engine: Engine, has_seen_all: bool) -> None:
    costs = []
    with engine.connect() as tx:
        for many in (330, 3_300):
            home = installations.ensure(tx, Identity(f"T{many}", None, MemberId("B1")), NOW).id
            one = samples.entry().question
            bank = Bank.of(replace(one, slug=QuestionSlug(f"s/{n}")) for n in range(many))
            if has_seen_all:
                shown = {"installation_id": home, "member_id": REGULAR, "shown_at": BEFORE}
                tx.execute(
                    insert(practice_table),
                    [shown | {"question": question.slug} for question in bank.questions],
                )
            practiser, chances = Practiser(home, REGULAR, Wanted()), Random(3)
            draw = partial(random_question.pick, tx, bank, practiser, chances, NOW)
            draw()  # where all were seen, this deals a hand
            costs.append(sum(steps(tx, draw) for _ in range(20)))
        tx.rollback()
    assert costs[1] <= HARDLY_MORE * costs[0], costs


@SIZES
def test_a_turn_of_settling(engine: Engine, small: Size, large: Size) -> None:
    def turn(tx: Connection, one: World) -> None:
        standings.settle(tx, one.open_round, limit=100)

    compare(engine, small, large, turn)

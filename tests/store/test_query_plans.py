"""What happens every day costs the same however long the history is."""

import re
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from bot.domain.decks import Deck
from bot.domain.ids import ChannelId, QuestionSlug
from bot.domain.practice import Practiser, Wanted
from bot.features.daily_question import service as daily_question
from bot.features.home.service import Visit, unsettled
from bot.features.home.service import home as read_home
from bot.features.leaderboard.service import board
from bot.features.random_question.service import pick
from bot.features.streak.service import report
from bot.store import cards, decks, posting, schedules, standings
from bot.store.database import Connection
from bot.store.tables import metadata
from content.bank import Bank
from proof.oracles.lives import BEGIN, MEMBERS, Ask, Happening, Life, News, Settle, Void
from tests.content import samples
from tests.statements import Sent, watched

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""It tells plainly how it goes about a query."""

LARGE = ("answers", "rounds", "standings", "cards", "decks", "schedules", "practice", "reveals")
OF_FEW_ROWS = {
    index.name
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes of those rows only that wait for something: it does no harm to read all of such a one."""
BANK = Bank.of(
    replace(samples.entry().question, slug=QuestionSlug(f"new/{number}")) for number in range(50)
)


def old_life(tx: Connection, places: int) -> Life:
    """A schedule with a history: everyone answered every question but the last two."""
    life = Life(ChannelId(f"C{places}"), places=places + 2)
    life.begin(tx)
    for place in range(places):
        life.done(tx, Ask(place))
        for member in range(len(MEMBERS)):
            life.done(tx, News(10 * place + member, place, member, 1))
        life.done(tx, Settle())
    return life


def a_day(places: int) -> list[Happening]:
    """What happens on one more day: the next question, its answers, an edit, its conclusions."""
    return [
        News(9_000, places, 0, 2),
        Ask(places),
        News(9_001, places, 0, 1),
        News(9_001, places, 0, 1),
        News(9_002, places, 1, 1),
        News(9_002, places, 1, 1, enough=False, edited=1),
        Settle(),
    ]


def seen(tx: Connection, life: Life) -> None:
    """Look at the board, at one's own streak and at Home; practise, and draw a question."""
    home, me = life.schedule.installation_id, MEMBERS[0]
    board(tx, life.schedule, me, BEGIN)
    standings.before_a_look(tx, life.scope, me)
    report(tx, home, life.channel, me)
    visit = Visit(home, me, frozenset({life.channel}))
    unsettled(tx, visit)
    read_home(tx, visit, BEGIN)
    pick(tx, BANK, Practiser(home, me, Wanted()), Random(1), BEGIN)
    draw(tx, life)


def draw(tx: Connection, life: Life) -> None:
    """Draw the next question by bookmarks of all kinds."""
    home = life.schedule.installation_id
    asked = decks.asked(tx, [life.schedule])[life.schedule.id]
    few, many = Deck.of(asked), Deck.of([*asked, *(question.slug for question in BANK.questions)])
    for deck in (few, few, many, many):
        drawn = decks.draw(tx, [life.schedule], dict.fromkeys([home], deck).__getitem__)
        decks.keep(tx, [(life.schedule, drawn[life.schedule.id])])


def test_a_day_takes_as_many_statements_after_a_year_as_after_a_week(engine: Engine) -> None:
    counts = []
    with engine.connect() as tx:
        for places in (5, 60):
            life = old_life(tx, places)
            with watched(engine) as sent:
                for what in a_day(places):
                    life.done(tx, what)
                seen(tx, life)
            counts.append(len(sent))
    assert counts[0] == counts[1]


def ticked(tx: Connection) -> None:
    """Do what the clock does every few seconds, whether there is anything to do or not."""
    daily_question.anything_due(tx, BEGIN)
    schedules.due(tx, BEGIN, 100)
    posting.expire_leases(tx, BEGIN)
    posting.ready_to_post(tx, BEGIN, 100)
    daily_question.claim_unknown(tx, BEGIN)
    daily_question.settle(tx)
    cards.take_due(tx, BEGIN, 50, timedelta(seconds=20))


def test_nothing_that_happens_every_day_reads_a_whole_table(engine: Engine) -> None:
    with engine.connect() as tx:
        life = old_life(tx, 5)
        with watched(engine) as sent:
            for what in [*a_day(5), Void(5, 1)]:
                life.done(tx, what)
                ticked(tx)
            seen(tx, life)
        plans = {one.statement: plan(tx, one) for one in sent}
    assert len(plans) > 15
    scans = {statement: steps for statement, steps in plans.items() if any(map(is_scan, steps))}
    assert scans == {}, "\n".join(scans)


def plan(tx: Connection, one: Sent) -> list[str]:
    """How SQLite would go about a statement; empty for what is no query."""
    if not re.match(r"SELECT|UPDATE|DELETE|WITH", one.statement):
        return []
    rows = tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {one.statement}", one.values)
    return [str(row[3]) for row in rows]


def is_scan(step: str) -> bool:
    """Whether a step reads all of a table, or of an index that holds all of its rows."""
    scanned = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    return scanned is not None and scanned[1] in LARGE and scanned[2] not in OF_FEW_ROWS

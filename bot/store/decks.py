"""How far each schedule has come in its deck, kept so that a draw never reads what it asked.

A bookmark is a short cut, never the truth: where it does not fit (the bank has other questions, a
round was given up, the way ahead is not clear) the rule of `bot.domain.decks` is worked out from
all that the schedule asked, and the bookmark made anew. Whoever makes a question unasked again, or
asked after all, must `forget`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Executable,
    ScalarSelect,
    and_,
    column,
    func,
    select,
    update,
    values,
)

from bot.domain.decks import Bookmark, Deck, Draw, Shuffled
from bot.domain.ids import InstallationId, QuestionSlug, ScheduleId
from bot.domain.rounds import RoundState
from bot.domain.schedules import Schedule
from bot.store.listed import listed, rows_of
from bot.store.tables import BigId, Slug, decks, rounds
from bot.store.upsert import insert

AHEAD = 16
"""How many questions ahead are looked at for an unasked one."""
BACK = 4
"""How many of the oldest rounds are looked at for a question that was not asked again since."""

WHOSE = ("installation_id", "schedule_id")
MARK = ("contents", "unasked", "passed", "since")

DeckOf = Callable[[InstallationId], Deck]


def draw(tx: Connection, schedules: Sequence[Schedule], deck_of: DeckOf) -> dict[ScheduleId, Draw]:
    """Choose the next question for each of these schedules; for none whose deck is empty.

    Nothing is noted until `keep`, which must follow for what was reserved before the same schedule
    draws again. It takes as many statements for many schedules as for one.
    """
    orders = {one.id: deck_of(one.installation_id).shuffled(one.seed) for one in schedules}
    marks = {
        schedule: mark
        for schedule, mark in _held(tx, schedules).items()
        if mark.contents == orders[schedule].deck.contents
    }
    straight = {one: orders[one].straight_on(mark) for one, mark in marks.items()}
    drawn = {one: found for one, found in straight.items() if found is not None}
    rest = {one: mark for one, mark in marks.items() if one not in drawn}
    drawn |= _fresh(tx, {one: mark for one, mark in rest.items() if mark.unasked}, orders)
    drawn |= _again(tx, {one: mark for one, mark in rest.items() if not mark.unasked}, orders)
    return drawn | _exactly(tx, [one for one in schedules if one.id not in drawn], orders)


def keep(tx: Connection, drawn: Iterable[tuple[Schedule, Draw]]) -> None:
    """Note that what was drawn is asked: a round is reserved with it."""
    noted = [
        {
            "installation_id": schedule.installation_id,
            "schedule_id": schedule.id,
            "contents": draw.bookmark.contents,
            "unasked": draw.bookmark.unasked,
            "passed": draw.bookmark.passed,
            "since": draw.bookmark.since,
        }
        for schedule, draw in drawn
    ]
    if noted:
        tx.execute(_noting(tx.dialect.name), rows_of(noted))


@cache
def _noting(dialect: str) -> Executable:
    noted = listed(dialect, *(decks.c[name] for name in (*WHOSE, *MARK)))
    return (
        update(decks)
        .where(*(decks.c[name] == noted.c[name] for name in WHOSE))
        .values({name: noted.c[name] for name in MARK})
    )


def forget(tx: Connection, whose: Iterable[tuple[InstallationId, ScheduleId]]) -> None:
    """Note that bookmarks no longer hold: a question counts as asked that did not, or not now.

    It waits for whoever draws meanwhile, and they for it.
    """
    tx.execute(
        insert(tx, decks).on_conflict_do_update(
            index_elements=["schedule_id"], set_={"contents": ""}
        ),
        [
            {"installation_id": installation_id, "schedule_id": schedule_id}
            for installation_id, schedule_id in sorted(set(whose), key=lambda pair: pair[1])
        ],
    )


def asked(
    tx: Connection, schedules: Sequence[Schedule]
) -> dict[ScheduleId, dict[QuestionSlug, date]]:
    """Tell when each of these schedules last asked (or reserved) each question. Reads it all."""
    found: dict[ScheduleId, dict[QuestionSlug, date]] = {one.id: {} for one in schedules}
    rows = tx.execute(
        select(rounds.c.schedule_id, rounds.c.question, func.max(rounds.c.local_date).label("last"))
        .where(
            rounds.c.installation_id.in_({one.installation_id for one in schedules}),
            rounds.c.schedule_id.in_(list(found)),
            rounds.c.state != RoundState.SKIPPED,
        )
        .group_by(rounds.c.schedule_id, rounds.c.question)
    )
    for row in rows:
        found[ScheduleId(row.schedule_id)][QuestionSlug(row.question)] = row.last
    return found


def _held(tx: Connection, schedules: Sequence[Schedule]) -> dict[ScheduleId, Bookmark]:
    """Read and hold the bookmarks, an empty one for who has none yet."""
    found = _read(tx, schedules)
    missing = [one for one in schedules if one.id not in found]
    if missing:
        tx.execute(
            insert(tx, decks).on_conflict_do_nothing(),
            [{"installation_id": m.installation_id, "schedule_id": m.id} for m in missing],
        )
        found |= _read(tx, missing)
    return found


def _read(tx: Connection, schedules: Sequence[Schedule]) -> dict[ScheduleId, Bookmark]:
    whose = ({"installation_id": one.installation_id, "schedule_id": one.id} for one in schedules)
    rows = tx.execute(_reading(tx.dialect.name), rows_of(whose))
    return {
        ScheduleId(row.schedule_id): Bookmark(
            row.contents, row.unasked, QuestionSlug(row.passed), row.since
        )
        for row in rows
    }


@cache
def _reading(dialect: str) -> Executable:
    whose = listed(dialect, *(decks.c[name] for name in WHOSE))
    return (
        select(decks.c.schedule_id, *(decks.c[name] for name in MARK))
        .join(whose, and_(*(decks.c[name] == whose.c[name] for name in WHOSE)))
        .order_by(decks.c.schedule_id)
        .with_for_update(of=decks)
    )


def _fresh(
    tx: Connection,
    marks: Mapping[ScheduleId, Bookmark],
    orders: Mapping[ScheduleId, Shuffled],
) -> dict[ScheduleId, Draw]:
    """Draw where some questions are unasked, but not all of those ahead."""
    ahead = {one: orders[one].ahead(mark, AHEAD) for one, mark in marks.items()}
    last = _last_asked(tx, [(one, slug) for one, slugs in ahead.items() for slug in slugs])
    drawn = {}
    for one, slugs in ahead.items():
        unasked = next((slug for slug in slugs if last[one, slug] is None), None)
        if unasked is not None:
            drawn[one] = orders[one].fresh(unasked, marks[one])
    return drawn


def _again(
    tx: Connection,
    marks: Mapping[ScheduleId, Bookmark],
    orders: Mapping[ScheduleId, Shuffled],
) -> dict[ScheduleId, Draw]:
    """Draw where every question was asked."""
    oldest = [
        (one, slug, on)
        for one, slug, on in _oldest_rounds(tx, list(marks))
        if slug in orders[one].deck.slugs
    ]
    last = _last_asked(tx, [(one, slug) for one, slug, _ in oldest])
    drawn: dict[ScheduleId, Draw] = {}
    for one, slug, on in oldest:
        if last[one, slug] == on and one not in drawn:
            drawn[one] = orders[one].again(slug, on)
    return drawn


def _oldest_rounds(
    tx: Connection, which: Sequence[ScheduleId]
) -> list[tuple[ScheduleId, QuestionSlug, date]]:
    """List the first rounds of each schedule from its bookmark on, oldest first."""
    if not which:
        return []

    # As values of a row, not as a join: no planner then reads more rounds than these.
    def nth(wanted: Column[Any], number: int) -> ScalarSelect[Any]:
        query = select(wanted).where(
            rounds.c.schedule_id == decks.c.schedule_id,
            rounds.c.local_date >= decks.c.since,
            rounds.c.state != RoundState.SKIPPED,
        )
        ordered = query.order_by(rounds.c.local_date).limit(1).offset(number)
        return ordered.correlate(decks).scalar_subquery()

    columns = [nth(rounds.c[name], n) for n in range(BACK) for name in ("question", "local_date")]
    rows = tx.execute(
        select(decks.c.schedule_id, *columns).where(decks.c.schedule_id.in_(which))
    ).all()
    return [
        (ScheduleId(row[0]), QuestionSlug(row[at]), row[at + 1])
        for row in rows
        for at in range(1, len(row), 2)
        if row[at] is not None
    ]


def _last_asked(
    tx: Connection, pairs: Sequence[tuple[ScheduleId, QuestionSlug]]
) -> dict[tuple[ScheduleId, QuestionSlug], date | None]:
    """Tell when schedules last asked certain questions; None for never."""
    if not pairs:
        return {}
    # Not as a list after IN: for pairs SQLite would read the whole table.
    wanted = (
        values(column("schedule_id", BigId), column("question", Slug)).data(pairs).cte("wanted")
    )
    last = select(func.max(rounds.c.local_date)).where(
        rounds.c.schedule_id == wanted.c.schedule_id,
        rounds.c.question == wanted.c.question,
        rounds.c.state != RoundState.SKIPPED,
    )
    rows = tx.execute(select(wanted, last.correlate(wanted).scalar_subquery().label("last")))
    return {(ScheduleId(row[0]), QuestionSlug(row[1])): row[2] for row in rows}


def _exactly(
    tx: Connection, schedules: Sequence[Schedule], orders: Mapping[ScheduleId, Shuffled]
) -> dict[ScheduleId, Draw]:
    """Draw by the rule itself, from everything that was asked."""
    if not schedules:
        return {}
    drawn = {one: orders[one].exactly(known) for one, known in asked(tx, schedules).items()}
    return {one: found for one, found in drawn.items() if found is not None}

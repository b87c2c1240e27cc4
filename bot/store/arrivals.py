"""Replies as they arrive, many at a time: what they meet is read at once, and kept at once.

This is the way most replies go. `bot.domain.answering.take` judges by what is read here; what it
leaves goes through `bot.store.answers`, one by one. Both leave the same rows behind.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    FromClause,
    Integer,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    null,
    select,
    true,
    update,
)

from bot.domain.answering import Arrival, Reply, Taken
from bot.domain.ids import InstallationId, RoundId, ScheduleId
from bot.domain.standings import Standing
from bot.domain.streaks import PostedRound, Streak
from bot.store.listed import listed, rows_of
from bot.store.tables import UtcDateTime, answers, cards, rounds, standings
from bot.store.upsert import insert_of

REPLY = ("channel_id", "thread_ts", "ts", "member_id", "words", "has_file", "edited_ts", "deleted")
PLACED = ("installation_id", "schedule_id", "round_id")
SHOWN = ("streak", "best", "freezes", "answered")
BASE = ("base_streak", "base_best", "base_freezes", "base_answered")
WHOSE = ("installation_id", "schedule_id", "member_id")


class OvertakenError(Exception):
    """Somebody wrote the same thing meanwhile: nothing of the transaction may stay."""


def hold(tx: Connection, replies: Sequence[Reply]) -> list[Arrival | None]:
    """Tell what each reply meets; None unless it is in the thread of an open round.

    Until the transaction ends nobody closes that round or changes that standing. Nobody waits here
    either: who did would keep all the others waiting.
    """
    given = (
        {
            "place": place,
            "channel_id": reply.channel_id,
            "thread_ts": reply.thread_ts,
            "ts": reply.ts,
            "member_id": reply.member_id,
        }
        for place, reply in enumerate(replies)
    )
    rows = {row.place: row for row in tx.execute(_holding(tx.dialect.name), rows_of(given))}
    return [_arrival(rows[place]) if place in rows else None for place in range(len(replies))]


def keep(tx: Connection, taken: Sequence[Taken], mark_at: datetime) -> None:
    """Store replies, and what they mean for standings and cards; their marks are due at `mark_at`.

    Raises OvertakenError.
    """
    if not taken:
        return
    dialect = tx.dialect.name
    # In one order, so that nobody waits for somebody who waits for them.
    in_order = sorted(taken, key=lambda one: (one.reply.channel_id, one.reply.ts))
    answered = {**rows_of(map(_answer, in_order)), "mark_at": mark_at}
    if tx.execute(_answering(dialect), answered).rowcount != len(taken):
        raise OvertakenError
    grown = sorted(
        (
            _grown(one, one.streak, one.arrival.standing)
            for one in taken
            if one.streak is not None and one.arrival.standing and not one.arrival.has_other
        ),
        key=lambda row: (row["schedule_id"], row["member_id"]),
    )
    if grown and tx.execute(_growing(dialect), rows_of(grown)).rowcount != len(grown):
        raise OvertakenError
    counted = {one.arrival.round.id: one.arrival.installation_id for one in taken if one.streak}
    if counted:
        rows = ({"round_id": round_id, "installation_id": i} for round_id, i in counted.items())
        tx.execute(_touching(dialect), rows_of(rows))


@cache
def _holding(dialect: str) -> Select[Any]:
    """The statement of `hold`. What somebody else has locked is left out and not waited for."""
    news = listed(
        dialect,
        Column("place", Integer),
        *(answers.c[name] for name in ("channel_id", "thread_ts", "ts", "member_id")),
    )
    known = answers.alias("known")
    standing, is_theirs, is_kept = _standing_of(dialect, news)
    return (
        select(news.c.place, rounds.c.installation_id, rounds.c.schedule_id, rounds.c.id)
        .add_columns(rounds.c.local_date, rounds.c.message_ts, rounds.c.voided_ts)
        .add_columns(_previous().label("previous_ts"), _other(news).label("has_other"))
        .add_columns(*(known.c[name].label(f"known_{name}") for name in REPLY))
        .add_columns(*(standing.c[name] for name in (*SHOWN, *BASE, "base_ts")))
        .add_columns(is_kept.label("has_standing"))
        .select_from(news)
        .join(
            rounds,
            and_(rounds.c.channel_id == news.c.channel_id, rounds.c.message_ts == news.c.thread_ts),
        )
        .outerjoin(
            known,
            and_(
                known.c.installation_id == rounds.c.installation_id,
                known.c.channel_id == news.c.channel_id,
                known.c.ts == news.c.ts,
            ),
        )
        .outerjoin(standing, is_theirs)
        .where(rounds.c.closed_ts.is_(None))
        .with_for_update(read=True, key_share=True, skip_locked=True, of=rounds)
    )


def _standing_of(
    dialect: str, news: FromClause
) -> tuple[FromClause, ColumnElement[bool], ColumnElement[bool]]:
    """Return the standing to join, on what, and whether there is one that may be locked."""
    theirs = and_(
        standings.c.installation_id == rounds.c.installation_id,
        standings.c.schedule_id == rounds.c.schedule_id,
        standings.c.member_id == news.c.member_id,
    )
    if dialect == "sqlite":  # locks the whole database for one who writes
        return standings, theirs, standings.c.member_id.is_not(None)
    locked = (
        select(standings).where(theirs).correlate(rounds, news).with_for_update(skip_locked=True)
    )
    return locked.lateral("standing"), true(), exists(select(standings.c.member_id).where(theirs))


def _previous() -> ScalarSelect[Any]:
    before = rounds.alias("before")
    return (
        select(before.c.message_ts)
        .where(
            before.c.installation_id == rounds.c.installation_id,
            before.c.schedule_id == rounds.c.schedule_id,
            before.c.message_ts < rounds.c.message_ts,
        )
        .order_by(before.c.message_ts.desc())
        .limit(1)
        .scalar_subquery()
    )


def _other(news: FromClause) -> ColumnElement[bool]:
    other = answers.alias("other")
    return exists(
        select(other.c.id).where(
            other.c.installation_id == rounds.c.installation_id,
            other.c.round_id == rounds.c.id,
            other.c.member_id == news.c.member_id,
            other.c.counted,
        )
    )


@cache
def _answering(dialect: str) -> Executable:
    columns = tuple(answers.c[name] for name in (*PLACED, *REPLY, "counted"))
    new = listed(dialect, *columns)
    mark_at = case((new.c.counted, bindparam("mark_at", type_=UtcDateTime())), else_=null())
    return (
        insert_of(dialect, answers)
        .from_select([*columns, answers.c.mark_at], select(new, mark_at).where(true()))
        .on_conflict_do_nothing(index_elements=["installation_id", "channel_id", "ts"])
        .execution_options(preserve_rowcount=True)
    )


@cache
def _growing(dialect: str) -> Executable:
    columns = tuple(standings.c[name] for name in (*WHOSE, *SHOWN, *BASE, "base_ts"))
    new = listed(dialect, *columns)
    grow = insert_of(dialect, standings).from_select(columns, select(new).where(true()))
    given = grow.excluded
    return grow.on_conflict_do_update(
        index_elements=["schedule_id", "member_id"],
        set_={name: given[name] for name in SHOWN},
        # A new one may have been made meanwhile; of the others this is true.
        where=and_(
            standings.c.answered + 1 == given.answered, standings.c.base_ts == given.base_ts
        ),
    ).execution_options(preserve_rowcount=True)


@cache
def _touching(dialect: str) -> Executable:
    touched = listed(dialect, cards.c.installation_id, cards.c.round_id)
    fresh = cards.alias("fresh")
    of_these = and_(
        fresh.c.installation_id == touched.c.installation_id,
        fresh.c.round_id == touched.c.round_id,
    )
    in_order = (
        select(fresh.c.round_id)
        .select_from(touched.join(fresh, of_these))
        .where(~fresh.c.due)
        .order_by(fresh.c.round_id)
        .with_for_update(of=fresh)
    )
    return update(cards).where(cards.c.round_id.in_(in_order)).values(due=True)


def _arrival(row: Row[Any]) -> Arrival:
    return Arrival(
        installation_id=InstallationId(row.installation_id),
        schedule_id=ScheduleId(row.schedule_id),
        round=PostedRound(RoundId(row.id), row.local_date, row.message_ts, None, row.voided_ts),
        previous_ts=row.previous_ts,
        known=_known(row),
        has_other=bool(row.has_other),
        standing=_standing(row),
    )


def _known(row: Row[Any]) -> Reply | None:
    if row.known_ts is None:
        return None
    return Reply(**{name: getattr(row, f"known_{name}") for name in REPLY})


def _standing(row: Row[Any]) -> Standing | None:
    if row.base_ts is None:
        return None if row.has_standing else Standing()
    return Standing(
        shown=Streak(row.streak, row.best, row.freezes, row.answered),
        base=Streak(row.base_streak, row.base_best, row.base_freezes, row.base_answered),
        base_ts=row.base_ts,
    )


def _answer(taken: Taken) -> dict[str, Any]:
    reply, arrival = taken.reply, taken.arrival
    return {
        "installation_id": arrival.installation_id,
        "schedule_id": arrival.schedule_id,
        "round_id": arrival.round.id,
        "channel_id": reply.channel_id,
        "thread_ts": reply.thread_ts,
        "ts": reply.ts,
        "member_id": reply.member_id,
        "words": reply.words,
        "has_file": reply.has_file,
        "edited_ts": reply.edited_ts,
        "deleted": reply.deleted,
        "counted": taken.streak is not None,
    }


def _grown(taken: Taken, streak: Streak, kept: Standing) -> dict[str, Any]:
    return {
        "installation_id": taken.arrival.installation_id,
        "schedule_id": taken.arrival.schedule_id,
        "member_id": taken.reply.member_id,
        "streak": streak.current,
        "best": streak.best,
        "freezes": streak.freezes,
        "answered": streak.answered,
        "base_ts": kept.base_ts,
        "base_streak": kept.base.current,
        "base_best": kept.base.best,
        "base_freezes": kept.base.freezes,
        "base_answered": kept.base.answered,
    }

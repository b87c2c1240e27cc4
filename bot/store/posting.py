"""How a round comes to be posted: reserved once per schedule and local date, and leased.

Reservations and refusals are written only by the holder of the lease (its fence is named in every
such write). What is known to be posted is confirmed in `bot.store.confirming`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Executable,
    Row,
    and_,
    bindparam,
    case,
    or_,
    select,
    true,
    update,
)

from bot.domain.ids import (
    QuestionSlug,
    RoundId,
    ScheduleId,
)
from bot.domain.local_time import Due
from bot.domain.rounds import LEASE, LeasedRound, RoundState, SkippedRound
from bot.domain.schedules import Schedule, ScheduleState
from bot.store import decks
from bot.store.fairness import fairly
from bot.store.known_zones import in_known_zones
from bot.store.listed import listed, rows_of
from bot.store.rounds import PENDING, RoundRow, as_round
from bot.store.tables import (
    IS_PENDING,
    installations,
    rounds,
    schedules,
)
from bot.store.upsert import insert_of


@dataclass(frozen=True, slots=True)
class PendingRound:
    """A round that waits to be posted, with what decides whether it still may be."""

    round: RoundRow
    due: Due
    zone: ZoneInfo
    schedule_runs: bool


@dataclass(frozen=True, slots=True)
class Reservation:
    """A question for a schedule's local date."""

    schedule: Schedule
    due: Due
    question: QuestionSlug


def reserve(tx: Connection, wanted: Sequence[Reservation], now: datetime) -> list[LeasedRound]:
    """Reserve rounds for local dates, and lease them for `LEASE` to whoever asked.

    Left out are dates that have their round already: there is one per schedule and date, ever.
    """
    held = {
        "state": RoundState.RESERVED,
        "fence": 1,
        "attempted_at": now,
        "lease_until": now + LEASE,
        "retry_at": now,
    }
    made = _insert(tx, [(one.schedule, one.due, one.question, None) for one in wanted], held)
    return [
        LeasedRound(
            id=made[one.schedule.id, one.due.local_date],
            installation_id=one.schedule.installation_id,
            schedule_id=one.schedule.id,
            channel_id=one.schedule.channel_id,
            question=one.question,
            local_date=one.due.local_date,
            fence=1,
            lease_until=now + LEASE,
            attempted_at=now,
        )
        for one in wanted
        if (one.schedule.id, one.due.local_date) in made
    ]


def skip_dates(tx: Connection, passed: Sequence[tuple[Schedule, Due, str]]) -> list[SkippedRound]:
    """Note that dates passed without a question, and why; dates that have a round are left out."""
    made = _insert(
        tx,
        [(schedule, due, QuestionSlug(""), reason) for schedule, due, reason in passed],
        {
            "state": RoundState.SKIPPED,
            "fence": 0,
            "attempted_at": None,
            "lease_until": None,
            "retry_at": None,
        },
    )
    return [
        SkippedRound(schedule.installation_id, schedule.id, due.local_date, reason)
        for schedule, due, reason in passed
        if (schedule.id, due.local_date) in made
    ]


def _insert(
    tx: Connection,
    new: Sequence[tuple[Schedule, Due, QuestionSlug, str | None]],
    alike: dict[str, Any],
) -> dict[tuple[ScheduleId, date], RoundId]:
    if not new:
        return {}
    each = (
        {
            "installation_id": schedule.installation_id,
            "schedule_id": schedule.id,
            "channel_id": schedule.channel_id,
            "local_date": due.local_date,
            "due_at": due.at,
            "question": question,
            "skipped_reason": reason,
        }
        for schedule, due, question, reason in new
    )
    made = tx.execute(_inserting(tx.dialect.name), {**rows_of(each), **alike})
    return {(ScheduleId(row.schedule_id), row.local_date): RoundId(row.id) for row in made}


@cache
def _inserting(dialect: str) -> Executable:
    own = ("installation_id", "schedule_id", "channel_id", "local_date", "due_at")
    each = [rounds.c[name] for name in (*own, "question", "skipped_reason")]
    alike = [
        rounds.c[name] for name in ("state", "fence", "attempted_at", "lease_until", "retry_at")
    ]
    given = (bindparam(one.name, type_=one.type) for one in alike)
    return (
        insert_of(dialect, rounds)
        .from_select([*each, *alike], select(listed(dialect, *each), *given).where(true()))
        .on_conflict_do_nothing(index_elements=["schedule_id", "local_date"])
        .returning(rounds.c.id, rounds.c.schedule_id, rounds.c.local_date)
    )


def anything_pending(tx: Connection, now: datetime) -> bool:
    """Tell whether a reserved round may be posted now, or lost its holder."""
    query = select(rounds.c.id).where(
        IS_PENDING,
        rounds.c.state == RoundState.RESERVED,
        or_(
            and_(rounds.c.lease_until.is_(None), rounds.c.retry_at <= now),
            rounds.c.lease_until <= now,
        ),
    )
    return tx.execute(query.limit(1)).one_or_none() is not None


def expire_leases(tx: Connection, now: datetime) -> Sequence[RoundId]:
    """Mark rounds whose holder died while posting as unknown: nobody knows if they went out."""
    rows = tx.execute(
        update(rounds)
        .where(IS_PENDING, rounds.c.state == RoundState.RESERVED, rounds.c.lease_until <= now)
        .values(state=RoundState.UNKNOWN, lease_until=None, retry_at=now)
        .returning(rounds.c.id)
    )
    return [RoundId(row.id) for row in rows]


def ready_to_post(tx: Connection, now: datetime, limit: int) -> list[PendingRound]:
    """Lock and return reserved rounds that nobody holds and that may be tried now."""
    return _pending(
        tx,
        and_(
            rounds.c.state == RoundState.RESERVED,
            rounds.c.lease_until.is_(None),
            rounds.c.retry_at <= now,
        ),
        limit,
    )


def ready_to_resolve(tx: Connection, now: datetime, limit: int) -> list[PendingRound]:
    """Lock and return unknown rounds that nobody is looking for and that may be looked for now."""
    return _pending(
        tx,
        and_(
            rounds.c.state == RoundState.UNKNOWN,
            or_(rounds.c.lease_until.is_(None), rounds.c.lease_until <= now),
            rounds.c.retry_at <= now,
            # Where the channel or the app is gone there is nothing to be seen, until it comes back.
            schedules.c.state != ScheduleState.STOPPED,
            installations.c.lost_at.is_(None),
        ),
        limit,
    )


WITH_SCHEDULE = (
    select(
        rounds,
        schedules.c.zone,
        schedules.c.state.label("schedule_state"),
        installations.c.lost_at,
    )
    .join(schedules, schedules.c.id == rounds.c.schedule_id)
    .join(installations, installations.c.id == rounds.c.installation_id)
)
"""Rounds, each with what decides whether it may still be posted."""


def schedule_runs(row: Row[Any]) -> bool:
    """Read from a row of `WITH_SCHEDULE` whether anything is asked there any more."""
    return bool(row.schedule_state == ScheduleState.RUNNING) and row.lost_at is None


def _pending(tx: Connection, condition: Any, limit: int) -> list[PendingRound]:
    query = (
        WITH_SCHEDULE.where(IS_PENDING, condition)
        .order_by(rounds.c.retry_at, rounds.c.id)
        .with_for_update(skip_locked=True, of=rounds)
    )
    rows = in_known_zones(query, lambda known: fairly(tx, known, rounds.c.installation_id, limit))
    return [
        PendingRound(
            round=as_round(row),
            due=Due(row.due_at, row.local_date),
            zone=ZoneInfo(row.zone),
            schedule_runs=schedule_runs(row),
        )
        for row in rows
    ]


def lease(tx: Connection, waiting: Sequence[RoundRow], now: datetime) -> list[LeasedRound]:
    """Lease locked rounds for `LEASE`; the fence rises, so an earlier holder can write no more.

    Leasing a reserved round also starts its attempt. An unknown round keeps the time of the attempt
    whose outcome is looked for.
    """
    starts = case((rounds.c.state == RoundState.RESERVED, now), else_=rounds.c.attempted_at)
    rows = tx.execute(
        update(rounds)
        .where(rounds.c.id.in_([row.id for row in waiting]))
        .values(fence=rounds.c.fence + 1, lease_until=now + LEASE, attempted_at=starts)
        .returning(rounds.c.id, rounds.c.fence, rounds.c.attempted_at)
    )
    held = {RoundId(row.id): row for row in rows}
    return [
        LeasedRound(
            id=row.id,
            installation_id=row.installation_id,
            schedule_id=row.schedule_id,
            channel_id=row.channel_id,
            question=row.question,
            local_date=row.local_date,
            fence=held[row.id].fence,
            lease_until=now + LEASE,
            attempted_at=held[row.id].attempted_at,
        )
        for row in waiting
    ]


def change_question(tx: Connection, waiting: RoundRow, question: QuestionSlug) -> None:
    """Give a locked round, not posted yet, another question."""
    decks.forget(tx, [(waiting.installation_id, waiting.schedule_id)])
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == waiting.installation_id, rounds.c.id == waiting.id)
        .values(question=question)
    )


def put_back(tx: Connection, leased: LeasedRound, state: RoundState, retry_at: datetime) -> bool:
    """End a lease without a message: the round is `state` and may be taken up from `retry_at`.

    False if the lease was lost meanwhile; nothing is changed then.
    """
    return _fenced(tx, leased, {"state": state, "lease_until": None, "retry_at": retry_at})


def skip(tx: Connection, leased: LeasedRound, reason: str) -> bool:
    """Give a leased round up for good; False if the lease was lost meanwhile."""
    values = {"state": RoundState.SKIPPED, "skipped_reason": reason, "lease_until": None}
    if not _fenced(tx, leased, values):
        return False
    decks.forget(tx, [(leased.installation_id, leased.schedule_id)])
    return True


def give_up(tx: Connection, hopeless: Sequence[tuple[RoundRow, str]]) -> list[SkippedRound]:
    """Give locked rounds up for good, each for its reason."""
    if hopeless:
        decks.forget(tx, [(row.installation_id, row.schedule_id) for row, _ in hopeless])
        tx.execute(
            update(rounds)
            .where(rounds.c.id == bindparam("number"))
            .values(state=RoundState.SKIPPED, skipped_reason=bindparam("why"), lease_until=None),
            [{"number": row.id, "why": reason} for row, reason in hopeless],
        )
    return [
        SkippedRound(row.installation_id, row.schedule_id, row.local_date, reason)
        for row, reason in hopeless
    ]


def _fenced(tx: Connection, leased: LeasedRound, values: dict[str, Any]) -> bool:
    changed = tx.execute(
        update(rounds)
        .where(
            rounds.c.installation_id == leased.installation_id,
            rounds.c.id == leased.id,
            rounds.c.fence == leased.fence,
            rounds.c.state.in_(PENDING),
        )
        .values(**values)
    )
    return changed.rowcount == 1

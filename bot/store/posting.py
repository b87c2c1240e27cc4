"""How a round comes to be posted: reserved once per schedule and local date, leased, confirmed.

Reservations and refusals are written only by the holder of the lease (its fence is named in every
such write). Evidence that the message exists is accepted from anyone, as it cannot be wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, or_, select, update

from bot.domain.ids import (
    InstallationId,
    MessageTs,
    QuestionSlug,
    RoundId,
    ScheduleId,
)
from bot.domain.local_time import Due
from bot.domain.rounds import LEASE, LeasedRound, RoundState
from bot.domain.schedules import Schedule, ScheduleState
from bot.store import decks
from bot.store.rounds import PENDING, RoundRow, as_round, get
from bot.store.tables import IS_PENDING, cards, installations, rounds, schedules
from bot.store.upsert import insert


@dataclass(frozen=True, slots=True)
class PendingRound:
    """A round that waits to be posted, with what decides whether it still may be."""

    round: RoundRow
    due: Due
    zone: ZoneInfo
    schedule_runs: bool


def reserve(
    tx: Connection, schedule: Schedule, due: Due, question: QuestionSlug, now: datetime
) -> RoundId | None:
    """Reserve a schedule's round for a local date, free to be leased at once.

    None if that date has its round already: there is one per schedule and local date, ever.
    """
    return _insert(
        tx, schedule, due, {"question": question, "state": RoundState.RESERVED, "retry_at": now}
    )


def skip_date(tx: Connection, schedule: Schedule, due: Due, reason: str) -> bool:
    """Note that a date passed without a question; False if the date has a round already."""
    values = {"question": "", "state": RoundState.SKIPPED, "skipped_reason": reason}
    return _insert(tx, schedule, due, values) is not None


def _insert(tx: Connection, schedule: Schedule, due: Due, values: dict[str, Any]) -> RoundId | None:
    made = tx.execute(
        insert(tx, rounds)
        .values(
            installation_id=schedule.installation_id,
            schedule_id=schedule.id,
            channel_id=schedule.channel_id,
            local_date=due.local_date,
            due_at=due.at,
            **values,
        )
        .on_conflict_do_nothing(index_elements=["schedule_id", "local_date"])
        .returning(rounds.c.id)
    ).scalar_one_or_none()
    return RoundId(made) if made is not None else None


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


def _pending(tx: Connection, condition: Any, limit: int) -> list[PendingRound]:
    rows = tx.execute(
        select(
            rounds,
            schedules.c.zone,
            schedules.c.state.label("schedule_state"),
            installations.c.lost_at,
        )
        .join(schedules, schedules.c.id == rounds.c.schedule_id)
        .join(installations, installations.c.id == rounds.c.installation_id)
        .where(IS_PENDING, condition)
        .order_by(rounds.c.retry_at, rounds.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=rounds)
    )
    return [
        PendingRound(
            round=as_round(row),
            due=Due(row.due_at, row.local_date),
            zone=ZoneInfo(row.zone),
            schedule_runs=row.schedule_state == ScheduleState.RUNNING and row.lost_at is None,
        )
        for row in rows
    ]


def lease(tx: Connection, waiting: RoundRow, now: datetime) -> LeasedRound:
    """Lease a locked round for `LEASE`; the fence rises, so an earlier holder can write no more.

    Leasing a reserved round also starts its attempt. An unknown round keeps the time of the attempt
    whose outcome is looked for.
    """
    starts = {"attempted_at": now} if waiting.state == RoundState.RESERVED else {}
    row = tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == waiting.installation_id, rounds.c.id == waiting.id)
        .values(fence=rounds.c.fence + 1, lease_until=now + LEASE, **starts)
        .returning(rounds.c.fence, rounds.c.attempted_at, rounds.c.lease_until)
    ).one()
    return LeasedRound(
        id=waiting.id,
        installation_id=waiting.installation_id,
        schedule_id=waiting.schedule_id,
        channel_id=waiting.channel_id,
        question=waiting.question,
        local_date=waiting.local_date,
        fence=row.fence,
        lease_until=row.lease_until,
        attempted_at=row.attempted_at,
    )


def change_question(tx: Connection, waiting: RoundRow, question: QuestionSlug) -> None:
    """Give a locked round, not posted yet, another question."""
    decks.forget(tx, waiting.installation_id, waiting.schedule_id)
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
    decks.forget(tx, leased.installation_id, leased.schedule_id)
    return True


def give_up(tx: Connection, waiting: RoundRow, reason: str) -> None:
    """Give a locked round up for good."""
    decks.forget(tx, waiting.installation_id, waiting.schedule_id)
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == waiting.installation_id, rounds.c.id == waiting.id)
        .values(state=RoundState.SKIPPED, skipped_reason=reason, lease_until=None)
    )


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


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a confirmation changed: the round, the one it closed, and the one that closed it."""

    round: RoundRow
    closed: RoundRow | None
    next: RoundRow | None


def confirm(
    tx: Connection,
    installation_id: InstallationId,
    round_id: RoundId,
    ts: MessageTs,
    now: datetime,
) -> Confirmation | None:
    """Note that a round's message exists; the round before it closes at that moment.

    None if that was known already, or the round is not this installation's.
    """
    _hold_schedule_of(tx, installation_id, round_id)
    row = tx.execute(
        select(rounds)
        .where(
            rounds.c.installation_id == installation_id,
            rounds.c.id == round_id,
            rounds.c.state != RoundState.POSTED,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    if row.state == RoundState.SKIPPED:
        decks.forget(tx, installation_id, row.schedule_id)
    before = _neighbour(tx, row.schedule_id, installation_id, rounds.c.message_ts < ts, last=True)
    after = _neighbour(tx, row.schedule_id, installation_id, rounds.c.message_ts > ts, last=False)
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == installation_id, rounds.c.id == round_id)
        .values(
            state=RoundState.POSTED,
            message_ts=ts,
            skipped_reason=None,
            closed_ts=after.message_ts if after else None,
            lease_until=None,
            retry_at=None,
        )
    )
    tx.execute(
        insert(tx, cards).values(round_id=round_id, installation_id=installation_id, not_before=now)
    )
    if before is not None:
        _close(tx, before, ts)
    confirmed = get(tx, installation_id, round_id)
    assert confirmed is not None  # noqa: S101 - it was locked above
    return Confirmation(confirmed, before, after)


def _hold_schedule_of(tx: Connection, installation_id: InstallationId, round_id: RoundId) -> None:
    """Let one schedule's rounds be confirmed one after the other: each closes its neighbour."""
    whose = select(rounds.c.schedule_id).where(
        rounds.c.installation_id == installation_id, rounds.c.id == round_id
    )
    tx.execute(
        select(schedules.c.id)
        .where(
            schedules.c.installation_id == installation_id,
            schedules.c.id == whose.scalar_subquery(),
        )
        .with_for_update(key_share=True)
    )


def _close(tx: Connection, open_round: RoundRow, ts: MessageTs) -> None:
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == open_round.installation_id, rounds.c.id == open_round.id)
        .values(closed_ts=ts, settled=False)
    )


def _neighbour(
    tx: Connection,
    schedule_id: ScheduleId,
    installation_id: InstallationId,
    side: Any,
    *,
    last: bool,
) -> RoundRow | None:
    order = rounds.c.message_ts.desc() if last else rounds.c.message_ts
    row = tx.execute(
        select(rounds)
        .where(
            rounds.c.installation_id == installation_id, rounds.c.schedule_id == schedule_id, side
        )
        .order_by(order)
        .limit(1)
        .with_for_update()
    ).one_or_none()
    return as_round(row) if row else None

"""How a round comes to be posted: reserved once per schedule and local date, leased, confirmed.

Reservations and refusals are written only by the holder of the lease (its fence is named in every
such write). Evidence that the message exists is accepted from anyone, as it cannot be wrong.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    Connection,
    Executable,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
    update,
)

from bot.domain.ids import (
    InstallationId,
    MessageTs,
    QuestionSlug,
    RoundId,
    ScheduleId,
)
from bot.domain.local_time import Due
from bot.domain.rounds import LEASE, Evidence, LeasedRound, RoundState, SkippedRound
from bot.domain.schedules import Schedule, ScheduleState
from bot.store import decks
from bot.store.fairness import fairly
from bot.store.known_zones import in_known_zones
from bot.store.listed import listed, rows_of
from bot.store.rounds import PENDING, RoundRow, as_round, get
from bot.store.tables import (
    IS_PENDING,
    BigId,
    UtcDateTime,
    answers,
    cards,
    installations,
    rounds,
    schedules,
)
from bot.store.upsert import insert, insert_of


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


def _pending(tx: Connection, condition: Any, limit: int) -> list[PendingRound]:
    query = (
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
        .with_for_update(skip_locked=True, of=rounds)
    )
    rows = in_known_zones(query, lambda known: fairly(tx, known, rounds.c.installation_id, limit))
    return [
        PendingRound(
            round=as_round(row),
            due=Due(row.due_at, row.local_date),
            zone=ZoneInfo(row.zone),
            schedule_runs=row.schedule_state == ScheduleState.RUNNING and row.lost_at is None,
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
    _hold_schedules_of(tx, [round_id])
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
        decks.forget(tx, [(installation_id, row.schedule_id)])
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


def _hold_schedules_of(tx: Connection, numbers: Sequence[RoundId]) -> None:
    """Let one schedule's rounds be confirmed one after the other: each closes its neighbour."""
    tx.execute(_reading(tx.dialect.name).schedules, _numbered(numbers)).close()


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


def confirm_plain(tx: Connection, evidence: Sequence[Evidence], now: datetime) -> list[Evidence]:
    """Do what `confirm` does for each of many rounds, where that has no further consequences.

    Returns what is left to `confirm` itself: where a later round was posted already, or another of
    the schedule's is among these, or an answer waits or may have come too late. However many they
    are, they take the same few statements.
    """
    told = {(one.installation_id, one.round_id): one for one in reversed(evidence)}
    read, numbers = _reading(tx.dialect.name), _numbered(number for _, number in told)
    tx.execute(read.schedules, numbers).close()
    pending = tx.execute(read.pending, numbers).all()
    before = _numbered(row.last_posted for row in pending if row.last_posted is not None)
    last = {row.id: row for row in tx.execute(read.last, before)}
    # Only now: whoever wrote an answer under one of these locks has let go of it.
    answered = {row.id: row for row in tx.execute(read.answers, numbers)}
    several = Counter(row.schedule_id for row in pending)
    found = [
        _Found(told[key], row, last.get(row.last_posted), answered[row.id])
        for row in pending
        if (key := (row.installation_id, row.id)) in told
    ]
    plain: list[_Found] = []
    odd: list[_Found] = []
    for one in found:
        is_alone = several[one.row.schedule_id] == 1
        (plain if is_alone and one.is_plain else odd).append(one)
    if plain:
        _write_plain(tx, plain, now)
    return [one.evidence for one in odd]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The statements by which rounds, given by their numbers, are held and looked at."""

    schedules: Executable
    pending: Executable
    last: Executable
    answers: Executable


@cache
def _reading(dialect: str) -> _Reading:
    known, ours = rounds.c, rounds.alias("ours")
    given = known.id.in_(select(listed(dialect, known.id).c.id))
    last_posted = (
        select(ours.c.id)
        .where(ours.c.schedule_id == known.schedule_id, ours.c.message_ts.is_not(None))
        .order_by(ours.c.message_ts.desc())
        .limit(1)
        .scalar_subquery()
        .label("last_posted")
    )
    there = (
        answers.c.installation_id == known.installation_id,
        answers.c.channel_id == known.channel_id,
    )
    return _Reading(
        schedules=select(schedules.c.id)
        .where(schedules.c.id.in_(select(known.schedule_id).where(given)))
        .order_by(schedules.c.id)
        .with_for_update(key_share=True),
        pending=select(known.id, known.installation_id, known.schedule_id, known.channel_id)
        .add_columns(known.state, last_posted)
        .where(given, known.state != RoundState.POSTED)
        .order_by(known.id)
        .with_for_update(),
        last=select(known.id, known.channel_id, known.message_ts)
        .where(given)
        .order_by(known.id)
        .with_for_update(),
        answers=select(
            known.id,
            select(func.max(answers.c.ts)).where(*there).scalar_subquery().label("newest"),
            exists().where(*there, answers.c.round_id.is_(None)).label("one_waits"),
        ).where(given),
    )


def _numbered(numbers: Iterable[RoundId]) -> dict[str, str]:
    return rows_of({"id": number} for number in numbers)


@dataclass(frozen=True, slots=True)
class _Found:
    """A round to confirm, the one its schedule posted last, and what answers the channel has."""

    evidence: Evidence
    row: Any
    last: Any
    answers: Any

    @property
    def is_plain(self) -> bool:
        ts = self.evidence.ts
        is_newest = self.last is None or (
            self.last.message_ts < ts and self.last.channel_id == self.row.channel_id
        )
        newest_answer = self.answers.newest
        return (
            is_newest
            and self.row.state in PENDING
            and not self.answers.one_waits
            and (newest_answer is None or newest_answer < ts)
        )


def _write_plain(tx: Connection, plain: Sequence[_Found], now: datetime) -> None:
    write = _writing(tx.dialect.name)
    told = rows_of(
        {
            "id": one.row.id,
            "installation_id": one.row.installation_id,
            "message_ts": one.evidence.ts,
            "closes": one.last.id if one.last else None,
        }
        for one in plain
    )
    tx.execute(write.post, told)
    tx.execute(write.invite, {**told, "not_before": now})
    if any(one.last for one in plain):
        tx.execute(write.close, told)
        tx.execute(write.say_so, told)


@dataclass(frozen=True, slots=True)
class _Writing:
    """The statements of `_write_plain`: rounds are posted, and get their cards; others close."""

    post: Executable
    invite: Executable
    close: Executable
    say_so: Executable


@cache
def _writing(dialect: str) -> _Writing:
    known = rounds.c
    told = listed(
        dialect, known.id, known.installation_id, known.message_ts, Column("closes", BigId)
    )
    posted = {"state": RoundState.POSTED, "message_ts": told.c.message_ts}
    over = {"skipped_reason": None, "lease_until": None, "retry_at": None}
    new = [cards.c.round_id, cards.c.installation_id, cards.c.not_before]
    not_before = bindparam("not_before", type_=UtcDateTime())
    return _Writing(
        post=update(rounds).where(known.id == told.c.id).values(posted | over),
        invite=insert_of(dialect, cards).from_select(
            new, select(told.c.id, told.c.installation_id, not_before)
        ),
        close=update(rounds)
        .where(known.id == told.c.closes)
        .values(closed_ts=told.c.message_ts, settled=False),
        say_so=update(cards)
        .where(cards.c.round_id.in_(select(told.c.closes)), ~cards.c.due)
        .values(due=True),
    )

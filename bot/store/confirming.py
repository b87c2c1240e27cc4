"""How a posted round is confirmed: its message exists, and the round before it closes.

Evidence that the message exists is accepted from anyone, with a lease or without, as it cannot be
wrong.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Executable,
    bindparam,
    exists,
    func,
    select,
    update,
)

from bot.domain.ids import (
    InstallationId,
    MessageTs,
    RoundId,
    ScheduleId,
)
from bot.domain.rounds import Evidence, RoundState
from bot.store import decks
from bot.store.listed import listed, rows_of
from bot.store.rounds import PENDING, RoundRow, as_round, get
from bot.store.tables import (
    BigId,
    UtcDateTime,
    answers,
    cards,
    rounds,
    schedules,
)
from bot.store.upsert import insert, insert_of


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

"""Rounds: the questions a schedule has asked, in the order of their messages.

How one comes to be posted, exactly once, is in `bot.store.posting`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select, update

from bot.domain.health import NotAsked
from bot.domain.ids import (
    ChannelId,
    InstallationId,
    MemberId,
    MessageTs,
    QuestionSlug,
    RoundId,
    ScheduleId,
)
from bot.domain.rounds import CLOCK_ALLOWANCE, RoundState
from bot.domain.streaks import PostedRound
from bot.store.schedules import hold
from bot.store.tables import IS_PENDING, IS_UNSETTLED, rounds

PENDING = (RoundState.RESERVED, RoundState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round as it is stored."""

    id: RoundId
    installation_id: InstallationId
    schedule_id: ScheduleId
    channel_id: ChannelId
    question: QuestionSlug
    local_date: date
    due_at: datetime
    state: RoundState
    message_ts: MessageTs | None
    closed_ts: MessageTs | None
    voided_ts: MessageTs | None
    settled_to: str = ""

    @property
    def posted(self) -> PostedRound:
        """The round as the streak rule sees it. Raises ValueError if it was never posted."""
        if self.message_ts is None:
            raise ValueError(f"round {self.id} was never posted")
        return PostedRound(
            self.id, self.local_date, self.message_ts, self.closed_ts, self.voided_ts
        )


def get(tx: Connection, installation_id: InstallationId, round_id: RoundId) -> RoundRow | None:
    """Find a round by its number."""
    row = tx.execute(
        select(rounds).where(rounds.c.installation_id == installation_id, rounds.c.id == round_id)
    ).one_or_none()
    return as_round(row) if row else None


def by_thread(tx: Connection, channel_id: ChannelId, thread_ts: MessageTs) -> RoundRow | None:
    """Find the round whose message starts a thread.

    It names no installation on purpose: an event of a channel that several workspaces share is
    delivered for one of them only, and the round tells whose it is.
    """
    row = tx.execute(_in_thread(channel_id, thread_ts)).one_or_none()
    return as_round(row) if row else None


def hold_thread(tx: Connection, channel_id: ChannelId, thread_ts: MessageTs) -> RoundRow | None:
    """Find the round whose message starts a thread, and let nothing close meanwhile.

    An open round, the usual case, is held itself: its schedule's next one cannot be confirmed. If
    it is closed, or just being closed, the whole schedule is held: another round could close and be
    settled unseen.
    """
    still_open = _in_thread(channel_id, thread_ts).where(rounds.c.closed_ts.is_(None))
    # Nobody waits here: who waited would keep this row, closed by then, and want the schedule next.
    row = tx.execute(
        still_open.with_for_update(read=True, key_share=True, skip_locked=True)
    ).one_or_none()
    if row is not None:
        return as_round(row)
    found = by_thread(tx, channel_id, thread_ts)
    if found is None:
        return None
    hold(tx, found.installation_id, found.schedule_id)
    # Nobody else closes it now, so this waits for no more than a card to be taken.
    held = _in_thread(channel_id, thread_ts).with_for_update(read=True, key_share=True)
    row = tx.execute(held).one_or_none()
    return as_round(row) if row else None


def _in_thread(channel_id: ChannelId, thread_ts: MessageTs) -> Any:
    return select(rounds).where(rounds.c.channel_id == channel_id, rounds.c.message_ts == thread_ts)


def hold_pending(tx: Connection, channel_id: ChannelId, thread_ts: MessageTs) -> Sequence[RoundRow]:
    """Find rounds that may turn out to be the thread's: not confirmed, and attempted before it.

    Their schedules are held, so that none of them is confirmed meanwhile. There is one round at
    most for each installation.
    """
    pending = select(rounds).where(rounds.c.channel_id == channel_id, IS_PENDING)
    schedules_of = {(row.schedule_id, row.installation_id) for row in tx.execute(pending)}
    for schedule_id, installation_id in sorted(schedules_of):
        hold(tx, installation_id, schedule_id)
    # The allowance covers clocks that disagree; a round taken wrongly costs one row for a while.
    started = {
        row.installation_id: as_round(row)
        for row in tx.execute(pending)
        if row.attempted_at is not None
        and row.attempted_at.timestamp() <= float(thread_ts) + CLOCK_ALLOWANCE.total_seconds()
    }
    return list(started.values())


def something_pending(tx: Connection, channel_id: ChannelId) -> bool:
    """Tell whether any round of a channel waits to be posted or found."""
    query = select(rounds.c.id).where(rounds.c.channel_id == channel_id, IS_PENDING)
    return tx.execute(query.limit(1)).one_or_none() is not None


def open_round(
    tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId
) -> RoundRow | None:
    """Find a schedule's open round: the last one posted, unless its message was deleted."""
    row = tx.execute(
        select(rounds)
        .where(
            rounds.c.installation_id == installation_id,
            rounds.c.schedule_id == schedule_id,
            rounds.c.message_ts.is_not(None),
        )
        .order_by(rounds.c.message_ts.desc())
        .limit(1)
    ).one_or_none()
    return as_round(row) if row and row.voided_ts is None else None


def last_date(
    tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId
) -> date | None:
    """Tell the latest local date that has a round, whatever became of it."""
    latest: date | None = tx.execute(
        select(func.max(rounds.c.local_date)).where(
            rounds.c.installation_id == installation_id, rounds.c.schedule_id == schedule_id
        )
    ).scalar_one()
    return latest


def void(tx: Connection, round_row: RoundRow, ts: MessageTs) -> RoundRow | None:
    """Note that a round's message was deleted at `ts`; None if that was known already."""
    row = tx.execute(
        update(rounds)
        .where(
            rounds.c.installation_id == round_row.installation_id,
            rounds.c.id == round_row.id,
            or_(rounds.c.voided_ts.is_(None), rounds.c.voided_ts > ts),
        )
        .values(voided_ts=ts)
        .returning(rounds)
    ).one_or_none()
    return as_round(row) if row else None


def posted_from(
    tx: Connection,
    installation_id: InstallationId,
    schedule_id: ScheduleId,
    first_ts: str = "",
) -> list[PostedRound]:
    """List a schedule's posted rounds in order, from the one posted at `first_ts` on."""
    rows = tx.execute(
        select(rounds)
        .where(
            rounds.c.installation_id == installation_id,
            rounds.c.schedule_id == schedule_id,
            rounds.c.message_ts >= first_ts,
        )
        .order_by(rounds.c.message_ts)
    )
    return [as_round(row).posted for row in rows]


def unsettled(tx: Connection, limit: int) -> list[RoundRow]:
    """List closed rounds whose consequences for standings are not written yet, oldest first."""
    rows = tx.execute(
        select(rounds)
        .where(IS_UNSETTLED)
        .order_by(rounds.c.schedule_id, rounds.c.message_ts)
        .limit(limit)
    )
    return [as_round(row) for row in rows]


def first_unsettled(
    tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId
) -> RoundRow | None:
    """Find a schedule's first closed round whose consequences are not written yet."""
    row = tx.execute(
        select(rounds)
        .where(
            rounds.c.installation_id == installation_id,
            rounds.c.schedule_id == schedule_id,
            IS_UNSETTLED,
        )
        .order_by(rounds.c.message_ts)
        .limit(1)
    ).one_or_none()
    return as_round(row) if row else None


def settle_to(tx: Connection, closed: RoundRow, member: MemberId) -> None:
    """Note that a closed round's consequences are written for everyone up to a member."""
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == closed.installation_id, rounds.c.id == closed.id)
        .values(settled_to=member)
    )


def settle(tx: Connection, closed: RoundRow) -> None:
    """Note that a closed round's consequences are written."""
    tx.execute(
        update(rounds)
        .where(rounds.c.installation_id == closed.installation_id, rounds.c.id == closed.id)
        .values(settled=True, settled_to="")
    )


def tally(tx: Connection) -> dict[RoundState, int]:
    """Count the rounds of every installation by state; for `doctor`."""
    rows = tx.execute(select(rounds.c.state, func.count()).group_by(rounds.c.state))
    return {RoundState(state): count for state, count in rows}


def skipped_since(tx: Connection, since: date) -> Iterable[NotAsked]:
    """List the dates without a question from `since` on, with the reasons; for `doctor`."""
    rows = tx.execute(
        select(rounds.c.id, rounds.c.schedule_id, rounds.c.local_date, rounds.c.skipped_reason)
        .where(rounds.c.state == RoundState.SKIPPED, rounds.c.local_date >= since)
        .order_by(rounds.c.schedule_id, rounds.c.local_date)
    )
    return [
        NotAsked(RoundId(row.id), ScheduleId(row.schedule_id), row.local_date, row.skipped_reason)
        for row in rows
    ]


def as_round(row: Row[Any]) -> RoundRow:
    """Read a row of the table."""
    return RoundRow(
        id=RoundId(row.id),
        installation_id=InstallationId(row.installation_id),
        schedule_id=ScheduleId(row.schedule_id),
        channel_id=ChannelId(row.channel_id),
        question=QuestionSlug(row.question),
        local_date=row.local_date,
        due_at=row.due_at,
        state=RoundState(row.state),
        message_ts=row.message_ts,
        closed_ts=row.closed_ts,
        voided_ts=row.voided_ts,
        settled_to=row.settled_to,
    )

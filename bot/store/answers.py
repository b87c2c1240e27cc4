"""Replies in the threads of rounds: references and judgements, never the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    null,
    or_,
    select,
    update,
)

from bot.domain.answering import AnswerOutcome, DueMark, Reply, counts, newest
from bot.domain.counting import MOST_COUNTED
from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId, ScheduleId
from bot.store.rounds import RoundRow, something_pending
from bot.store.tables import UtcDateTime, answers, installations, rounds
from bot.store.upsert import insert


@dataclass(frozen=True, slots=True)
class Recorded:
    """What news of a reply came to: the reply as it now stands, and whether it counted before.

    `counted_before` is None for a reply not heard of before.
    """

    reply: Reply
    counted: bool
    counted_before: bool | None


def record(
    tx: Connection,
    whose: RoundRow,
    news: Reply,
    minimum_words: int,
) -> Recorded | None:
    """Join news of a reply with what is known of it; None if it tells nothing new.

    `whose` is the round whose thread it is in or, while that round's message is not confirmed, may
    be in; the row then waits for `adopt`.
    """
    first = _insert(tx, whose, news, minimum_words)
    if first:
        return Recorded(news, counts(news, minimum_words), None)
    key = _key(whose.installation_id, news)
    row = tx.execute(select(answers).where(*key).with_for_update()).one()
    known = _reply(row)
    joined = newest(known, news)
    if joined == known:
        return None
    counted = counts(joined, minimum_words)
    tx.execute(
        update(answers)
        .where(*key)
        .values(
            words=joined.words,
            has_file=joined.has_file,
            edited_ts=joined.edited_ts,
            deleted=joined.deleted,
            counted=counted,
        )
    )
    return Recorded(joined, counted, row.counted)


def _insert(tx: Connection, whose: RoundRow, news: Reply, minimum_words: int) -> bool:
    placed = whose.message_ts == news.thread_ts
    made = tx.execute(
        insert(tx, answers)
        .values(
            installation_id=whose.installation_id,
            schedule_id=whose.schedule_id if placed else None,
            round_id=whose.id if placed else None,
            channel_id=news.channel_id,
            thread_ts=news.thread_ts,
            ts=news.ts,
            member_id=news.member_id,
            words=news.words,
            has_file=news.has_file,
            edited_ts=news.edited_ts,
            deleted=news.deleted,
            counted=counts(news, minimum_words),
        )
        .on_conflict_do_nothing(index_elements=["installation_id", "channel_id", "ts"])
        .returning(answers.c.id)
    ).one_or_none()
    return made is not None


def adopt(tx: Connection, confirmed: RoundRow) -> list[Recorded]:
    """Give a round just confirmed the replies that came before that; list them in order.

    Waiting replies of other threads are dropped once nothing in the channel is pending any more.
    """
    waiting = (
        answers.c.installation_id == confirmed.installation_id,
        answers.c.channel_id == confirmed.channel_id,
        answers.c.round_id.is_(None),
    )
    rows = tx.execute(
        update(answers)
        .where(*waiting, answers.c.thread_ts == confirmed.message_ts)
        .values(round_id=confirmed.id, schedule_id=confirmed.schedule_id)
        .returning(answers)
    )
    adopted = [Recorded(_reply(row), row.counted, None) for row in rows]
    if not something_pending(tx, confirmed.channel_id):
        tx.execute(delete(answers).where(*waiting))
    return sorted(adopted, key=lambda recorded: recorded.reply.ts)


def late_members(tx: Connection, closed: RoundRow, closed_ts: MessageTs) -> list[MemberId]:
    """Name the members with an answer in a round at or after its closing, for a second look.

    Found among what was written in the channel since then, not among the round's answers.
    """
    rows = tx.execute(
        select(answers.c.member_id)
        .where(
            answers.c.installation_id == closed.installation_id,
            answers.c.channel_id == closed.channel_id,
            answers.c.ts >= closed_ts,
            answers.c.thread_ts == closed.message_ts,
        )
        .distinct()
        .order_by(answers.c.member_id)
    )
    return [MemberId(row.member_id) for row in rows]


def is_only_one(
    tx: Connection, installation_id: InstallationId, round_id: RoundId, reply: Reply
) -> bool:
    """Tell whether a member has no other counted answer in a round than this one.

    Ask under the lock of the member's standing: of two answers at once, just one is the first then.
    """
    other = select(answers.c.id).where(
        answers.c.installation_id == installation_id,
        answers.c.round_id == round_id,
        answers.c.member_id == reply.member_id,
        answers.c.counted,
        answers.c.ts != reply.ts,
    )
    return tx.execute(other.limit(1)).one_or_none() is None


def earliest_in_round(
    tx: Connection, installation_id: InstallationId, round_id: RoundId, member_id: MemberId
) -> MessageTs | None:
    """Tell when a member first answered a round; None if there is no counted answer."""
    earliest: MessageTs | None = tx.execute(
        select(func.min(answers.c.ts)).where(
            answers.c.installation_id == installation_id,
            answers.c.round_id == round_id,
            answers.c.member_id == member_id,
            answers.c.counted,
        )
    ).scalar_one()
    return earliest


def members_in_round(tx: Connection, whose: RoundRow) -> int:
    """Count the members who answered a round before it closed, up to one past `MOST_COUNTED`."""
    found = select(answers.c.member_id).where(
        answers.c.installation_id == whose.installation_id,
        answers.c.round_id == whose.id,
        answers.c.counted,
    )
    if whose.closed_ts is not None:
        found = found.where(answers.c.ts < whose.closed_ts)
    # In the order of an index, so that the database stops where counting does.
    some = found.distinct().order_by(answers.c.member_id).limit(MOST_COUNTED + 1)
    return tx.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def earliest_by_round(
    tx: Connection,
    installation_id: InstallationId,
    schedule_id: ScheduleId,
    members: Sequence[MemberId],
    after_ts: str,
) -> dict[MemberId, dict[RoundId, tuple[MessageTs, MessageTs]]]:
    """For each member, past `after_ts`: round → (its message's `ts`, that of the first answer)."""
    rows = tx.execute(
        select(
            answers.c.member_id,
            answers.c.round_id,
            answers.c.thread_ts,
            func.min(answers.c.ts).label("ts"),
        )
        .where(
            answers.c.installation_id == installation_id,
            answers.c.schedule_id == schedule_id,
            answers.c.member_id.in_(members),
            answers.c.thread_ts > after_ts,
            answers.c.counted,
        )
        .group_by(answers.c.member_id, answers.c.round_id, answers.c.thread_ts)
    )
    found: dict[MemberId, dict[RoundId, tuple[MessageTs, MessageTs]]] = {}
    for row in rows:
        found.setdefault(MemberId(row.member_id), {})[RoundId(row.round_id)] = (
            MessageTs(row.thread_ts),
            MessageTs(row.ts),
        )
    return found


def rounds_answered_since(
    tx: Connection,
    installation_id: InstallationId,
    schedule_id: ScheduleId,
    members: Sequence[MemberId],
    since: date,
) -> dict[MemberId, int]:
    """Count, for each member, the rounds with a local date from `since` on answered in time."""
    # The concatenation keeps databases from looking for the least `ts` along the index of all
    # rounds, the oldest first, instead of among those few.
    first = select(func.min(rounds.c.message_ts.concat(""))).where(
        rounds.c.installation_id == installation_id,
        rounds.c.schedule_id == schedule_id,
        rounds.c.local_date >= since,
    )
    rows = tx.execute(
        select(answers.c.member_id, func.count(answers.c.round_id.distinct()).label("answered"))
        .select_from(answers.join(rounds, rounds.c.id == answers.c.round_id))
        .where(
            answers.c.installation_id == installation_id,
            answers.c.schedule_id == schedule_id,
            answers.c.member_id.in_(members),
            # Or else everything they ever answered would be read.
            answers.c.thread_ts >= first.scalar_subquery(),
            answers.c.counted,
            rounds.c.local_date >= since,
            _in_time(),
        )
        .group_by(answers.c.member_id)
    )
    return {MemberId(row.member_id): row.answered for row in rows}


def members_of(
    tx: Connection, installation_id: InstallationId, schedule_id: ScheduleId
) -> list[MemberId]:
    """List everyone with a counted answer in a schedule; for `doctor`."""
    rows = tx.execute(
        select(answers.c.member_id)
        .where(
            answers.c.installation_id == installation_id,
            answers.c.schedule_id == schedule_id,
            answers.c.counted,
        )
        .distinct()
        .order_by(answers.c.member_id)
    )
    return [MemberId(row.member_id) for row in rows]


def _in_time() -> ColumnElement[bool]:
    return or_(rounds.c.closed_ts.is_(None), answers.c.ts < rounds.c.closed_ts)


def _key(installation_id: InstallationId, reply: Reply) -> tuple[ColumnElement[bool], ...]:
    return (
        answers.c.installation_id == installation_id,
        answers.c.channel_id == reply.channel_id,
        answers.c.ts == reply.ts,
    )


def _reply(row: Row[Any]) -> Reply:
    return Reply(
        channel_id=ChannelId(row.channel_id),
        thread_ts=MessageTs(row.thread_ts),
        ts=MessageTs(row.ts),
        member_id=MemberId(row.member_id),
        words=row.words,
        has_file=row.has_file,
        edited_ts=row.edited_ts,
        deleted=row.deleted,
    )


def mark_later(tx: Connection, outcome: AnswerOutcome, at: datetime) -> None:
    """Note that the mark on a message is to be put right at `at`, if its outcome changes it.

    It is tried at once, too; so nothing needs to be written where that fails, or never comes to be.
    """
    if outcome.tick is not None:
        key = _key(outcome.installation_id, outcome.reply)
        tx.execute(update(answers).where(*key).values(mark_at=at))


def marked(tx: Connection, message: DueMark, now: datetime) -> None:
    """Note how a message is marked. If it should be otherwise by now, its mark is due at once."""
    whose = rounds.c.id == answers.c.round_id
    stands = and_(answers.c.counted, exists(select(rounds.c.id).where(whose, _in_time())))
    is_right = stands if message.stands else ~stands
    tx.execute(
        update(answers)
        .where(
            answers.c.installation_id == message.installation_id,
            answers.c.channel_id == message.channel_id,
            answers.c.ts == message.ts,
        )
        .values(mark_at=case((is_right, null()), else_=bindparam("now", now, UtcDateTime())))
    )


def take_due_marks(tx: Connection, now: datetime, limit: int, again_at: datetime) -> list[DueMark]:
    """Take messages whose mark is to be put right; they are due again at `again_at` unless told."""
    stands = and_(answers.c.counted, _in_time())
    rows = tx.execute(
        select(answers.c.id, answers.c.installation_id, answers.c.channel_id, answers.c.ts)
        .add_columns(stands.label("stands"))
        .join(rounds, rounds.c.id == answers.c.round_id)
        .join(installations, installations.c.id == answers.c.installation_id)
        .where(answers.c.mark_at <= now, installations.c.lost_at.is_(None))
        .order_by(answers.c.mark_at, answers.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=answers)
    ).all()
    tx.execute(
        update(answers).where(answers.c.id.in_([row.id for row in rows])).values(mark_at=again_at)
    )
    return [
        DueMark(
            InstallationId(row.installation_id),
            ChannelId(row.channel_id),
            MessageTs(row.ts),
            bool(row.stands),
        )
        for row in rows
    ]

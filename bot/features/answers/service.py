"""Answers: replies in the thread of a round, recorded once, whatever the order of the news."""

from collections.abc import Sequence
from datetime import datetime

from bot.clock import Clock
from bot.domain.answering import (
    MARK_AGAIN_AFTER,
    AnswerOutcome,
    DueMark,
    Judgement,
    Reply,
    Taken,
    Verdict,
    consequences,
    take,
)
from bot.domain.streaks import is_answered
from bot.store import answers, arrivals, cards, rounds, standings
from bot.store.answers import Recorded
from bot.store.database import Connection, Database
from bot.store.rounds import RoundRow
from bot.store.standings import Scope
from bot.store.together import ALONE, Alone, Together

MARKS_AT_ONCE = 20
"""How many marks one turn puts right: Slack takes some fifty a minute."""


class Answers:
    """Records answers. `minimum_words` is what makes a reply more than conversation."""

    def __init__(self, database: Database, clock: Clock, minimum_words: int) -> None:
        self.database = database
        self.clock = clock
        self.minimum_words = minimum_words
        self._recording: Together[Reply, AnswerOutcome | None] = Together(
            database,
            lambda tx, news: record_together(tx, news, minimum_words, clock.now()),
            lambda tx, news: record(tx, news, minimum_words, clock.now()),
        )

    async def record(self, news: Reply) -> AnswerOutcome | None:
        """Store news of a reply; None if it concerns no round, or tells nothing new.

        When this returns, what it means is on disk. Raises what the database raises.
        """
        return await self._recording.write(news)

    async def marked(self, message: DueMark) -> None:
        """Note that a message is marked so; if it should not be any more, its mark is due again."""
        now = self.clock.now()
        await self.database.write(lambda tx: answers.marked(tx, message, now))

    async def due_marks(self) -> list[DueMark]:
        """Take the messages whose mark is to be put right now."""
        now = self.clock.now()
        return await self.database.write(
            lambda tx: answers.take_due_marks(tx, now, MARKS_AT_ONCE, now + MARK_AGAIN_AFTER)
        )


def record_together(
    tx: Connection, news: Sequence[Reply], minimum_words: int, now: datetime
) -> list[AnswerOutcome | Alone | None]:
    """Store replies that arrived together, and their authors' standings with them.

    Of each, what `record` would have returned and left behind; `ALONE` where that takes more than
    its open round and its author's standing. Raises OvertakenError.
    """
    arrived = zip(news, arrivals.hold(tx, news), strict=True)
    verdicts = take(arrived, minimum_words)
    taken = [verdict for verdict in verdicts if isinstance(verdict, Taken)]
    arrivals.keep(tx, taken, now + MARK_AGAIN_AFTER)
    return [_result(verdict) for verdict in verdicts]


def _result(verdict: Taken | Verdict) -> AnswerOutcome | Alone | None:
    match verdict:
        case Verdict.NEEDS_A_CLOSER_LOOK:
            return ALONE
        case Taken(reply, arrival, streak) if streak is not None:
            judged = Judgement(
                counted=True, counted_before=False, in_time=True, is_first=not arrival.has_other
            )
            tick, told = consequences(judged)
            return AnswerOutcome(
                arrival.installation_id, arrival.round.id, reply, tick, told, streak
            )
        case _:
            return None


def record(tx: Connection, news: Reply, minimum_words: int, now: datetime) -> AnswerOutcome | None:
    """Store news of a reply, and its author's standing with it."""
    row = rounds.hold_thread(tx, news.channel_id, news.thread_ts) or _found_late(
        tx, news, minimum_words
    )
    if row is None:
        return None
    recorded = answers.record(tx, row, news, minimum_words)
    if recorded is None or recorded.counted == bool(recorded.counted_before):
        return None
    outcome = _outcome(tx, row, recorded)
    answers.mark_later(tx, outcome, now + MARK_AGAIN_AFTER)
    return outcome


def _found_late(tx: Connection, news: Reply, minimum_words: int) -> RoundRow | None:
    """Return the reply's round if it was confirmed just now; else keep the reply.

    Its round may not be confirmed yet: the confirmation takes in what waits for it.
    """
    pending = rounds.hold_pending(tx, news.channel_id, news.thread_ts)
    row = rounds.hold_thread(tx, news.channel_id, news.thread_ts)
    if row is None:
        for possible in pending:
            answers.record(tx, possible, news, minimum_words)
    return row


def _outcome(tx: Connection, row: RoundRow, recorded: Recorded) -> AnswerOutcome:
    reply = recorded.reply
    member = reply.member_id
    posted = row.posted
    scope = Scope(row.installation_id, row.schedule_id)
    streak = standings.refresh(tx, scope, [member], posted.opened_ts)[member]
    cards.touch(tx, row.installation_id, row.id)
    tick, told = consequences(
        Judgement(
            counted=recorded.counted,
            counted_before=bool(recorded.counted_before),
            in_time=is_answered(posted, reply.ts),
            is_first=answers.is_only_one(tx, row.installation_id, row.id, reply),
        )
    )
    return AnswerOutcome(row.installation_id, row.id, reply, tick, told, streak)

"""Answers: replies in the thread of a round, recorded once, whatever the order of the news."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.answering import AnswerOutcome, DueMark, Judgement, Reply, consequences
from bot.domain.streaks import is_answered
from bot.store import answers, cards, rounds, standings
from bot.store.answers import Recorded
from bot.store.database import Connection, Database
from bot.store.rounds import RoundRow
from bot.store.standings import Scope

MARKS_AT_ONCE = 20
"""How many marks one turn puts right: Slack takes some fifty a minute."""
AFTER_A_FAILURE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Answers:
    """Records answers. `minimum_words` is what makes a reply more than conversation."""

    database: Database
    clock: Clock
    minimum_words: int

    async def record(self, news: Reply) -> AnswerOutcome | None:
        """Store news of a reply; None if it concerns no round, or tells nothing new.

        When this returns, what it means is on disk. Raises what the database raises.
        """
        return await self.database.write(lambda tx: record(tx, news, self.minimum_words))

    async def mark_later(self, message: DueMark, after: timedelta) -> None:
        """Put the mark on a message right later: Slack could not now."""
        at = self.clock.now() + after
        await self._set_mark(message, at)

    async def marked(self, message: DueMark) -> None:
        """Note that the mark on a message is right."""
        await self._set_mark(message, None)

    async def _set_mark(self, message: DueMark, at: datetime | None) -> None:
        key = message.installation_id, message.channel_id, message.ts
        await self.database.write(lambda tx: answers.mark_later(tx, *key, at))

    async def due_marks(self) -> list[DueMark]:
        """Take the messages whose mark is to be put right now."""
        now = self.clock.now()
        return await self.database.write(
            lambda tx: answers.take_due_marks(tx, now, MARKS_AT_ONCE, now + AFTER_A_FAILURE)
        )


def record(tx: Connection, news: Reply, minimum_words: int) -> AnswerOutcome | None:
    """Store news of a reply, and its author's standing with it."""
    row = rounds.hold_thread(tx, news.channel_id, news.thread_ts) or _found_late(
        tx, news, minimum_words
    )
    if row is None:
        return None
    recorded = answers.record(tx, row, news, minimum_words)
    if recorded is None or recorded.counted == bool(recorded.counted_before):
        return None
    return _outcome(tx, row, recorded)


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

"""Replies in threads become answers, and their authors hear of it."""

from dataclasses import dataclass

from bot.domain.answering import AnswerOutcome, DueMark, Tick, Told
from bot.features.answers import view
from bot.features.answers.service import AFTER_A_FAILURE, Answers
from bot.slack.guard import Guard
from bot.slack.inbound import ReplyNews
from bot.slack.names import COUNTED_REACTION
from bot.slack.outbound import Slack, SlackBusyError, SlackUnreachableError


@dataclass(frozen=True, slots=True)
class AnswersListener:
    """Stores first, and lets the rest follow: a crash in between loses a mark, never an answer."""

    service: Answers
    slack: Slack
    guard: Guard

    async def on_reply(self, news: ReplyNews) -> None:
        """Record a reply; returns when it is stored, so that it may be acknowledged."""
        outcome = await self.service.record(news.reply)
        if outcome is not None:
            self.guard.follow_up("answer", lambda: self.follow_up(outcome))

    async def follow_up(self, outcome: AnswerOutcome) -> None:
        """Mark the message that counted, and tell its author, even if it cannot be marked."""
        try:
            await self._mark(outcome)
        finally:
            await self._tell(outcome)

    async def _mark(self, outcome: AnswerOutcome) -> None:
        if outcome.tick is not None:
            reply, stands = outcome.reply, outcome.tick is Tick.ADD
            message = DueMark(outcome.installation_id, reply.channel_id, reply.ts, stands)
            await self.mark(message)

    async def mark(self, message: DueMark) -> bool:
        """Put the mark on a message right, now or, where Slack is busy or silent, later.

        False if it was put off.
        """
        change = self.slack.react if message.stands else self.slack.unreact
        place = message.installation_id, message.channel_id, message.ts
        try:
            await change(*place, COUNTED_REACTION)
        except SlackBusyError as busy:
            await self.service.mark_later(message, busy.retry_after)
        except SlackUnreachableError:
            await self.service.mark_later(message, AFTER_A_FAILURE)
        else:
            return True
        return False

    async def _tell(self, outcome: AnswerOutcome) -> None:
        if outcome.told is None:
            return
        reply = outcome.reply
        message = (
            view.counted(outcome.round_id, outcome.streak)
            if outcome.told is Told.COUNTED
            else view.late(outcome.round_id)
        )
        await self.slack.whisper(
            outcome.installation_id, reply.channel_id, reply.member_id, message, reply.thread_ts
        )

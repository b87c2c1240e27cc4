"""Replies in threads become answers, and their authors hear of it."""

import logging
from dataclasses import dataclass

from bot.domain.answering import AnswerOutcome, DueMark, Tick, Told
from bot.features.answers import view
from bot.features.answers.service import Answers
from bot.slack.failures import SlackBusyError, SlackRefusedError, SlackUnreachableError
from bot.slack.guard import Guard
from bot.slack.inbound import ReplyNews
from bot.slack.names import COUNTED_REACTION
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswersListener:
    """Stores first, and lets the rest follow: a crash in between loses a mark, never an answer."""

    service: Answers
    slack: Slack
    guard: Guard

    async def on_reply(self, news: ReplyNews) -> None:
        """Record a reply; returns when it is stored, so that it may be acknowledged."""
        outcome = await self.service.record(news.reply)
        if outcome is not None and self._anything_follows(outcome):
            self.guard.follow_up("answer", lambda: self.follow_up(outcome))

    def _anything_follows(self, outcome: AnswerOutcome) -> bool:
        """Tell whether anything is to be done, and Slack would take any of it now.

        While it is too busy with a crowd's marks and lines, the marks come later by the clockwork.
        """
        installation = outcome.installation_id
        marks = outcome.tick is Tick.REMOVE or (
            outcome.tick is Tick.ADD and self.slack.may_react(installation)
        )
        return marks or (outcome.told is not None and self.slack.may_whisper(installation))

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

    async def mark(self, message: DueMark) -> None:
        """Put the mark on a message right. Where Slack is busy or silent, it stays due."""
        change = self.slack.react if message.stands else self.slack.unreact
        place = message.installation_id, message.channel_id, message.ts
        try:
            await change(*place, COUNTED_REACTION)
        except (SlackBusyError, SlackUnreachableError):
            return
        except SlackRefusedError as refused:
            # The channel or the app is gone: there is nothing left to mark.
            log.info("mark_refused", extra={"error": str(refused)})
        await self.service.marked(message)

    async def _tell(self, outcome: AnswerOutcome) -> None:
        if outcome.told is None or not self.slack.may_whisper(outcome.installation_id):
            return
        reply = outcome.reply
        message = (
            view.counted(outcome.round_id, outcome.streak)
            if outcome.told is Told.COUNTED
            else view.late(outcome.round_id)
        )
        try:
            await self.slack.whisper(
                outcome.installation_id, reply.channel_id, reply.member_id, message, reply.thread_ts
            )
        except SlackBusyError:
            return  # the mark tells them as well, a little later

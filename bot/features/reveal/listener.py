"""The buttons Reveal Sample Answer and Why It Is Asked."""

import logging
from dataclasses import dataclass

from bot.domain.ids import RoundId
from bot.domain.questions import Question
from bot.domain.refusals import OfAnotherWorkspace, QuestionGone
from bot.features.reveal import view
from bot.features.reveal.service import Reveal
from bot.slack.blocks import Message, Modal
from bot.slack.failures import SlackBusyError, SlackRefusedError
from bot.slack.guard import Guard
from bot.slack.inbound import Click
from bot.slack.opening import OLD_TRIGGER, USED_TRIGGER
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

LONGEST_NUMBER = 18
"""Digits of a round's number: all of them fit the database's integers."""


@dataclass(frozen=True, slots=True)
class RevealListener:
    """Shows what is behind a question to the member who pressed the button, and to nobody else."""

    reveal: Reveal
    slack: Slack
    guard: Guard

    async def on_reveal_round(self, click: Click) -> None:
        """Show the sample answer of the daily question. Raises Refusal."""
        await self._show_sample_answer(click, await self._question_of_round(click))

    async def on_reveal_question(self, click: Click) -> None:
        """Show the sample answer of a question to practise. Raises Refusal."""
        _refuse_outsiders(click)
        question = await self.reveal.question(click.installation.id, click.value)
        await self._show_sample_answer(click, question)

    async def on_why_round(self, click: Click) -> None:
        """Show why the daily question is asked. Raises Refusal."""
        question = await self._question_of_round(click)
        await self._show(click, view.why_modal(question), view.why_message(question))

    async def _question_of_round(self, click: Click) -> Question:
        _refuse_outsiders(click)
        return await self.reveal.question_of_round(click.installation.id, _round_id(click.value))

    async def _show_sample_answer(self, click: Click, question: Question) -> None:
        modal, message = view.sample_answer_modal(question), view.sample_answer_message(question)
        await self._show(click, modal, message)
        # The member has what they asked for: if this fails, that is our matter, not theirs.
        self.guard.follow_up(
            "note a reveal",
            lambda: self.reveal.note(click.installation.id, click.member_id, question.slug),
        )

    async def _show(self, click: Click, modal: Modal, message: Message) -> None:
        """Open the modal; send the message if it is too late for that, or Slack too busy."""
        try:
            await self.slack.open_modal(click.installation.id, click.trigger_id, modal)
        except SlackRefusedError as refused:
            if refused.error in USED_TRIGGER:
                # The same click came twice, or Slack's reply to the first call was lost: either
                # way the modal is open.
                log.info("shown_already", extra={"action": click.action_id})
                return
            cannot_open = refused.error in OLD_TRIGGER or isinstance(refused, SlackBusyError)
            if not cannot_open or click.response_url is None:
                raise
            await self.slack.respond(click.response_url, message)


def _refuse_outsiders(click: Click) -> None:
    if click.is_outsider:
        raise OfAnotherWorkspace


def _round_id(value: str) -> RoundId:
    if not (value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER):
        raise QuestionGone
    return RoundId(int(value))

"""`/prep random`, and the buttons Another and Post Here."""

import logging
from dataclasses import dataclass

from bot.domain.practice import Sharing
from bot.domain.questions import Question
from bot.domain.refusals import OfAnotherWorkspace, OutdatedButton, PostedAlready, Refusal
from bot.features.random_question import view
from bot.features.random_question.service import Press, RandomQuestion
from bot.slack.blocks import Message
from bot.slack.guard import Guard
from bot.slack.inbound import Click, CommandCall
from bot.slack.outbound import Slack
from bot.slack.posting import must_be_posted

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RandomQuestionListener:
    """Gives a member a question at any time, and lets them share it."""

    random_question: RandomQuestion
    slack: Slack
    guard: Guard

    async def on_random(self, call: CommandCall, given: str) -> None:
        """Show a question of the topic and level that follow the word. Raises Refusal."""
        outcome = await self.random_question.asked(call.installation.id, call.member_id, given)
        await self.slack.respond(call.response_url, view.private_reply(outcome))

    async def on_another(self, click: Click) -> None:
        """Show another question of the same kind in the place of this one. Raises Refusal."""
        _refuse_outsiders(click)
        outcome = await self.random_question.another(
            click.installation.id, click.member_id, click.value
        )
        await self._replace(click, view.private_reply(outcome))

    async def on_post_here(self, click: Click) -> None:
        """Post the question in the channel for everybody. Raises Refusal."""
        _refuse_outsiders(click)
        question = self.random_question.to_share(click.value)
        if click.channel_id is None:
            raise OutdatedButton
        sharing = Sharing(click.installation.id, click.channel_id, click.member_id, question.slug)
        match self.random_question.press(sharing, click.trigger_id):
            case Press.ECHO:
                log.info("shared_already", extra={"question": question.slug})
            case Press.TOO_SOON:
                raise PostedAlready
            case Press.NEW:
                await self._share(click, sharing, question)

    async def _share(self, click: Click, sharing: Sharing, question: Question) -> None:
        outcome = await self.slack.post(
            sharing.installation_id, sharing.channel_id, view.shared(question, sharing.member_id)
        )
        try:
            must_be_posted(outcome)
        except Refusal:
            self.random_question.not_shared(sharing)
            raise
        # It is posted: whatever becomes of the private line must not look like a failure of that.
        self.guard.follow_up(
            "say that a question was posted",
            lambda: self._replace(click, view.posted(question)),
        )

    async def _replace(self, click: Click, message: Message) -> None:
        if click.response_url is None:
            raise OutdatedButton
        await self.slack.respond(click.response_url, message, replace=True)


def _refuse_outsiders(click: Click) -> None:
    if click.is_outsider:
        raise OfAnotherWorkspace

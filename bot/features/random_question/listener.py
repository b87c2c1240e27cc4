"""`/prep random`, and the buttons Another and Post Here."""

import logging
from dataclasses import dataclass

from bot.domain.gestures import Gesture, Press
from bot.domain.ids import ChannelId
from bot.domain.questions import Question
from bot.domain.refusals import OfAnotherWorkspace, OutdatedButton, PostedAlready
from bot.domain.rounds import Accepted
from bot.features.random_question import view
from bot.features.random_question.service import RandomQuestion
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
        question = await self.random_question.to_share(click.installation.id, click.value)
        if click.channel_id is None:
            raise OutdatedButton
        what = f"question:{question.slug}:{click.channel_id}:{click.member_id}"
        gesture = Gesture(click.installation.id, click.trigger_id, what)
        match await self.random_question.take(gesture):
            case Press.ECHO:
                log.info("shared_already", extra={"question": question.slug})
            case Press.TOO_SOON:
                raise PostedAlready
            case Press.NEW:
                await self._share(click, click.channel_id, question, gesture)

    async def _share(
        self, click: Click, channel: ChannelId, question: Question, gesture: Gesture
    ) -> None:
        message = view.shared(question, click.member_id)
        outcome = await self.slack.post(click.installation.id, channel, message)
        if not isinstance(outcome, Accepted):
            await self.random_question.allow_again(gesture)
        must_be_posted(outcome)
        if click.response_url is None:
            return  # nowhere to say so; the question itself can be seen
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

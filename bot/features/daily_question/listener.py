"""What people and Slack tell us about the daily question. It is posted by the clock: see `jobs`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.answering import AnswerOutcome
from bot.domain.installations import Installation
from bot.domain.refusals import NoScheduleHere
from bot.features.daily_question import view
from bot.features.daily_question.service import DailyQuestion
from bot.slack.guard import Guard
from bot.slack.inbound import CommandCall, OwnRound, RootDeleted
from bot.slack.outbound import Slack

FollowUp = Callable[[AnswerOutcome], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DailyQuestionListener:
    """Answers `/prep today`, and learns what became of posted rounds."""

    service: DailyQuestion
    slack: Slack
    guard: Guard
    find_installation: Callable[[str], Awaitable[Installation | None]]
    follow_up: FollowUp

    async def on_today(self, call: CommandCall, _given: str) -> None:
        """Link to the open round, or say when the next one comes."""
        today = await self.service.today(call.installation.id, call.channel_id)
        if today.schedule is None:
            raise NoScheduleHere
        if today.open_round is None:
            await self.slack.respond(call.response_url, view.nothing_open(today.schedule))
            return
        permalink = await self.slack.permalink(
            call.installation.id, call.channel_id, today.open_round.ts
        )
        await self.slack.respond(call.response_url, view.open_now(today.open_round, permalink))

    async def on_own_round(self, news: OwnRound) -> None:
        """Our own card came back as an event: that proves that it was posted."""
        installation = await self.find_installation(news.team_id)
        if installation is None:
            return
        for outcome in await self.service.confirm(installation.id, news.round_id, news.ts):
            self._follow_up(outcome)

    def _follow_up(self, outcome: AnswerOutcome) -> None:
        self.guard.follow_up("answer", lambda: self.follow_up(outcome))

    async def on_root_deleted(self, news: RootDeleted) -> None:
        """A message was deleted; if it was a card, its round is void for who had not answered."""
        await self.service.void(news.channel_id, news.ts, news.at)

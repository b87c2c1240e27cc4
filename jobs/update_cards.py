"""Keep the count on each card true, at most once in a while."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.rounds import Accepted, Declined, DueCard, NobodyKnows, NotNow
from bot.features.daily_question import view
from bot.features.daily_question.service import DailyQuestion
from bot.slack.outbound import Slack
from jobs.side_by_side import side_by_side

log = logging.getLogger(__name__)

AFTER_A_FAILURE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class UpdateCards:
    """Update the cards that changed; repeating an update does no harm."""

    service: DailyQuestion
    slack: Slack

    async def run(self) -> None:
        """Update what has rested long enough."""
        await side_by_side([self._update(due) for due in await self.service.due_cards()])

    async def _update(self, due: DueCard) -> None:
        outcome = await self.slack.update(
            due.installation_id, due.channel_id, due.ts, view.card(due.card)
        )
        match outcome:
            case Accepted():
                await self.service.card_updated(due)
            case NotNow(retry_after):
                await self.service.card_failed(due, retry_after)
            case NobodyKnows():
                await self.service.card_failed(due, AFTER_A_FAILURE)
            case Declined() as declined:
                # The message or the channel is gone; the next answer would try again.
                told = {"round": due.card.round_id, "error": str(declined)}
                log.info("card_declined", extra=told)

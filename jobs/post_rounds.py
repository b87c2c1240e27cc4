"""Post the questions that are due, each exactly once."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.domain.answering import AnswerOutcome
from bot.domain.ids import ChannelId, InstallationId
from bot.domain.rounds import (
    CHANNEL_LOST,
    INSTALLATION_LOST,
    SLACK_TIMEOUT,
    Accepted,
    Card,
    Declined,
    LeasedRound,
    LowDeck,
    NobodyKnows,
    NotNow,
    PostOutcome,
    ReadyRound,
)
from bot.features.daily_question import view
from bot.features.daily_question.service import DailyQuestion
from bot.slack.outbound import Slack
from jobs.side_by_side import side_by_side

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Losses:
    """What to do when Slack says that a channel, or the whole installation, is gone."""

    channel: Callable[[InstallationId, ChannelId, str], Awaitable[None]]
    installation: Callable[[InstallationId, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PostRounds:
    """Reserve, post, confirm. Safe to stop at any line: see `bot.domain.rounds`."""

    service: DailyQuestion
    slack: Slack
    clock: Clock
    follow_up: Callable[[AnswerOutcome], Awaitable[None]]
    losses: Losses

    async def run(self) -> None:
        """Post what is due now, until nothing is."""
        while True:
            claim = await self.service.claim()
            for skipped in claim.skipped:
                log.warning(
                    "round_skipped",
                    extra={
                        "schedule": skipped.schedule_id,
                        "date": skipped.local_date.isoformat(),
                        "reason": skipped.reason,
                    },
                )
            if not (claim.ready or claim.skipped or claim.low):
                break
            posts = [self._post(ready) for ready in claim.ready]
            await side_by_side([*posts, *map(self._tell_low, claim.low)])
        await self.service.beat()

    async def _post(self, ready: ReadyRound) -> None:
        leased = ready.leased
        if self.clock.now() + SLACK_TIMEOUT > leased.lease_until:
            # The lease would not outlast the call. Nothing was sent, so nothing is in doubt.
            await self.service.postpone(leased, timedelta(0))
            return
        card = view.card(Card(leased.id, ready.question))
        outcome = await self.slack.post_round(
            leased.installation_id, leased.channel_id, leased.id, card
        )
        await self._conclude(leased, outcome)

    async def _tell_low(self, low: LowDeck) -> None:
        schedule = low.schedule
        outcome = await self.slack.post(
            schedule.installation_id, schedule.owner_id, view.running_low(low)
        )
        if isinstance(outcome, NotNow | Declined):
            # Nothing was sent for certain. Of anything else nobody knows, and once is enough.
            log.warning("owner_not_told", extra={"schedule": schedule.id})
            await self.service.not_told(low)

    async def _conclude(self, leased: LeasedRound, outcome: PostOutcome) -> None:
        match outcome:
            case Accepted(ts):
                for answer in await self.service.confirm(leased.installation_id, leased.id, ts):
                    await self.follow_up(answer)
            case NotNow(retry_after):
                await self.service.postpone(leased, retry_after)
            case NobodyKnows(reason):
                log.warning("round_unknown", extra={"round": leased.id, "reason": reason})
                await self.service.doubt(leased)
            case Declined() as declined:
                await self._declined(leased, declined)

    async def _declined(self, leased: LeasedRound, declined: Declined) -> None:
        error = declined.error
        log.error("round_declined", extra={"round": leased.id, "error": str(declined)})
        await self.service.abandon(leased, str(declined))
        if error in CHANNEL_LOST:
            await self.losses.channel(leased.installation_id, leased.channel_id, error)
        elif error in INSTALLATION_LOST:
            await self.losses.installation(leased.installation_id, error)

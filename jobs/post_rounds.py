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
    Accepted,
    Card,
    Claim,
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
from jobs.side_by_side import Flow

log = logging.getLogger(__name__)

POSTS_AT_ONCE = 100
"""How many posts are under way at once. Twice as many are claimed together. If each call took all
the time it may, the last of them would be put back unsent, and leased again."""


@dataclass(frozen=True, slots=True)
class Losses:
    """What to do when Slack says that a channel, or the whole installation, is gone."""

    channel: Callable[[InstallationId, ChannelId, str], Awaitable[None]]
    installation: Callable[[InstallationId, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class PostRounds:
    """Reserve, post, confirm. Safe to stop at any line: see `bot.domain.rounds`.

    The posts are a steady flow, `at_once` calls to Slack side by side: while they are under way,
    what comes next is claimed, and what was answered is written down.
    """

    service: DailyQuestion
    slack: Slack
    clock: Clock
    follow_up: Callable[[AnswerOutcome], Awaitable[None]]
    losses: Losses
    at_once: int = POSTS_AT_ONCE

    async def run(self) -> None:
        """Post what is due now, until nothing is."""
        async with Flow(self.at_once) as flow:
            while not (claim := await self.service.claim(2 * self.at_once)).is_empty:
                _say_what_passed(claim)
                for ready in claim.ready:
                    flow.begin(self._post(ready, flow))
                for low in claim.low:
                    flow.begin(self._tell_low(low, flow))
                await self.service.beat()
                # As many wait as are claimed together, so that no call to Slack waits for a claim.
                await flow.down_to(2 * self.at_once)
        await self.service.beat()

    async def _post(self, ready: ReadyRound, flow: Flow) -> None:
        leased = ready.leased
        async with flow.turns:
            outcome = None if flow.is_cut_short else await self._outcome(ready)
        if outcome is None:
            await self.service.postpone(leased, timedelta(0))
        else:
            await self._conclude(leased, outcome)

    async def _outcome(self, ready: ReadyRound) -> PostOutcome | None:
        """Post a round; None if it waited too long for that. Nothing was sent then."""
        leased = ready.leased
        if not leased.may_begin(self.clock.now()):
            return None
        card = view.card(Card(leased.id, ready.question))
        return await self.slack.post_round(
            leased.installation_id, leased.channel_id, leased.id, card
        )

    async def _tell_low(self, low: LowDeck, flow: Flow) -> None:
        schedule = low.schedule
        async with flow.turns:
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


def _say_what_passed(claim: Claim) -> None:
    for skipped in claim.skipped:
        log.warning(
            "round_skipped",
            extra={
                "schedule": skipped.schedule_id,
                "date": skipped.local_date.isoformat(),
                "reason": skipped.reason,
            },
        )

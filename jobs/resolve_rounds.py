"""Find out what became of posts whose outcome nobody knows."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.answering import AnswerOutcome
from bot.domain.rounds import LeasedRound
from bot.features.daily_question.service import DailyQuestion
from bot.slack.outbound import Absent, Found, NotSure, Slack
from jobs.side_by_side import side_by_side

log = logging.getLogger(__name__)

CLOCK_ALLOWANCE = timedelta(minutes=6)
"""How far Slack's clock may be behind ours: a little more than signatures tolerate."""


@dataclass(frozen=True, slots=True)
class ResolveRounds:
    """Look each unknown round up in its channel; post again only what is proved absent."""

    service: DailyQuestion
    slack: Slack
    follow_up: Callable[[AnswerOutcome], Awaitable[None]]

    async def run(self) -> None:
        """Resolve what may be looked up now."""
        await side_by_side([self._resolve(r) for r in await self.service.claim_unknown()])

    async def _resolve(self, leased: LeasedRound) -> None:
        search = await self.slack.find_round(
            leased.installation_id,
            leased.channel_id,
            leased.id,
            leased.attempted_at - CLOCK_ALLOWANCE,
        )
        match search:
            case Found(ts):
                for answer in await self.service.confirm(leased.installation_id, leased.id, ts):
                    await self.follow_up(answer)
            case Absent():
                log.warning("round_absent", extra={"round": leased.id})
                await self.service.prove_absent(leased)
            case NotSure(retry_after, reason):
                log.warning("round_still_unknown", extra={"round": leased.id, "reason": reason})
                await self.service.look_again(leased, retry_after)

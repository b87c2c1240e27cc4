"""Find out what became of posts whose outcome nobody knows."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.answering import AnswerOutcome
from bot.domain.ids import MessageTs, RoundId
from bot.domain.rounds import CLOCK_ALLOWANCE, LEASE, LeasedRound
from bot.features.daily_question.service import DailyQuestion
from bot.slack.outbound import Absent, Found, NotSure, Slack
from jobs.side_by_side import side_by_side

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResolveRounds:
    """Look each unknown round up in its channel; post again only what is proved absent.

    Where Slack lets us read one page a minute, a search goes on where the last look ended. That is
    kept in memory only: after a restart it begins anew.
    """

    service: DailyQuestion
    slack: Slack
    follow_up: Callable[[AnswerOutcome], Awaitable[None]]
    _searched: dict[tuple[RoundId, datetime], MessageTs] = field(default_factory=dict)

    async def run(self) -> None:
        """Resolve what may be looked up now."""
        await side_by_side([self._resolve(r) for r in await self.service.claim_unknown()])

    async def _resolve(self, leased: LeasedRound) -> None:
        attempt = (leased.id, leased.attempted_at)
        before = self._searched.pop(attempt, None)
        search = await self.slack.find_round(
            leased.installation_id,
            leased.channel_id,
            leased.id,
            leased.attempted_at - CLOCK_ALLOWANCE,
            before or _latest(leased),
        )
        match search:
            case Found(ts):
                for answer in await self.service.confirm(leased.installation_id, leased.id, ts):
                    await self.follow_up(answer)
            case Absent():
                log.warning("round_absent", extra={"round": leased.id})
                await self.service.prove_absent(leased)
            case NotSure(retry_after, reason, searched_from):
                if reached := searched_from or before:
                    self._searched[attempt] = reached
                log.warning("round_still_unknown", extra={"round": leased.id, "reason": reason})
                await self.service.look_again(leased, retry_after)


def _latest(leased: LeasedRound) -> MessageTs:
    """Name the end of the time in which Slack may have taken the attempt's message."""
    end = leased.attempted_at + LEASE + CLOCK_ALLOWANCE
    return MessageTs(f"{end.timestamp():.6f}")

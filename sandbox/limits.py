"""Slack's rate limits: per method, per workspace and per app, on the sandbox's clock.

Tiers are documented as "20+", "50+" or "100+" a minute, so each is a bucket that holds a minute's
worth and refills at that pace: a burst passes, a sustained excess gets 429 with ``Retry-After``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum


class Tier(Enum):
    """Calls a minute that Slack promises. SPECIAL stands for "several hundred"."""

    ONE = 1
    TWO = 20
    THREE = 50
    FOUR = 100
    SPECIAL = 300


@dataclass(frozen=True)
class Rate:
    """A bucket: how many calls at once, and how many a second it regains."""

    burst: int
    per_second: float


_OF_TIER = {tier: Rate(max(tier.value, 10), max(tier.value, 10) / 60) for tier in Tier}
_POSTS_IN_CHANNEL = Rate(burst=10, per_second=1.0)
_RESTRICTED_HISTORY = Rate(burst=1, per_second=1 / 60)
_HISTORY_METHODS = frozenset({"conversations.history", "conversations.replies"})
RESTRICTED_PAGE = 15


@dataclass
class _Bucket:
    tokens: float
    refilled_at: float


class RateLimits:
    """Counts calls. ``enabled=False`` lets everything through; ``restricted_history=True`` puts
    history and replies on "1 a minute, 15 items", as for unlisted commercial apps since 2025."""

    def __init__(self) -> None:
        self.enabled = True
        self.restricted_history = False
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def wait_for(self, key: tuple[str, str], tier: Tier, channel: str, now: float) -> int | None:
        """Count one call; seconds to wait if it is one too many, else None.

        ``key`` is (installation, method); ``channel`` matters for ``chat.postMessage`` only.
        """
        if not self.enabled:
            return None
        rate = _OF_TIER[tier]
        if self.restricted_history and key[1] in _HISTORY_METHODS:
            rate = _RESTRICTED_HISTORY
        if key[1] == "chat.postMessage" and channel:
            wait = self._take((*key, channel), _POSTS_IN_CHANNEL, now)
            if wait is not None:
                return wait
        return self._take(key, rate, now)

    def _take(self, key: tuple[str, ...], rate: Rate, now: float) -> int | None:
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        elapsed = max(0.0, now - bucket.refilled_at)
        bucket.tokens = min(rate.burst, bucket.tokens + elapsed * rate.per_second)
        bucket.refilled_at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return None
        return max(1, math.ceil((1 - bucket.tokens) / rate.per_second))

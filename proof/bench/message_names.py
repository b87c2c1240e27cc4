"""The `ts` of messages that a stand-in for Slack takes: the moment, as Slack gives it."""

from dataclasses import dataclass, field

from bot.clock import Clock, SystemClock


@dataclass(slots=True)
class MessageNames:
    """Names messages by the moment, each later than every one before.

    Two of these in a row never give the same name; two side by side may.
    """

    clock: Clock = field(default_factory=SystemClock)
    newest_us: int = 0

    def next(self) -> str:
        """Return the `ts` of this moment."""
        self.newest_us = max(self.newest_us + 1, int(self.clock.now().timestamp() * 1_000_000))
        return f"{self.newest_us // 1_000_000}.{self.newest_us % 1_000_000:06d}"

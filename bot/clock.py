"""The only reader of real time, and of where time zones come from."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import reset_tzpath


def use_pinned_zones() -> None:
    """Take time zones from the pinned `tzdata` package alone, whatever the machine has.

    Call it once, before the first zone is read.
    """
    reset_tzpath(to=())


class Clock(Protocol):
    """Something that tells the time."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

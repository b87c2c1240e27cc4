"""The only reader of real time, and of where time zones come from."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
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


class AgreedClock:
    """A clock that several copies of the app agree on, as those of their machines may not.

    `look` asks for the time that all of them share, or returns None where our own clock is the only
    one. Between two looks our own clock carries it on.
    """

    def __init__(self, own: Clock, look: Callable[[], Awaitable[datetime | None]]) -> None:
        self._own = own
        self._look = look
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment, in UTC, put right by the last look."""
        return self._own.now() - self._ahead

    async def agreed(self) -> datetime:
        """Look at the shared clock and return its present moment, in UTC."""
        shared = await self._look()
        if shared is None:
            return self._own.now()
        self._ahead = self._own.now() - shared
        return shared

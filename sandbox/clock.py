"""The sandbox's time: a clock that tests and the demo move by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class MovableClock:
    """Time in a sandbox, in UTC, moved only by whoever holds it.

    With ``flowing=True`` it also runs on with real time from wherever it was last set, which is
    what a person in a browser expects.
    """

    def __init__(self, start: datetime, *, flowing: bool = False) -> None:
        """Start at an aware moment. Raises ValueError for a naive one."""
        self.flowing = flowing
        self._set_to(start)

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        if not self.flowing:
            return self._at
        return self._at + timedelta(seconds=time.monotonic() - self._set_when)

    def move_to(self, moment: datetime) -> None:
        """Jump to an aware moment, forwards or backwards. Raises ValueError for a naive one."""
        self._set_to(moment)

    def move_on(self, by: timedelta) -> None:
        """Jump by a duration; a negative one goes back."""
        self._set_to(self.now() + by)

    def _set_to(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("a sandbox clock needs an aware datetime")
        self._at = moment.astimezone(UTC)
        self._set_when = time.monotonic()


def signing_time() -> int:
    """Real Unix seconds, for request signatures only.

    The library that receives a request compares its timestamp with the real clock (within 300 s),
    so a signature made on the movable clock would be refused.
    """
    return int(time.time())  # noqa: TID251 - see the docstring

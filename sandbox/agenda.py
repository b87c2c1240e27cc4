"""What is to happen later on the sandbox's clock: retries, late events, late effects."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime


class Agenda:
    """A list of things to do, each due at a moment of the sandbox's clock."""

    def __init__(self) -> None:
        self._order = itertools.count()
        self._entries: list[tuple[datetime, int, Callable[[], None]]] = []

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        """Do something once the clock has reached a moment."""
        heapq.heappush(self._entries, (due, next(self._order), action))

    def run_due(self, now: datetime) -> None:
        """Do everything that is due, in the order in which it fell due."""
        while self._entries and self._entries[0][0] <= now:
            _, _, action = heapq.heappop(self._entries)
            action()

    @property
    def next_due(self) -> datetime | None:
        """When the next thing is due, or None."""
        return self._entries[0][0] if self._entries else None

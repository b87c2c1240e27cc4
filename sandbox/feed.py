"""A feed of everything a person could see change, for a page that shows the sandbox live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One visible change. ``kind`` is ``message``, ``changed``, ``deleted``, ``reaction``,
    ``ephemeral``, ``view``, ``home``, ``channel`` or ``member``. ``user_id`` is set where only one
    person sees it."""

    kind: str
    channel_id: str | None = None
    user_id: str | None = None
    ts: str | None = None


class Feed:
    """Tells every subscriber of every change, at once and in order."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back on each change; returns a function that ends the subscription."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def tell(self, change: Change) -> None:
        """Tell everybody."""
        for callback in tuple(self._subscribers):
            callback(change)

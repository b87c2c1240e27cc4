"""The book of everything that passed between the app and the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.workspace import JSON


@dataclass(frozen=True)
class ApiCall:
    """One Web API call. ``owner`` is the app id of its token, None if the token was no good.
    ``result`` is what the method decided even where a fault kept the answer from the caller."""

    method: str
    args: JSON
    owner: str | None
    result: JSON
    status: int
    at: datetime
    fault: str | None = None

    @property
    def ok(self) -> bool:
        """True if the call had its effect."""
        return self.result.get("ok") is True


@dataclass(frozen=True)
class Delivery:
    """One attempt to hand something to the app. ``kind`` is ``events_api``, ``interactive`` or
    ``slash_commands``; ``status`` the HTTP status (200 for a socket's ack), None without one;
    ``reason`` why it failed, in Slack's words (``http_timeout``, ``http_error``, …)."""

    kind: str
    app_id: str
    payload: JSON
    attempt: int
    status: int | None
    reason: str | None
    at: datetime

    @property
    def acknowledged(self) -> bool:
        """True for a 2xx answer or a socket's ack in time."""
        return self.reason is None


class Ledger:
    """Everything that happened, oldest first."""

    def __init__(self) -> None:
        self._calls: list[ApiCall] = []
        self._deliveries: list[Delivery] = []
        self._entries: list[ApiCall | Delivery] = []
        self._subscribers: list[Callable[[], None]] = []

    @property
    def entries(self) -> list[ApiCall | Delivery]:
        """Calls and deliveries together."""
        return self._entries

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back on each entry; returns a function that ends the subscription."""
        self._subscribers.append(callback)
        return lambda: self._subscribers.remove(callback)

    def record(self, entry: ApiCall | Delivery) -> None:
        """Add an entry."""
        self._entries.append(entry)
        for callback in tuple(self._subscribers):
            callback()
        if isinstance(entry, ApiCall):
            self._calls.append(entry)
        else:
            self._deliveries.append(entry)

    def calls(self, method: str | None = None, *, channel: str | None = None) -> list[ApiCall]:
        """Web API calls, of one method and in one channel if named."""
        return [
            call
            for call in self._calls
            if method in (None, call.method) and channel in (None, call.args.get("channel"))
        ]

    def deliveries(
        self, kind: str | None = None, *, event_type: str | None = None
    ) -> list[Delivery]:
        """Attempts to deliver, of one kind and one event type if named."""
        return [
            delivery
            for delivery in self._deliveries
            if kind in (None, delivery.kind)
            and event_type in (None, delivery.payload.get("event", {}).get("type"))
        ]

    def clear(self) -> None:
        """Forget everything, between two parts of a test or of a long measurement."""
        self._calls.clear()
        self._deliveries.clear()
        self._entries.clear()

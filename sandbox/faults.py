"""Trouble on demand: what the network and Slack do on their bad days, scripted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

ANY_METHOD = "*"


class Trouble(Enum):
    """What the caller meets instead of its answer."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    TIMES_OUT = "times_out"
    RESETS = "resets"
    API_ERROR = "api_error"
    LATE_EFFECT = "late_effect"


@dataclass
class CallFault:
    """A fault of the next ``times`` calls of a method, in one channel if named.

    ``after_effect`` tells whether the call does its work before the trouble shows.
    """

    method: str
    trouble: Trouble
    times: int = 1
    channel: str | None = None
    after_effect: bool = False
    status: int = 500
    error: str = ""
    retry_after: int | None = None
    delay: timedelta = timedelta()

    def meets(self, method: str, channel: str) -> bool:
        """True if this fault strikes such a call."""
        meant = self.method in (ANY_METHOD, method)
        return self.times > 0 and meant and self.channel in (None, channel)


class EventTrouble(Enum):
    """What happens to an event on its way."""

    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    DROPPED = "dropped"
    LATE = "late"


@dataclass
class EventFault:
    """A fault of the next ``times`` events, of one type if named."""

    trouble: EventTrouble
    times: int = 1
    event_type: str | None = None
    copies: int = 1
    new_event_ids: bool = False
    delay: timedelta = timedelta()


class MethodFaults:
    """Scripts the next calls of one method: ``faults.on("chat.postMessage").resets()``."""

    def __init__(self, queue: list[CallFault], method: str, channel: str | None) -> None:
        self._queue = queue
        self._method = method
        self._channel = channel

    def rate_limited(self, retry_after: int | None = 30, *, times: int = 1) -> None:
        """429, with ``Retry-After`` in seconds unless that is None; never has its effect."""
        self._add(Trouble.RATE_LIMITED, times, retry_after=retry_after)

    def server_error(
        self, status: int = 500, *, after_effect: bool = False, times: int = 1
    ) -> None:
        """A 5xx with a body that is not JSON, as a proxy would give."""
        self._add(Trouble.SERVER_ERROR, times, status=status, after_effect=after_effect)

    def times_out(self, *, after_effect: bool = False, times: int = 1) -> None:
        """No answer: the connection is held until the caller gives up or the sandbox closes."""
        self._add(Trouble.TIMES_OUT, times, after_effect=after_effect)

    def resets(self, *, after_effect: bool = False, times: int = 1) -> None:
        """The TCP connection is aborted instead of an answer."""
        self._add(Trouble.RESETS, times, after_effect=after_effect)

    def api_error(self, error: str, *, times: int = 1) -> None:
        """Slack's own refusal: 200 with ``{"ok": false, "error": …}``."""
        self._add(Trouble.API_ERROR, times, error=error)

    def late_effect(self, delay: timedelta, *, times: int = 1) -> None:
        """The connection resets at once, and the effect comes later on the sandbox's clock."""
        self._add(Trouble.LATE_EFFECT, times, delay=delay)

    def _add(self, trouble: Trouble, times: int, **details: object) -> None:
        fault = CallFault(self._method, trouble, times, self._channel)
        for name, value in details.items():
            setattr(fault, name, value)
        self._queue.append(fault)


class Faults:
    """Every fault that waits to strike. Faults of one kind strike in the order of scripting."""

    def __init__(self) -> None:
        self._calls: list[CallFault] = []
        self._events: list[EventFault] = []
        self._refused_upgrades: list[int] = []

    def on(self, method: str, *, channel: str | None = None) -> MethodFaults:
        """Script the next calls of a Web API method, in one channel (by id) if named."""
        return MethodFaults(self._calls, method, channel)

    def on_any(self) -> MethodFaults:
        """Script the next calls, whichever methods they are of."""
        return MethodFaults(self._calls, ANY_METHOD, None)

    def duplicate_events(
        self,
        times: int = 2,
        *,
        new_event_ids: bool = False,
        event_type: str | None = None,
        events: int = 1,
    ) -> None:
        """Deliver each of the next ``events`` events ``times`` times in all."""
        self._events.append(
            EventFault(EventTrouble.DUPLICATED, events, event_type, times, new_event_ids)
        )

    def reorder_events(self, count: int = 2, *, event_type: str | None = None) -> None:
        """Hold the next ``count`` events and deliver them last first."""
        self._events.append(EventFault(EventTrouble.REORDERED, count, event_type))

    def drop_events(self, count: int = 1, *, event_type: str | None = None) -> None:
        """Never deliver the next ``count`` events."""
        self._events.append(EventFault(EventTrouble.DROPPED, count, event_type))

    def delay_events(self, by: timedelta, count: int = 1, *, event_type: str | None = None) -> None:
        """Deliver the next ``count`` events so much later on the sandbox's clock."""
        self._events.append(EventFault(EventTrouble.LATE, count, event_type, delay=by))

    def refuse_upgrades(self, times: int = 1, *, status: int = 503) -> None:
        """Answer the next websocket upgrades with an HTTP error; their tickets are spent."""
        self._refused_upgrades.extend([status] * times)

    def take_for_call(self, method: str, channel: str) -> CallFault | None:
        """The fault that strikes this call, used up once."""
        for fault in self._calls:
            if fault.meets(method, channel):
                fault.times -= 1
                return fault
        return None

    def take_for_event(self, event_type: str) -> EventFault | None:
        """The fault that strikes this event, used up once."""
        for fault in self._events:
            if fault.times > 0 and fault.event_type in (None, event_type):
                fault.times -= 1
                return fault
        return None

    def take_for_upgrade(self) -> int | None:
        """The HTTP status with which this upgrade is refused, or None."""
        return self._refused_upgrades.pop(0) if self._refused_upgrades else None

    def clear(self) -> None:
        """Forget every fault that has not struck."""
        self._calls.clear()
        self._events.clear()
        self._refused_upgrades.clear()

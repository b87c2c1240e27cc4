"""The faults drawer: what can go wrong on demand, and the tale of what did."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.playground.stage import Stage
from sandbox.workspace import RefusedError

MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Fault:
    """A button of the drawer."""

    name: str
    label: str
    purpose: str
    needs_owner: bool = False


FAULTS = (
    Fault(
        "again",
        "Deliver the Last Event Again",
        "Slack sends the last message event once more, as it does when an answer was lost.",
    ),
    Fault(
        "twice",
        "Deliver the Next Event Twice",
        "The next message arrives two times, under two event ids.",
    ),
    Fault(
        "limit",
        "Answer the Next Call with 429",
        "The next call of the app is refused for 30 seconds of the sandbox's clock.",
    ),
    Fault(
        "drop",
        "Drop the Connection After the Next Post",
        "Slack takes the next post, but the app never hears that it did.",
    ),
    Fault(
        "restart",
        "Restart the App",
        "The app stops and starts again on the same data.",
        needs_owner=True,
    ),
    Fault("clear", "Call All Faults Off", "Forget the faults that have not struck yet."),
)


class Mischief:
    """Does what the drawer's buttons say, and remembers it."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._told: list[str] = []

    @property
    def offered(self) -> tuple[Fault, ...]:
        """The buttons that work on this stage."""
        has_owner = self._stage.owner is not None
        return tuple(fault for fault in FAULTS if has_owner or not fault.needs_owner)

    @property
    def told(self) -> list[str]:
        """What was done, newest first."""
        return self._told[::-1]

    async def do(self, name: str) -> str:
        """Press a button; returns what was done. Raises RefusedError if it cannot be done."""
        deeds: dict[str, Callable[[], Awaitable[str]]] = {
            "again": self._again,
            "twice": self._twice,
            "limit": self._limit,
            "drop": self._drop,
            "restart": self._restart,
            "clear": self._clear,
        }
        if name not in {fault.name for fault in self.offered}:
            raise RefusedError("There is no such fault.")
        said = await deeds[name]()
        self._told = [*self._told, said][-MOST_TOLD:]
        return said

    async def _again(self) -> str:
        sandbox = self._stage.sandbox
        sent = sandbox.ledger.deliveries("events_api", event_type="message")
        mine = [one for one in sent if one.app_id == self._stage.app.app_id]
        if not mine:
            raise RefusedError("No message event has been delivered yet. Say something first.")
        sandbox.platform.courier.send_event(self._stage.app, mine[-1].payload)
        await sandbox.settled()
        event_id = mine[-1].payload["event_id"]
        said = f"Delivered event {event_id} again."
        if self._stage.owner is not None:
            await self._stage.owner.settled()
        return said

    async def _twice(self) -> str:
        self._stage.sandbox.faults.duplicate_events(2, new_event_ids=True, event_type="message")
        return "The next message event will arrive twice."

    async def _limit(self) -> str:
        self._stage.sandbox.faults.on_any().rate_limited(30)
        return "The next call will be answered with 429."

    async def _drop(self) -> str:
        self._stage.sandbox.faults.on("chat.postMessage").resets(after_effect=True)
        return "The connection will drop after the next post."

    async def _restart(self) -> str:
        if self._stage.owner is not None:
            await self._stage.owner.restart()
        return "Stopped the app and started it again."

    async def _clear(self) -> str:
        self._stage.sandbox.faults.clear()
        return "No fault is waiting any more."

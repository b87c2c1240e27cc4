"""Who and what the playground shows, and what only the owner of the machine can do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, InstalledApp, Message


class Owner(Protocol):
    """What the owner of the machine can do with the app behind the page."""

    async def turn(self) -> None:
        """Let the app's clockwork run once, and everything that follows from it."""

    async def settled(self) -> None:
        """Wait until nobody has anything left to do."""

    async def next_due(self) -> datetime | None:
        """When the app will next post by itself, aware; None if never."""

    async def restart(self) -> None:
        """Stop the app and start it again on the same data."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A command that the composer proposes, as typed, and what it is for."""

    line: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A workspace ready to be shown. Without an owner the app is somebody else's process."""

    sandbox: Sandbox
    app: InstalledApp
    people: tuple[Person, ...]
    channel: Channel
    outsider: Person | None = None
    owner: Owner | None = None
    hints: tuple[Hint, ...] = ()
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What teammates say by themselves, by their names."""
    tips: tuple[str, ...] = ()
    """What a newcomer may try first, in order; mrkdwn."""

    @property
    def everyone(self) -> tuple[Person, ...]:
        """Everybody a visitor can speak as."""
        return (*self.people, self.outsider) if self.outsider else self.people

    def person(self, user_id: str) -> Person | None:
        """Somebody by id."""
        return next((one for one in self.everyone if one.id == user_id), None)

    def questions(self) -> list[Message]:
        """What the app has asked in channels, oldest first: its posts that carry metadata."""
        asked = [
            message
            for channel in self.sandbox.workspace.channels.values()
            for message in channel.messages
            if message.app is self.app and (message.metadata or {}).get("event_type")
        ]
        return sorted(asked, key=lambda message: message.ts)

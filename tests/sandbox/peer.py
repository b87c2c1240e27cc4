"""A tiny real Bolt app, the peer of the sandbox in these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.clock import MovableClock
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import AppSpec, Channel, InstalledApp

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_left",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)


def spec(**changes: Any) -> AppSpec:
    """The app of these tests, with changes."""
    given: dict[str, Any] = {
        "name": "quiz",
        "command": "/quiz",
        "scopes": SCOPES,
        "events": EVENTS,
        "signing_secret": "s3cret",
        "bot_token": "xoxb-quiz",
    }
    return AppSpec(**(given | changes))


@dataclass
class Room:
    """A sandbox with an app, two people and a channel, and a client with the app's token."""

    clock: MovableClock
    sandbox: Sandbox
    app: InstalledApp
    alice: Person
    bob: Person
    channel: Channel
    client: AsyncWebClient

    async def call(self, method: str, **args: Any) -> dict[str, Any]:
        """Call a method raw, with the app's token; returns the JSON whatever it says."""
        form = {key: str(value) for key, value in args.items()}
        headers = {"authorization": f"Bearer {self.app.spec.bot_token}"}
        assert self.client.session is not None
        url = self.sandbox.api_url + method
        async with self.client.session.post(url, data=form, headers=headers) as response:
            told: dict[str, Any] = await response.json()
            return told


@asynccontextmanager
async def open_room(app_spec: AppSpec | None = None) -> AsyncIterator[Room]:
    """A sandbox at noon on a Monday."""
    clock = MovableClock(NOON)
    async with Sandbox(clock) as sandbox, aiohttp.ClientSession() as session:
        app = sandbox.install_app(app_spec or spec())
        alice = sandbox.person("alice", tz="Europe/Berlin")
        bob = sandbox.person("bob")
        channel = sandbox.channel("quiz-room", members=[alice, bob, app])
        client = AsyncWebClient(
            token=app.spec.bot_token,
            base_url=sandbox.api_url,
            session=session,
            retry_handlers=[],
            timeout=5,
        )
        yield Room(clock, sandbox, app, alice, bob, channel, client)


@dataclass
class Peer:
    """A Bolt app that keeps what it hears."""

    bolt: AsyncApp
    events: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str, subtype: str | None = None) -> list[dict[str, Any]]:
        """The events of a type and subtype, by their time (they may arrive in any order)."""
        found = [e for e in self.events if e["type"] == kind and e.get("subtype") == subtype]
        return sorted(found, key=lambda event: str(event.get("event_ts", "")))


def bolt_peer(room: Room) -> Peer:
    """A Bolt app for the room's installation that hears every event."""

    async def authorize() -> AuthorizeResult:
        app = room.app
        return AuthorizeResult(
            enterprise_id=None,
            team_id=app.team_id,
            bot_user_id=app.bot_user_id,
            bot_id=app.bot_id,
            bot_token=app.spec.bot_token,
        )

    bolt = AsyncApp(
        signing_secret=room.app.spec.signing_secret,
        client=room.client,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,
    )
    return Peer(bolt)


def hear_everything(peer: Peer) -> None:
    """Register, last, a listener that keeps every event with its envelope's headers."""

    async def keep(event: dict[str, Any], request: Any) -> None:
        peer.events.append(event)
        peer.headers.append(request.headers)

    for name in (*{name.partition(".")[0] for name in EVENTS},):
        peer.bolt.event(name)(keep)


@asynccontextmanager
async def over_http(room: Room, peer: Peer) -> AsyncIterator[Peer]:
    """Serve the peer over HTTP and give its address to the sandbox."""
    runner = web.AppRunner(peer.bolt.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    room.app.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield peer
    finally:
        room.app.request_url = None
        await runner.cleanup()

"""The edge by itself: our dispatcher and doors over a Bolt app, with rooms that only take notes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.domain.ids import InstallationId, MemberId
from bot.domain.installations import Installation
from bot.slack.blocks import Json, actions, button
from bot.slack.dispatch import Command, Dispatcher, Routes
from bot.slack.guard import Guard
from bot.slack.inbound import Click, CommandCall, Event, MessageNews, Submission
from bot.slack.outbound import Slack
from bot.slack.pace import Pace
from bot.slack.sockets import Patience, SocketDoor
from sandbox.clock import MovableClock
from sandbox.manifest import app_spec
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, InstalledApp, Message
from tests.prep_team import MANIFEST, SECRET, berlin

HASTY = Patience(ping_every_s=0.02, watch_every_s=0.02, stuck_after_s=0.1)


@dataclass
class Rooms:
    """What every room was asked, and what it does then."""

    asked: list[Any] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def _note(self, what: Any) -> None:
        self.asked.append(what)
        if self.meanwhile is not None:
            await self.meanwhile()

    async def on_command(self, call: CommandCall, _rest: str) -> None:
        """A command."""
        await self._note(call)

    async def on_click(self, click: Click) -> None:
        """A button."""
        await self._note(click)

    async def on_submit(self, submission: Submission) -> Mapping[str, str]:
        """A form."""
        await self._note(submission)
        return {}

    async def on_event(self, event: Event) -> None:
        """An event."""
        await self._note(event)

    async def on_message(self, news: MessageNews) -> None:
        """A message."""
        await self._note(news)


@dataclass
class Edge:
    """The doors of one app, and the Slack before them."""

    slack: Sandbox
    app: InstalledApp
    bolt: AsyncApp
    dispatcher: Dispatcher
    rooms: Rooms
    guard: Guard
    alice: Person
    channel: Channel

    def socket(self, token: str = "xapp-test", patience: Patience = HASTY) -> SocketDoor:
        """A Socket Mode door, not open yet."""
        return SocketDoor(self.bolt, token, self.dispatcher, patience)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[SocketDoor]:
        """An open Socket Mode door."""
        door = self.socket()
        try:
            await door.open()
            await self.slack.sockets.until(lambda: self.slack.sockets.open_for(self.app))
            yield door
        finally:
            await door.shut()

    async def question(self) -> Message:
        """A message of the app's own in the channel, with a button."""
        posted = await self.dispatcher.slack.client.chat_postMessage(
            token=BOT_TOKEN, channel=self.channel.id, text="Why?", blocks=[_BUTTONS]
        )
        await self.slack.settled()
        self.rooms.asked.clear()
        return self.channel.by_ts[str(posted["ts"])]


BOT_TOKEN = "xoxb-test"
_BUTTONS: Json = actions(button("Why It Is Asked", "why_round", "1"))


@asynccontextmanager
async def an_edge() -> AsyncIterator[Edge]:
    """An edge in Socket Mode, in a small Slack of its own."""
    async with Sandbox(MovableClock(berlin(3, 2, 8))) as slack, aiohttp.ClientSession() as session:
        slack.limits.enabled = False
        app = slack.install_app(
            app_spec(MANIFEST, signing_secret=SECRET, bot_token=BOT_TOKEN, app_token="xapp-test")
        )
        client = Slack(session, lambda _: BOT_TOKEN, Pace(slack.clock), slack.api_url)
        here = Installation(InstallationId(1), slack.team_id, None, MemberId(app.bot_user_id))
        rooms, guard = Rooms(), Guard()
        dispatcher = Dispatcher(
            _routes(rooms), guard, client, _only(here), frozenset({app.bot_user_id})
        )
        bolt = _bolt(client, here)
        dispatcher.register(bolt)
        alice = slack.person("alice")
        channel = slack.channel("prep", members=[alice, app])
        yield Edge(slack, app, bolt, dispatcher, rooms, guard, alice, channel)
        await guard.idle()


def _routes(rooms: Rooms) -> Routes:
    return Routes(
        commands={"go": Command("go", "go", "goes", rooms.on_command)},
        otherwise=rooms.on_command,
        actions={"why_round": rooms.on_click},
        submissions={"setup": rooms.on_submit},
        events={"channel_archive": rooms.on_event},
        message=rooms.on_message,
    )


def _only(here: Installation) -> Callable[[str], Awaitable[Installation | None]]:
    async def find(team: str) -> Installation | None:
        return here if team == here.team_id else None

    return find


def _bolt(client: Slack, here: Installation) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=here.team_id,
            bot_token=BOT_TOKEN,
            bot_user_id=here.bot_user_id,
        )

    return AsyncApp(
        name="prep",
        signing_secret=SECRET,
        client=client.client,
        authorize=authorize,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )

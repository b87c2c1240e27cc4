"""A small Slack that runs on loopback: ``async with Sandbox(clock) as sandbox: …``.

The app under test sees it only over HTTP and websockets, through ``base_url=sandbox.api_url``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from sandbox.clock import MovableClock
from sandbox.faults import Faults
from sandbox.feed import Change
from sandbox.interactions import Interactions
from sandbox.ledger import Ledger
from sandbox.limits import RateLimits
from sandbox.payloads import message_json
from sandbox.people import Person
from sandbox.platform import make_platform
from sandbox.reading import message_as_text
from sandbox.responses import Responses
from sandbox.server import Pages, Server
from sandbox.sockets import Sockets
from sandbox.workspace import (
    JSON,
    AppSpec,
    Channel,
    InstalledApp,
    Message,
    RefusedError,
    Team,
    User,
    Workspace,
)

_TICK_SECONDS = 0.25


class Sandbox:
    """One workspace with its people and apps, and whatever guests Slack Connect brings.

    What people do is awaited (``await alice.says(…)``); what the sandbox's owner does to the
    workspace (``archive``, ``kicks``, ``uninstall``, …) happens at once.
    """

    def __init__(self, clock: MovableClock, *, port: int = 0, name: str = "Acme") -> None:
        self.clock = clock
        self.workspace = Workspace(clock)
        self.platform = make_platform(self.workspace)
        responses = Responses(self.platform)
        self.interactions = Interactions(self.platform, responses)
        self._server = Server(self.platform, responses)
        self._port = port
        self._ticker: asyncio.Task[None] | None = None
        home = self._team(self.workspace.new_id("T"), name)
        self.team_id = home.id
        self.owner = self.person("owner", admin=True)

    async def __aenter__(self) -> Self:
        self.platform.root_url = await self._server.start(self._port)
        if self.clock.flowing:
            self.lets_time_flow()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        await self.platform.courier.close()
        await self._server.close()

    def lets_time_flow(self) -> None:
        """From now on time passes by itself, for a person in a browser."""
        if not self.clock.flowing:
            now = self.clock.now()
            self.clock.flowing = True
            self.clock.move_to(now)
        if self._ticker is None:
            self._ticker = asyncio.get_running_loop().create_task(self._keep_time())

    def shows(self, pages: Pages) -> None:
        """Serve some pages beside the API, before the sandbox is entered."""
        self._server.pages = pages

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.platform.agenda.run_due(self.clock.now())

    # --- what is where --------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        """The ``base_url`` for a Slack client, with the final slash."""
        return f"{self.platform.root_url}/api/"

    @property
    def ledger(self) -> Ledger:
        """Every Web API call and every delivery."""
        return self.platform.ledger

    @property
    def faults(self) -> Faults:
        """Trouble to script."""
        return self.platform.faults

    @property
    def limits(self) -> RateLimits:
        """The rate limits and their switches."""
        return self.platform.limits

    @property
    def sockets(self) -> Sockets:
        """The open websockets, and ways to end them."""
        return self.platform.sockets

    @property
    def ack_seconds(self) -> float:
        """How many real seconds the app has to acknowledge: 3, as with Slack, unless set."""
        return self.platform.courier.ack_seconds

    @ack_seconds.setter
    def ack_seconds(self, seconds: float) -> None:
        self.platform.courier.ack_seconds = seconds

    # --- people, channels, apps -----------------------------------------------------------------

    def person(
        self,
        name: str,
        *,
        tz: str | None = "Etc/UTC",
        real_name: str | None = None,
        team: str | None = None,
        admin: bool = False,
    ) -> Person:
        """A new human, of this workspace or, with ``team`` (an id), of another one."""
        if team is not None and team not in self.workspace.teams:
            self._team(team, team)
        user = User(
            id=self.workspace.new_id("U"),
            team_id=team or self.team_id,
            name=name,
            real_name=real_name or name.title(),
            tz=tz,
            is_admin=admin,
        )
        self.workspace.users[user.id] = user
        return Person(self.platform, self.interactions, user)

    def channel(
        self,
        name: str,
        *,
        members: Sequence[Person | InstalledApp] = (),
        private: bool = False,
    ) -> Channel:
        """A new channel with these members. Guests from other workspaces make it a shared one."""
        channel = Channel(
            id=self.workspace.new_id("C"),
            name=name,
            team_id=self.team_id,
            kind="group" if private else "channel",
            creator=self.owner.id,
            created=int(self.workspace.seconds()),
        )
        for member in members:
            channel.member_ids[_user_id(member)] = None
            self._share(channel, member)
        self.workspace.channels[channel.id] = channel
        return channel

    def install_app(self, spec: AppSpec, *, team: str | None = None) -> InstalledApp:
        """Install an app in this workspace (or another one; the app id is the same for the same
        name). Give it a ``request_url`` afterwards, or an app token for Socket Mode."""
        team_id = team or self.team_id
        if team_id not in self.workspace.teams:
            self._team(team_id, team_id)
        if self.workspace.app_of_token(spec.bot_token) is not None:
            raise ValueError("every installation needs a bot token of its own")
        same = next((app for app in self.workspace.apps if app.spec.name == spec.name), None)
        bot_id = self.workspace.new_id("B")
        bot = User(
            id=self.workspace.new_id("U"),
            team_id=team_id,
            name=spec.name,
            real_name=spec.name.title(),
            is_bot=True,
            bot_id=bot_id,
        )
        self.workspace.users[bot.id] = bot
        app_id = same.app_id if same else self.workspace.new_id("A")
        app = InstalledApp(spec, app_id, team_id, bot.id, bot_id)
        self.workspace.add_app(app)
        return app

    def _team(self, team_id: str, name: str) -> Team:
        domain = name.lower().replace(" ", "-")
        team = self.workspace.teams[team_id] = Team(team_id, name, domain)
        return team

    def _share(self, channel: Channel, member: Person | InstalledApp) -> None:
        team_id = member.user.team_id if isinstance(member, Person) else member.team_id
        if team_id != channel.team_id:
            channel.shared_with.add(team_id)

    # --- what happens to the workspace ----------------------------------------------------------

    def invites(self, channel: Channel, *members: Person | InstalledApp) -> None:
        """The owner brings people or apps into a channel."""
        for member in members:
            self._share(channel, member)
            self.platform.membership.join(channel, _user_id(member), self.owner.id)

    def kicks(self, channel: Channel, *members: Person | InstalledApp) -> None:
        """The owner removes people or apps from a channel."""
        for member in members:
            if _user_id(member) not in channel.member_ids:
                raise RefusedError(f"{member!r} is not in #{channel.name}")
            self.platform.membership.leave(channel, _user_id(member), self.owner.id)

    def archive(self, channel: Channel) -> None:
        """Archive a channel."""
        self.platform.membership.archive(channel, self.owner.id)

    def unarchive(self, channel: Channel) -> None:
        """Open an archived channel again."""
        self.platform.membership.unarchive(channel, self.owner.id)

    def rename(self, channel: Channel, name: str) -> None:
        """Rename a channel."""
        self.platform.membership.rename(channel, name)

    def remove(self, channel: Channel) -> None:
        """Delete a channel."""
        self.platform.membership.remove(channel)

    def deletes(self, message: Message) -> None:
        """An admin deletes anybody's message; a parent with replies stays as a tombstone."""
        self.platform.conversations.delete(message)

    def uninstall(self, app: InstalledApp, *, revoked_first: bool = True) -> None:
        """Remove an app: its token earns ``account_inactive``, its bot leaves every channel, and
        it hears ``tokens_revoked`` and ``app_uninstalled`` in either order."""
        app.refusal = "account_inactive"
        self.workspace.users[app.bot_user_id].deleted = True
        for channel in self.workspace.channels.values():
            channel.member_ids.pop(app.bot_user_id, None)
        events: list[JSON] = [self._revoked(app), {"type": "app_uninstalled"}]
        for event in events if revoked_first else events[::-1]:
            self.platform.events.to_app(app, event | {"event_ts": self.workspace.new_ts()})

    def revoke(self, app: InstalledApp) -> None:
        """Revoke an app's bot token only: calls earn ``token_revoked``."""
        app.refusal = "token_revoked"
        event = self._revoked(app) | {"event_ts": self.workspace.new_ts()}
        self.platform.events.to_app(app, event)

    def _revoked(self, app: InstalledApp) -> JSON:
        return {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user_id]}}

    # --- time and watching ----------------------------------------------------------------------

    async def settled(self) -> None:
        """Wait until no delivery is under way or due now; what the clock holds for later stays."""
        await self.platform.courier.settled()

    def releases_events(self) -> None:
        """Deliver, last first, the events held for a reordering that never filled up."""
        self.platform.courier.release_held()

    async def deliver_due(self) -> None:
        """After moving the clock: make the retries and late deliveries that have come due."""
        await self.settled()

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call back on every visible change; returns a function that ends it."""
        return self.platform.feed.subscribe(callback)

    def transcript(self, channel: Channel, viewer: Person | None = None) -> str:
        """A channel with its threads as a person reads it, with the viewer's own ephemerals."""
        shown = channel.visible_to(viewer) if viewer else channel.messages
        lines = [f"#{channel.name}", ""]
        for message in shown:
            if not (message.thread_ts and message.only_for is None):
                lines += self._told(message, "")
            private = viewer.ephemerals(channel) if viewer else []
            inside = [m for m in private if m.thread_ts == message.ts]
            for reply in sorted([*message.thread, *inside], key=lambda m: m.ts):
                lines += self._told(reply, "    ")
        return "\n".join(lines).rstrip() + "\n"

    def _told(self, message: Message, indent: str) -> list[str]:
        names = self.workspace.names()
        who = names.get(message.user_id, "slackbot")
        aside = " (only you can see this)" if message.only_for else ""
        text = message_as_text(message_json(message), names)
        reactions = [f":{name}: {len(users)}" for name, users in message.reactions.items()]
        body = [*text.splitlines(), *([" ".join(reactions)] if reactions else [])]
        return [f"{indent}{who}{aside}", *(f"{indent}  {line}".rstrip() for line in body), ""]


def _user_id(member: Person | InstalledApp) -> str:
    return member.id if isinstance(member, Person) else member.bot_user_id

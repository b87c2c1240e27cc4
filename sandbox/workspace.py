"""What a Slack workspace holds: teams, people, apps, channels, messages.

Plain state without I/O. Everything that changes it lives in the modules that know Slack's rules;
everything that shows it to an app lives in ``payloads``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sandbox.clock import MovableClock

JSON = dict[str, Any]


class RefusedError(AssertionError):
    """Something Slack's own client would not let a person do; the text says what and why."""


class Identified(Protocol):
    """Whoever has a user id."""

    @property
    def id(self) -> str:
        """The user id."""


@dataclass(frozen=True)
class Team:
    """A workspace; ``domain`` is the part before ``.slack.com``."""

    id: str
    name: str
    domain: str


@dataclass(eq=False)
class User:
    """A human or a bot user. ``tz`` is an IANA name, or None where Slack knows none."""

    id: str
    team_id: str
    name: str
    real_name: str
    tz: str | None = "Etc/UTC"
    is_bot: bool = False
    is_admin: bool = False
    deleted: bool = False
    bot_id: str | None = None


@dataclass(frozen=True)
class AppSpec:
    """What an app's manifest and its settings page say.

    ``events`` are bot events as in a manifest (``message.channels``, ``app_home_opened``).
    With an ``app_token`` and no request URL the app runs in Socket Mode.
    """

    name: str
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    signing_secret: str
    bot_token: str
    app_token: str | None = None
    command: str | None = None
    other_commands: tuple[str, ...] = ()
    should_escape: bool = False

    @property
    def commands(self) -> tuple[str, ...]:
        """Every slash command the app registered."""
        return ((self.command,) if self.command else ()) + self.other_commands


@dataclass(eq=False)
class InstalledApp:
    """An app in a workspace. Set ``request_url`` for HTTP; leave it None for Socket Mode."""

    spec: AppSpec
    app_id: str
    team_id: str
    bot_user_id: str
    bot_id: str
    request_url: str | None = None
    socket_mode_on: bool = True
    refusal: str | None = None
    """The error its token earns once it is revoked (``token_revoked``) or the app is gone
    (``account_inactive``)."""

    @property
    def uses_sockets(self) -> bool:
        """True if Slack would send nothing to HTTP."""
        return self.spec.app_token is not None and self.socket_mode_on and self.request_url is None

    @property
    def installed(self) -> bool:
        """True until the app is uninstalled or its token revoked."""
        return self.refusal is None


@dataclass(eq=False)
class Message:
    """A message as the workspace holds it now. ``thread_ts`` is set on replies only."""

    ts: str
    channel: Channel = field(repr=False)
    user_id: str
    team_id: str
    """The author's workspace: another than the channel's for a guest of Slack Connect."""
    text: str
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    metadata: JSON | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    files: list[JSON] = field(default_factory=list)
    edited: JSON | None = None
    client_msg_id: str | None = None
    app: InstalledApp | None = field(default=None, repr=False)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    deleted: bool = False
    only_for: str | None = None
    """The one person who sees an ephemeral message."""

    @property
    def thread(self) -> list[Message]:
        """Its replies, oldest first."""
        return self.channel.replies_to(self.ts)

    @property
    def is_tombstone(self) -> bool:
        """True for a deleted parent that still holds a thread."""
        return self.subtype == "tombstone"


@dataclass(eq=False)
class Channel:
    """A public or private channel, a direct message or a group of people."""

    id: str
    name: str
    team_id: str
    kind: str = "channel"
    """``channel``, ``group`` (private), ``im`` or ``mpim``: also the ``channel_type`` of events."""
    creator: str = ""
    created: int = 0
    is_archived: bool = False
    shared_with: set[str] = field(default_factory=set)
    member_ids: dict[str, None] = field(default_factory=dict)
    by_ts: dict[str, Message] = field(default_factory=dict, repr=False)
    threads: dict[str, dict[str, Message]] = field(default_factory=dict, repr=False)
    ephemerals: list[Message] = field(default_factory=list, repr=False)

    @property
    def is_private(self) -> bool:
        """True for everything that has to be joined by invitation."""
        return self.kind != "channel"

    @property
    def messages(self) -> list[Message]:
        """What the channel shows, oldest first: no thread replies unless they were broadcast."""
        return [m for m in self.by_ts.values() if not m.thread_ts or _is_broadcast(m)]

    def replies_to(self, ts: str) -> list[Message]:
        """The replies in a thread, oldest first."""
        return list(self.threads.get(ts, {}).values())

    def visible_to(self, viewer: Identified) -> list[Message]:
        """What one member sees in the channel: its messages and her own ephemerals, by time."""
        own = [m for m in self.ephemerals if m.only_for == viewer.id and not m.thread_ts]
        return sorted([*self.messages, *own], key=lambda message: message.ts)

    def keep(self, message: Message) -> None:
        """Store a message, and in its thread if it is a reply."""
        if message.only_for:
            self.ephemerals.append(message)
            return
        self.by_ts[message.ts] = message
        if message.thread_ts:
            self.threads.setdefault(message.thread_ts, {})[message.ts] = message

    def drop(self, message: Message) -> None:
        """Forget a message for good."""
        message.deleted = True
        if message.only_for:
            self.ephemerals.remove(message)
            return
        del self.by_ts[message.ts]
        if message.thread_ts:
            self.threads[message.thread_ts].pop(message.ts, None)


def _is_broadcast(message: Message) -> bool:
    return message.subtype == "thread_broadcast"


class Workspace:
    """All the state of a sandbox, and the makers of its ids and timestamps."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.apps: list[InstalledApp] = []
        self._by_token: dict[str, InstalledApp] = {}
        self._last_micros = 0
        self._counts: dict[str, int] = {}

    def now(self) -> datetime:
        """The sandbox's present, UTC."""
        return self.clock.now()

    def seconds(self) -> float:
        """The sandbox's present as Unix seconds."""
        return self.clock.now().timestamp()

    def new_id(self, prefix: str) -> str:
        """An id in Slack's form: a letter and ten more characters, unique in the sandbox."""
        self._counts[prefix] = self._counts.get(prefix, 0) + 1
        return f"{prefix}0SANDBOX{self._counts[prefix]:02X}"

    def new_ts(self) -> str:
        """A message timestamp ``seconds.micros``: unique and strictly increasing, even if the
        clock stands still or is moved back."""
        micros = max(round(self.seconds() * 1_000_000), self._last_micros + 1)
        self._last_micros = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"

    def app_members(self, channel: Channel) -> Iterator[InstalledApp]:
        """The installed apps that are in a channel, one installation per app: Slack delivers an
        event in a shared channel once, whichever workspaces installed the app."""
        seen: set[str] = set()
        for app in self.apps:
            if app.installed and app.bot_user_id in channel.member_ids and app.app_id not in seen:
                seen.add(app.app_id)
                yield app

    def app_of_token(self, token: str) -> InstalledApp | None:
        """The installation that owns a bot token."""
        return self._by_token.get(token)

    def add_app(self, app: InstalledApp) -> None:
        """Install an app."""
        self.apps.append(app)
        self._by_token[app.spec.bot_token] = app

    def im_between(self, user_id: str, app: InstalledApp) -> Channel:
        """The direct message of a person and an app, opened if need be."""
        pair = {user_id, app.bot_user_id}
        for channel in self.channels.values():
            if channel.kind == "im" and set(channel.member_ids) == pair:
                return channel
        channel = Channel(self.new_id("D"), "", app.team_id, "im", user_id, int(self.seconds()))
        channel.member_ids.update({user_id: None, app.bot_user_id: None})
        self.channels[channel.id] = channel
        return channel

    def names(self) -> Mapping[str, str]:
        """Readable names for ids, as the transcript shows them."""
        people = {user.id: user.name for user in self.users.values()}
        return people | {channel.id: channel.name for channel in self.channels.values()}

"""One call of a Web API method: who calls, with what, and what it may see."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sandbox.limits import Tier
from sandbox.platform import Platform
from sandbox.web_api.arguments import ApiError, Arguments
from sandbox.workspace import JSON, Channel, InstalledApp, Message, User

T = TypeVar("T")

READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}
HISTORY = {kind: scope.replace("read", "history") for kind, scope in READ.items()}


@dataclass(frozen=True)
class Call:
    """What a method gets to work with."""

    platform: Platform
    app: InstalledApp
    args: Arguments

    def need(self, *scopes: str) -> None:
        """Raise ApiError ``missing_scope`` unless the app has one of the scopes."""
        if scopes and not set(scopes) & set(self.app.spec.scopes):
            raise missing_scope(self.app, scopes)

    def channel(self, scopes: dict[str, str] | None = None) -> Channel:
        """The channel named by the arguments, if the app may know of it.

        Raises ApiError ``channel_not_found`` for an unknown one and for a private one the app is
        not in, ``missing_scope`` by the kind of channel.
        """
        channel = self.platform.workspace.channels.get(self.args.text("channel"))
        if channel is None or (channel.is_private and not self.is_member(channel)):
            raise ApiError("channel_not_found")
        if scopes:
            self.need(scopes[channel.kind])
        return channel

    def is_member(self, channel: Channel) -> bool:
        """True if the app's bot user is in the channel."""
        return self.app.bot_user_id in channel.member_ids

    def user(self, user_id: str) -> User:
        """A person or bot by id. Raises ApiError ``user_not_found``."""
        user = self.platform.workspace.users.get(user_id)
        if user is None:
            raise ApiError("user_not_found")
        return user


@dataclass(frozen=True)
class Method:
    """A Web API method: its work, its tier, and the scopes of which the app needs one."""

    run: Callable[[Call], JSON]
    tier: Tier
    scopes: tuple[str, ...] = ()
    token: str = "bot"  # noqa: S105 - the kind of token: bot, app or none


def missing_scope(app: InstalledApp, needed: Sequence[str]) -> ApiError:
    """The refusal for want of a scope, in Slack's form."""
    provided = ",".join(app.spec.scopes)
    return ApiError("missing_scope", needed=",".join(needed), provided=provided)


def message_in(channel: Channel, ts: str, error: str = "message_not_found") -> Message:
    """A message that is still there. Raises ApiError."""
    message = channel.by_ts.get(ts)
    if message is None or message.is_tombstone:
        raise ApiError(error)
    return message


def page_of(items: Sequence[T], args: Arguments, default: int, most: int) -> tuple[list[T], str]:
    """One page of a list and the cursor of the next ("" at the end).

    Raises ApiError ``invalid_limit`` and ``invalid_cursor``.
    """
    limit = args.number("limit", default)
    if limit < 0:
        raise ApiError("invalid_limit")
    size = min(limit or default, most)
    start = _offset(args.text("cursor"))
    following = start + size
    return list(items[start:following]), _cursor(following) if following < len(items) else ""


def _cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        name, _, offset = base64.b64decode(cursor, validate=True).decode().partition(":")
        if name == "next":
            return int(offset)
    except ValueError:
        pass
    raise ApiError("invalid_cursor")

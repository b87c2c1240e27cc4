"""Who is in which channel, and what becomes of channels, with the events Slack sends about it."""

from __future__ import annotations

from sandbox.conversations import Conversations, Draft
from sandbox.events import EventRouter
from sandbox.feed import Change, Feed
from sandbox.workspace import JSON, Channel, InstalledApp, Workspace


class Membership:
    """Joining, leaving, archiving, renaming and deleting."""

    def __init__(
        self, workspace: Workspace, events: EventRouter, talk: Conversations, feed: Feed
    ) -> None:
        self._workspace = workspace
        self._events = events
        self._talk = talk
        self._feed = feed

    def join(self, channel: Channel, user_id: str, inviter_id: str | None = None) -> None:
        """Make somebody a member."""
        channel.member_ids[user_id] = None
        event = self._member_event("member_joined_channel", channel, user_id)
        if inviter_id:
            event["inviter"] = inviter_id
        self._events.to_channel(channel, event)
        text = f"<@{user_id}> has joined the channel"
        self._talk.post(channel, Draft(user_id, text, subtype=self._spoken("join", channel)))
        self._feed.tell(Change("member", channel.id))

    def leave(self, channel: Channel, user_id: str, actor_id: str | None = None) -> None:
        """End a membership. A removed app hears ``channel_left`` (``group_left``)."""
        text = f"<@{user_id}> has left the channel"
        self._talk.post(channel, Draft(user_id, text, subtype=self._spoken("leave", channel)))
        self._events.to_channel(
            channel, self._member_event("member_left_channel", channel, user_id)
        )
        removed = self._app_of(channel, user_id)
        channel.member_ids.pop(user_id, None)
        if removed is not None:
            left = self._channel_event("left", channel) | {"actor_id": actor_id or user_id}
            self._events.to_app(removed, left)
        self._feed.tell(Change("member", channel.id))

    def archive(self, channel: Channel, user_id: str) -> None:
        """Close a channel: nothing can be posted there any more."""
        event = self._channel_event("archive", channel) | {"user": user_id}
        self._talk.post(
            channel,
            Draft(user_id, "archived the channel", subtype=self._spoken("archive", channel)),
        )
        channel.is_archived = True
        self._events.to_channel(channel, event)
        self._feed.tell(Change("channel", channel.id))

    def unarchive(self, channel: Channel, user_id: str) -> None:
        """Open an archived channel again."""
        channel.is_archived = False
        event = self._channel_event("unarchive", channel) | {"user": user_id}
        self._events.to_channel(channel, event)
        self._feed.tell(Change("channel", channel.id))

    def rename(self, channel: Channel, name: str) -> None:
        """Give a channel another name."""
        channel.name = name
        event = self._channel_event("rename", channel)
        event["channel"] = {"id": channel.id, "name": name, "created": channel.created}
        self._events.to_channel(channel, event)
        self._feed.tell(Change("channel", channel.id))

    def remove(self, channel: Channel) -> None:
        """Delete a channel with all its messages."""
        members = list(self._workspace.app_members(channel))
        event = self._channel_event("deleted", channel)
        del self._workspace.channels[channel.id]
        for app in members:
            self._events.to_app(app, event)
        self._feed.tell(Change("channel", channel.id))

    def _app_of(self, channel: Channel, user_id: str) -> InstalledApp | None:
        members = self._workspace.app_members(channel)
        return next((app for app in members if app.bot_user_id == user_id), None)

    def _member_event(self, kind: str, channel: Channel, user_id: str) -> JSON:
        return {
            "type": kind,
            "user": user_id,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": channel.team_id,
            "event_ts": self._workspace.new_ts(),
        }

    def _channel_event(self, what: str, channel: Channel) -> JSON:
        family = "group" if channel.kind == "group" else "channel"
        ts = self._workspace.new_ts()
        return {"type": f"{family}_{what}", "channel": channel.id, "event_ts": ts}

    def _spoken(self, what: str, channel: Channel) -> str:
        return f"{'group' if channel.kind == 'group' else 'channel'}_{what}"

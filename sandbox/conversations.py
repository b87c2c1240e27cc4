"""What happens in channels, whoever does it: posting, editing, reacting, joining, archiving.

Every change is made here once, with the events Slack sends about it and a line in the feed, so
that a person, the app and the sandbox's owner all leave the same traces.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.events import EventRouter
from sandbox.feed import Change, Feed
from sandbox.payloads import changed_event, deleted_event, message_json, said_event
from sandbox.workspace import JSON, Channel, InstalledApp, Message, Workspace

_TOMBSTONE_TEXT = "This message was deleted."


@dataclass(frozen=True)
class Draft:
    """A message before it is posted."""

    user_id: str
    text: str = ""
    blocks: Sequence[JSON] = ()
    attachments: Sequence[JSON] = ()
    metadata: JSON | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    files: Sequence[JSON] = ()
    app: InstalledApp | None = None
    client_msg_id: str | None = None
    only_for: str | None = None
    extra: JSON = field(default_factory=dict)


class Conversations:
    """The happenings in the channels of a workspace."""

    def __init__(self, workspace: Workspace, events: EventRouter, feed: Feed) -> None:
        self._workspace = workspace
        self._events = events
        self._feed = feed

    def post(self, channel: Channel, draft: Draft) -> Message:
        """Store a message and tell the apps in the channel, its own author included."""
        author = self._workspace.users.get(draft.user_id)
        message = Message(
            ts=self._workspace.new_ts(),
            channel=channel,
            user_id=draft.user_id,
            team_id=author.team_id if author else channel.team_id,
            text=draft.text,
            blocks=with_ids(draft.blocks, self._workspace),
            attachments=copy.deepcopy(list(draft.attachments)),
            metadata=copy.deepcopy(draft.metadata),
            thread_ts=draft.thread_ts,
            subtype=draft.subtype,
            files=list(draft.files),
            client_msg_id=draft.client_msg_id,
            app=draft.app,
            only_for=draft.only_for,
        )
        channel.keep(message)
        if draft.only_for:
            self._feed.tell(Change("ephemeral", channel.id, draft.only_for, message.ts))
            return message
        self._events.to_channel(channel, said_event(message) | draft.extra)
        self._mention(message)
        self._feed.tell(Change("message", channel.id, ts=message.ts))
        return message

    def _mention(self, message: Message) -> None:
        if message.app is not None or message.channel.kind == "im":
            return
        for app in self._workspace.app_members(message.channel):
            if f"<@{app.bot_user_id}>" in message.text and "app_mention" in app.spec.events:
                event = said_event(message) | {"type": "app_mention"}
                event.pop("channel_type")
                self._events.to_channel(message.channel, event)

    def edit(self, message: Message, editor_id: str, changes: dict[str, Any]) -> None:
        """Change some fields of a message (text, blocks, attachments, metadata, files)."""
        before = message_json(message, with_metadata=True)
        if "blocks" in changes:
            changes = changes | {"blocks": with_ids(changes["blocks"], self._workspace)}
        for name, value in changes.items():
            setattr(message, name, copy.deepcopy(value))
        ts = self._workspace.new_ts()
        if message.only_for:
            self._feed.tell(Change("ephemeral", message.channel.id, message.only_for, message.ts))
            return
        message.edited = {"user": editor_id, "ts": ts}
        self._changed(message, before, ts)

    def delete(self, message: Message) -> None:
        """Delete a message; a parent with replies stays as a tombstone."""
        before = message_json(message, with_metadata=True)
        if message.only_for:
            message.channel.drop(message)
            self._feed.tell(Change("ephemeral", message.channel.id, message.only_for, message.ts))
            return
        ts = self._workspace.new_ts()
        if message.thread:
            self._bury(message)
            self._changed(message, before, ts)
            return
        message.channel.drop(message)
        self._events.to_channel(message.channel, deleted_event(message, before, ts))
        self._feed.tell(Change("deleted", message.channel.id, ts=message.ts))

    def _bury(self, message: Message) -> None:
        message.deleted = True
        message.subtype = "tombstone"
        message.user_id, message.app = "USLACKBOT", None
        message.text = _TOMBSTONE_TEXT
        message.blocks, message.attachments, message.files = [], [], []
        message.metadata, message.edited, message.client_msg_id = None, None, None
        message.reactions = {}

    def _changed(self, message: Message, before: JSON, ts: str) -> None:
        self._events.to_channel(message.channel, changed_event(message, before, ts))
        self._feed.tell(Change("changed", message.channel.id, ts=message.ts))

    def react(self, message: Message, user_id: str, name: str) -> None:
        """Add a reaction that the person has not given yet."""
        message.reactions.setdefault(name, []).append(user_id)
        self._reaction_event("reaction_added", message, user_id, name)

    def unreact(self, message: Message, user_id: str, name: str) -> None:
        """Take back a reaction that the person has given."""
        message.reactions[name].remove(user_id)
        if not message.reactions[name]:
            del message.reactions[name]
        self._reaction_event("reaction_removed", message, user_id, name)

    def _reaction_event(self, kind: str, message: Message, user_id: str, name: str) -> None:
        item = {"type": "message", "channel": message.channel.id, "ts": message.ts}
        event = {
            "type": kind,
            "user": user_id,
            "reaction": name,
            "item": item,
            "item_user": message.user_id,
            "event_ts": self._workspace.new_ts(),
        }
        self._events.to_channel(message.channel, event)
        self._feed.tell(Change("reaction", message.channel.id, ts=message.ts))


def with_ids(blocks: Sequence[JSON], workspace: Workspace) -> list[JSON]:
    """A copy of the blocks in which those without ``block_id`` and the controls without
    ``action_id`` have got one, as Slack does on receipt."""
    filled = copy.deepcopy(list(blocks))
    for block in filled:
        block.setdefault("block_id", workspace.new_id("b"))
        for element in controls_of(block):
            element.setdefault("action_id", workspace.new_id("a"))
    return filled


def controls_of(block: JSON) -> list[JSON]:
    """The interactive elements of a block: of an actions or context_actions block, a section's
    accessory, an input's element."""
    found: list[JSON] = []
    if block.get("type") in ("actions", "context_actions"):
        found += block.get("elements", [])
    for slot in ("accessory", "element"):
        if slot in block:
            found.append(block[slot])
    return [element for element in found if element.get("type") != "image"]

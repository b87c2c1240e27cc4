"""How the workspace looks from outside: the JSON of Slack's objects."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.workspace import JSON, Channel, InstalledApp, Message, Team, User


def message_json(message: Message, *, with_metadata: bool = False) -> JSON:
    """A message as in history, in events and in interaction payloads (source: message events)."""
    told: JSON = {"type": "message", "user": message.user_id, "text": message.text}
    told["ts"] = message.ts
    told["team"] = message.team_id
    if message.team_id != message.channel.team_id:
        told |= {"user_team": message.team_id, "source_team": message.team_id}
    optional: dict[str, Any] = {
        "subtype": message.subtype,
        "client_msg_id": message.client_msg_id,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "files": message.files,
        "edited": message.edited,
        "thread_ts": message.thread_ts,
        "metadata": message.metadata if with_metadata else None,
        "hidden": message.is_tombstone,
    }
    told.update({key: value for key, value in optional.items() if value})
    if message.app is not None:
        told |= {"bot_id": message.app.bot_id, "app_id": message.app.app_id}
    told |= _thread_facts(message) | _reaction_facts(message)
    return told


def _thread_facts(message: Message) -> JSON:
    if message.thread_ts:
        parent = message.channel.by_ts.get(message.thread_ts)
        return {"parent_user_id": parent.user_id} if parent else {}
    replies = message.thread
    if not replies:
        return {}
    people = list(dict.fromkeys(reply.user_id for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(people),
        "reply_users": people[:5],
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def _reaction_facts(message: Message) -> JSON:
    reactions = [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in message.reactions.items()
    ]
    return {"reactions": reactions} if reactions else {}


def said_event(message: Message) -> JSON:
    """The ``message`` event for a message that has just been posted."""
    event = message_json(message, with_metadata=True)
    if message.subtype == "thread_broadcast" and message.thread_ts:
        root = message.channel.by_ts.get(message.thread_ts)
        event |= {"root": message_json(root)} if root else {}
        event.pop("parent_user_id", None)
    return event | _event_place(message.channel, message.ts)


def changed_event(message: Message, before: JSON, ts: str) -> JSON:
    """The ``message_changed`` event: the message as it is and as it was."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message_json(message, with_metadata=True),
        "previous_message": before,
        "ts": ts,
    } | _event_place(message.channel, ts)


def deleted_event(message: Message, before: JSON, ts: str) -> JSON:
    """The ``message_deleted`` event."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "deleted_ts": message.ts,
        "previous_message": before,
        "ts": ts,
    } | _event_place(message.channel, ts)


def _event_place(channel: Channel, ts: str) -> JSON:
    return {"channel": channel.id, "channel_type": channel.kind, "event_ts": ts}


def user_json(user: User, now: datetime, *, stranger: bool = False) -> JSON:
    """A user as in ``users.info``; a stranger (Slack Connect) shows less."""
    profile = {"real_name": user.real_name, "display_name": user.name}
    told: JSON = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
    }
    if user.tz:
        offset = now.astimezone(ZoneInfo(user.tz)).utcoffset()
        seconds = int(offset.total_seconds()) if offset is not None else 0
        told |= {"tz": user.tz, "tz_label": user.tz, "tz_offset": seconds}
    if stranger:
        return told | {"is_stranger": True}
    if user.bot_id:
        profile["bot_id"] = user.bot_id
    return told | {"is_admin": user.is_admin, "is_owner": False, "is_restricted": False}


def channel_json(channel: Channel, app: InstalledApp) -> JSON:
    """A conversation as in ``conversations.info``, seen by one app."""
    told: JSON = {
        "id": channel.id,
        "created": channel.created,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "context_team_id": channel.team_id,
    }
    if channel.kind == "im":
        other = next(user for user in channel.member_ids if user != app.bot_user_id)
        return told | {"user": other, "is_open": True}
    return told | {
        "name": channel.name,
        "name_normalized": channel.name,
        "creator": channel.creator,
        "is_member": app.bot_user_id in channel.member_ids,
        "is_general": False,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "shared_team_ids": [channel.team_id, *sorted(channel.shared_with)],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def team_json(team: Team) -> JSON:
    """A workspace as in ``team.info``."""
    return {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": ""}


_MARKUP = re.compile(r"(<(?:[@#!]|https?://|mailto:)[^<>]+>)")


def escaped(text: str) -> str:
    """Typed text as Slack sends it: ``&``, ``<`` and ``>`` as entities, except in Slack's own
    forms of a mention, a channel or a link."""
    parts = _MARKUP.split(text)
    return "".join(part if index % 2 else _entities(part) for index, part in enumerate(parts))


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(text: str) -> list[JSON]:
    """The blocks Slack's own composer makes of what a person types."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return [{"type": "rich_text", "elements": [section]}] if text else []

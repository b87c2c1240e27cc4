"""``chat.*``: posting, editing and deleting, with Slack's refusals."""

from __future__ import annotations

import json
import re
from typing import Any

from sandbox.block_rules import faults_in_message
from sandbox.conversations import Draft
from sandbox.limits import Tier
from sandbox.payloads import message_json
from sandbox.web_api.arguments import ApiError, Arguments
from sandbox.web_api.calls import Call, Method, message_in
from sandbox.workspace import JSON, Channel, Message

MOST_TEXT = 40_000
MOST_TEXT_ON_UPDATE = 4_000
# Slack documents no number; 16 KB is what its servers are known to take.
MOST_METADATA = 16_000
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_]+")


def post_message(call: Call) -> JSON:
    """``chat.postMessage``; a user id instead of a channel opens the direct message."""
    channel = _postable(call)
    draft = _draft(call)
    parent = _parent(channel, call.args)
    if parent is not None:
        broadcast = call.args.flag("reply_broadcast")
        subtype = "thread_broadcast" if broadcast else None
        draft = _replace(draft, thread_ts=parent.ts, subtype=subtype)
    message = call.platform.conversations.post(channel, draft)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "message": message_json(message, with_metadata=True),
    }


def post_ephemeral(call: Call) -> JSON:
    """``chat.postEphemeral``: seen by one member, kept nowhere else."""
    channel = _postable(call)
    user_id = call.args.required("user", "user_not_in_channel")
    if user_id not in channel.member_ids:
        raise ApiError("user_not_in_channel")
    thread_ts = call.args.text("thread_ts") or None
    draft = _replace(_draft(call), only_for=user_id, thread_ts=thread_ts, metadata=None)
    message = call.platform.conversations.post(channel, draft)
    return {"ok": True, "message_ts": message.ts}


def update(call: Call) -> JSON:
    """``chat.update``: text without blocks removes the blocks; metadata left out stays."""
    channel = call.channel()
    message = message_in(channel, call.args.required("ts", "message_not_found"))
    if message.app is not call.app:
        raise ApiError("cant_update_message")
    if channel.is_archived:
        raise ApiError("is_archived")
    if len(call.args.text("text")) > MOST_TEXT_ON_UPDATE:
        raise ApiError("msg_too_long")
    draft = _draft(call)
    changes: dict[str, Any] = {"text": draft.text, "blocks": list(draft.blocks)}
    if "attachments" in call.args:
        changes["attachments"] = list(draft.attachments)
    if "metadata" in call.args:
        changes["metadata"] = draft.metadata
    call.platform.conversations.edit(message, call.app.bot_user_id, changes)
    told = message_json(message, with_metadata=True)
    return {
        "ok": True,
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": told,
    }


def delete(call: Call) -> JSON:
    """``chat.delete``: an app may delete its own messages only."""
    channel = call.channel()
    message = message_in(channel, call.args.required("ts", "message_not_found"))
    if message.app is not call.app:
        raise ApiError("cant_delete_message")
    call.platform.conversations.delete(message)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> JSON:
    """``chat.getPermalink``: a link with the thread in it for a reply."""
    channel = call.channel()
    message = message_in(channel, call.args.text("message_ts"))
    domain = call.platform.workspace.teams[channel.team_id].domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def checked_blocks(args: Arguments) -> list[JSON]:
    """The blocks of a message. Raises ApiError ``invalid_blocks_format``, ``invalid_blocks``."""
    blocks = args.array("blocks", "invalid_blocks_format")
    faults = faults_in_message({"text": "", "blocks": blocks}) if blocks else []
    if faults:
        raise ApiError.with_messages("invalid_blocks", faults)
    return blocks


def _checked_attachments(args: Arguments) -> list[JSON]:
    attachments = args.array("attachments", "invalid_attachments")
    for attachment in attachments:
        if attachment.get("blocks"):
            faults = faults_in_message({"text": "", "blocks": attachment["blocks"]})
            if faults:
                raise ApiError.with_messages("invalid_attachments", faults)
    return attachments


def _draft(call: Call) -> Draft:
    text = call.args.text("text")
    if len(text) > MOST_TEXT:
        raise ApiError("msg_too_long")
    blocks, attachments = checked_blocks(call.args), _checked_attachments(call.args)
    if not (text.strip() or blocks or attachments):
        raise ApiError("no_text")
    return Draft(
        user_id=call.app.bot_user_id,
        text=text,
        blocks=blocks,
        attachments=attachments,
        metadata=_metadata(call.args),
        app=call.app,
    )


def _replace(draft: Draft, **changes: Any) -> Draft:
    return Draft(**{**vars(draft), **changes})


def _metadata(args: Arguments) -> JSON | None:
    if "metadata" not in args or args.values["metadata"] == "":
        return None
    metadata = args.values["metadata"]
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_payload"), dict):
        raise ApiError("invalid_metadata_format")
    if not _EVENT_TYPE.fullmatch(str(metadata.get("event_type", ""))):
        raise ApiError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MOST_METADATA:
        raise ApiError("metadata_too_large")
    return metadata


def _postable(call: Call) -> Channel:
    named = call.args.required("channel", "channel_not_found")
    user = call.platform.workspace.users.get(named)
    if user is not None and not user.is_bot:
        return call.platform.workspace.im_between(user.id, call.app)
    channel = call.channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    uninvited = not channel.is_private and "chat:write.public" in call.app.spec.scopes
    if not call.is_member(channel) and not uninvited:
        raise ApiError("not_in_channel")
    return channel


def _parent(channel: Channel, args: Arguments) -> Message | None:
    ts = args.text("thread_ts")
    if not ts:
        return None
    if not re.fullmatch(r"\d+\.\d{6}", ts):
        raise ApiError("invalid_thread_ts")
    parent = channel.by_ts.get(ts)
    if parent is None:
        raise ApiError("thread_not_found")
    if parent.thread_ts:
        raise ApiError("cannot_reply_to_message")
    return parent


METHODS = {
    "chat.postMessage": Method(post_message, Tier.SPECIAL, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, Tier.FOUR, ("chat:write",)),
    "chat.update": Method(update, Tier.THREE, ("chat:write",)),
    "chat.delete": Method(delete, Tier.THREE, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink, Tier.SPECIAL),
}

"""``conversations.*`` and ``users.conversations``: channels, their members and their past."""

from __future__ import annotations

from sandbox.limits import RESTRICTED_PAGE, Tier
from sandbox.payloads import channel_json, message_json
from sandbox.web_api.arguments import ApiError
from sandbox.web_api.calls import HISTORY, READ, Call, Method, page_of
from sandbox.workspace import JSON, Channel, Message

_KIND_OF_TYPE = {
    "public_channel": "channel",
    "private_channel": "group",
    "im": "im",
    "mpim": "mpim",
}


def info(call: Call) -> JSON:
    """``conversations.info``."""
    channel = call.channel(READ)
    told = channel_json(channel, call.app)
    if call.args.flag("include_num_members"):
        told["num_members"] = len(channel.member_ids)
    return {"ok": True, "channel": told}


def members(call: Call) -> JSON:
    """``conversations.members``, in pages of 100."""
    channel = call.channel(READ)
    page, cursor = page_of(list(channel.member_ids), call.args, 100, 1000)
    return {"ok": True, "members": page, "response_metadata": {"next_cursor": cursor}}


def list_all(call: Call) -> JSON:
    """``conversations.list``: the public channels, and the private ones the app is in."""
    seen = [c for c in _of_types(call) if not c.is_private or call.is_member(c)]
    return _listed(call, seen)


def list_of_user(call: Call) -> JSON:
    """``users.conversations``: those of a person, or of the app itself."""
    user_id = call.args.text("user") or call.app.bot_user_id
    call.user(user_id)
    mine = [c for c in _of_types(call) if user_id in c.member_ids]
    return _listed(call, [c for c in mine if not c.is_private or call.is_member(c)])


def _of_types(call: Call) -> list[Channel]:
    types = call.args.names("types") or ["public_channel"]
    unknown = [name for name in types if name not in _KIND_OF_TYPE]
    if unknown:
        raise ApiError("invalid_types")
    kinds = {_KIND_OF_TYPE[name] for name in types}
    for kind in sorted(kinds):
        call.need(READ[kind])
    skip_archived = call.args.flag("exclude_archived")
    return [
        channel
        for channel in call.platform.workspace.channels.values()
        if channel.kind in kinds
        and (channel.team_id == call.app.team_id or call.app.team_id in channel.shared_with)
        and not (skip_archived and channel.is_archived)
    ]


def _listed(call: Call, channels: list[Channel]) -> JSON:
    page, cursor = page_of(channels, call.args, 100, 1000)
    told = [channel_json(channel, call.app) for channel in page]
    return {"ok": True, "channels": told, "response_metadata": {"next_cursor": cursor}}


def join(call: Call) -> JSON:
    """``conversations.join``: public channels only."""
    channel = call.channel()
    if channel.is_private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise ApiError("is_archived")
    if call.is_member(channel):
        told = channel_json(channel, call.app)
        warned = {"warnings": ["already_in_channel"]}
        return {
            "ok": True,
            "channel": told,
            "warning": "already_in_channel",
            "response_metadata": warned,
        }
    call.platform.membership.join(channel, call.app.bot_user_id)
    return {"ok": True, "channel": channel_json(channel, call.app)}


def leave(call: Call) -> JSON:
    """``conversations.leave``."""
    channel = call.channel()
    if channel.kind in ("im", "mpim"):
        raise ApiError("method_not_supported_for_channel_type")
    if not call.is_member(channel):
        return {"ok": True, "not_in_channel": True}
    call.platform.membership.leave(channel, call.app.bot_user_id)
    return {"ok": True}


def invite(call: Call) -> JSON:
    """``conversations.invite``: several people at once, all or none."""
    channel = call.channel()
    if channel.is_archived:
        raise ApiError("is_archived")
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    invited = call.args.names("users")
    if not invited:
        raise ApiError("no_user")
    for user_id in invited:
        call.user(user_id)
        if user_id == call.app.bot_user_id:
            raise ApiError("cant_invite_self")
        if user_id in channel.member_ids:
            raise ApiError("already_in_channel")
    for user_id in invited:
        call.platform.membership.join(channel, user_id, call.app.bot_user_id)
    return {"ok": True, "channel": channel_json(channel, call.app)}


def open_direct(call: Call) -> JSON:
    """``conversations.open``: the direct message with one person."""
    people = call.args.names("users")
    if len(people) != 1:
        raise ApiError("users_list_not_supplied" if not people else "too_many_users")
    user = call.user(people[0])
    if user.is_bot:
        raise ApiError("cannot_dm_bot")
    channel = call.platform.workspace.im_between(user.id, call.app)
    told: JSON = {"id": channel.id}
    if call.args.flag("return_im"):
        told = channel_json(channel, call.app)
    return {"ok": True, "channel": told}


def history(call: Call) -> JSON:
    """``conversations.history``: newest first; thread replies only if they were broadcast."""
    channel = _readable(call)
    found = [m for m in reversed(channel.messages) if _within(m, call)]
    return _told(call, found, 100)


def replies(call: Call) -> JSON:
    """``conversations.replies``: the parent, then its replies, oldest first."""
    channel = _readable(call)
    parent = channel.by_ts.get(call.args.text("ts"))
    if parent is None:
        raise ApiError("thread_not_found")
    found = [parent, *(m for m in parent.thread if _within(m, call))]
    return _told(call, found, 1000)


def _readable(call: Call) -> Channel:
    channel = call.channel(HISTORY)
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    return channel


def _within(message: Message, call: Call) -> bool:
    oldest, latest = call.args.text("oldest", "0"), call.args.text("latest", "inf")
    try:
        at, low, high = float(message.ts), float(oldest), float(latest)
    except ValueError:
        raise ApiError("invalid_ts_oldest") from None
    if call.args.flag("inclusive"):
        return low <= at <= high
    return low < at < high


def _told(call: Call, found: list[Message], default: int) -> JSON:
    if call.platform.limits.restricted_history:
        page, cursor = page_of(found, call.args, RESTRICTED_PAGE, RESTRICTED_PAGE)
    else:
        page, cursor = page_of(found, call.args, default, 1000)
    with_metadata = call.args.flag("include_all_metadata")
    told: JSON = {
        "ok": True,
        "messages": [message_json(m, with_metadata=with_metadata) for m in page],
        "has_more": bool(cursor),
    }
    if cursor:
        told["response_metadata"] = {"next_cursor": cursor}
    return told


_ANY_READ = tuple(READ.values())
_ANY_HISTORY = tuple(HISTORY.values())

METHODS = {
    "conversations.info": Method(info, Tier.THREE, _ANY_READ),
    "conversations.members": Method(members, Tier.FOUR, _ANY_READ),
    "conversations.list": Method(list_all, Tier.TWO, _ANY_READ),
    "users.conversations": Method(list_of_user, Tier.TWO, _ANY_READ),
    "conversations.join": Method(join, Tier.THREE, ("channels:join",)),
    "conversations.leave": Method(
        leave, Tier.THREE, ("channels:manage", "channels:join", "groups:write")
    ),
    "conversations.invite": Method(
        invite,
        Tier.THREE,
        ("channels:manage", "channels:write.invites", "groups:write", "groups:write.invites"),
    ),
    "conversations.open": Method(open_direct, Tier.THREE, ("im:write",)),
    "conversations.history": Method(history, Tier.THREE, _ANY_HISTORY),
    "conversations.replies": Method(replies, Tier.THREE, _ANY_HISTORY),
}

"""Slack's payloads made into small frozen facts. The only place that digs in their dictionaries.

Nothing here trusts a payload beyond its signature: a missing or odd field gives `NotForUs` or
raises `MalformedPayloadError`, never a half-made fact.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.answering import Reply, count_words
from bot.domain.ids import ChannelId, MemberId, MessageTs, RoundId
from bot.domain.installations import Installation
from bot.slack.names import ROUND_METADATA

Payload = Mapping[str, Any]

_TS = re.compile(r"[0-9]{10}\.[0-9]{6}")
_ID = re.compile(r"[!-~]{1,64}")
"""An identifier: Slack promises no form, but never spaces, and the store keeps 64 characters."""
_HUMAN_SUBTYPES = frozenset({"thread_broadcast", "file_share"})
_LARGEST_ROUND = 2**63 - 1


class MalformedPayloadError(Exception):
    """A payload lacks what its kind always has."""


@dataclass(frozen=True, slots=True)
class CommandCall:
    """A person typed our slash command. `text` is what came after it."""

    installation: Installation
    member_id: MemberId
    channel_id: ChannelId
    text: str
    trigger_id: str
    response_url: str


@dataclass(frozen=True, slots=True)
class Click:
    """A person pressed a button. Where it sat may be unknown: `channel_id` is None in a modal.

    `is_outsider`: they belong to another workspace, which shares the channel. `view_id` names the
    modal that the button was on, None on a message.
    """

    installation: Installation
    member_id: MemberId
    is_outsider: bool
    channel_id: ChannelId | None
    action_id: str
    value: str
    trigger_id: str
    response_url: str | None
    view_id: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What one field of a form holds: text, a choice, several choices, or nothing."""

    text: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """A person submitted a modal. `values`: block → what was entered or chosen there.

    `below` names the modal it lay on, None if it was the only one.
    """

    installation: Installation
    member_id: MemberId
    callback_id: str
    memo: str
    values: Mapping[str, Value]
    is_outsider: bool = False
    below: str | None = None


@dataclass(frozen=True, slots=True)
class ReplyNews:
    """A reply in a thread was written, edited or deleted."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class RootDeleted:
    """A message that may be a round's was deleted, at `at`."""

    channel_id: ChannelId
    ts: MessageTs
    at: MessageTs


@dataclass(frozen=True, slots=True)
class OwnRound:
    """Our own message came back to us: the round `round_id` exists at `ts`."""

    team_id: str
    channel_id: ChannelId
    ts: MessageTs
    round_id: RoundId


@dataclass(frozen=True, slots=True)
class NotForUs:
    """A message that concerns no round."""


MessageNews = ReplyNews | RootDeleted | OwnRound | NotForUs
NOT_FOR_US = NotForUs()


@dataclass(frozen=True, slots=True)
class Event:
    """Any event but a message: its type and its fields."""

    installation: Installation
    type: str
    fields: Payload = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field that must be text. Raises MalformedPayloadError."""
        return _text(self.fields, name)

    def identifier(self, name: str) -> str:
        """Return a field that must be an identifier. Raises MalformedPayloadError."""
        return _identifier(self.fields, name)


def command_call(body: Payload, installation: Installation) -> CommandCall:
    """Read a slash command. Raises MalformedPayloadError."""
    return CommandCall(
        installation=installation,
        member_id=MemberId(_identifier(body, "user_id")),
        channel_id=ChannelId(_identifier(body, "channel_id")),
        text=_optional(body, "text"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
    )


def click(body: Payload, installation: Installation) -> Click:
    """Read the pressing of a button. Raises MalformedPayloadError."""
    pressed = _list(body, "actions")
    if not pressed or not isinstance(pressed[0], Mapping):
        raise MalformedPayloadError("actions")
    user = _mapping(body, "user")
    channel = body.get("channel")
    view = body.get("view")
    return Click(
        installation=installation,
        member_id=MemberId(_identifier(user, "id")),
        is_outsider=_is_outsider(user, installation),
        channel_id=ChannelId(_identifier(channel, "id")) if isinstance(channel, Mapping) else None,
        action_id=_text(pressed[0], "action_id"),
        value=_optional(pressed[0], "value"),
        trigger_id=_text(body, "trigger_id"),
        response_url=_optional(body, "response_url") or None,
        view_id=_optional(view, "id") or None if isinstance(view, Mapping) else None,
    )


def _is_outsider(user: Payload, installation: Installation) -> bool:
    return (_optional(user, "team_id") or installation.team_id) != installation.team_id


def submission(body: Payload, installation: Installation) -> Submission:
    """Read a submitted modal. Raises MalformedPayloadError."""
    view = _mapping(body, "view")
    state = view.get("state") or {}
    blocks = state.get("values") if isinstance(state, Mapping) else {}
    if not isinstance(blocks, Mapping):
        raise MalformedPayloadError("values")
    user = _mapping(body, "user")
    return Submission(
        installation=installation,
        member_id=MemberId(_identifier(user, "id")),
        callback_id=_text(view, "callback_id"),
        memo=_optional(view, "private_metadata"),
        values={
            str(block_id): _value(element)
            for block_id, elements in blocks.items()
            if isinstance(elements, Mapping)
            for element in list(elements.values())[:1]
            if isinstance(element, Mapping)
        },
        is_outsider=_is_outsider(user, installation),
        below=_optional(view, "previous_view_id") or None,
    )


def _value(element: Payload) -> Value:
    several = element.get("selected_options")
    if isinstance(several, list):
        chosen = (one for one in several if isinstance(one, Mapping))
        return Value(choices=tuple(_optional(one, "value") for one in chosen))
    one = element.get("selected_option")
    if isinstance(one, Mapping):
        return Value(text=_optional(one, "value"))
    for name in ("value", "selected_time", "selected_date", "selected_conversation"):
        if isinstance(element.get(name), str):
            return Value(text=element[name])
    return Value()


def event(body: Payload, installation: Installation) -> Event:
    """Read any event but a message. Raises MalformedPayloadError."""
    fields = _mapping(body, "event")
    return Event(installation, _text(fields, "type"), fields)


def is_message_event(body: object) -> bool:
    """Tell whether a payload is an event about a message, by looking at two fields."""
    if not isinstance(body, Mapping) or body.get("type") != "event_callback":
        return False
    inner = body.get("event")
    return isinstance(inner, Mapping) and inner.get("type") == "message"


def message_news(body: Payload, our_bots: Container[str]) -> MessageNews:
    """Classify a message event; `our_bots` are the app's own users in its workspaces.

    Cheap on purpose: every message of every channel the app is in comes through here, and most are
    dismissed by the author of the thread's first message.
    """
    message = body.get("event")
    if not isinstance(message, Mapping):
        return NOT_FOR_US
    subtype = message.get("subtype")
    if subtype == "message_changed":
        return _changed(message, our_bots)
    if subtype == "message_deleted":
        return _deleted(message, our_bots)
    if _is_ours(message.get("user"), our_bots):
        return _own_round(message, _optional(body, "team_id"))
    if not _is_human(subtype):
        return NOT_FOR_US
    return _reply_news(message, message.get("channel"), our_bots)


def _changed(message: Payload, our_bots: Container[str]) -> MessageNews:
    inner = message.get("message")
    if not isinstance(inner, Mapping):
        return NOT_FOR_US
    if inner.get("subtype") == "tombstone":
        # A deleted message that has replies leaves a stone in its place.
        return _root_deleted(message.get("channel"), inner.get("ts"), message)
    if not _is_human(inner.get("subtype")) or _is_ours(inner.get("user"), our_bots):
        return NOT_FOR_US
    return _reply_news(inner, message.get("channel"), our_bots)


def _deleted(message: Payload, our_bots: Container[str]) -> MessageNews:
    gone = message.get("previous_message")
    if not isinstance(gone, Mapping):
        return NOT_FOR_US
    if _is_ours(gone.get("user"), our_bots):
        return _root_deleted(message.get("channel"), message.get("deleted_ts"), message)
    return _reply_news(gone, message.get("channel"), our_bots, deleted=True)


def _root_deleted(channel: object, ts: object, message: Payload) -> MessageNews:
    at = message.get("event_ts") or message.get("ts")
    if not (_is_id(channel) and _is_ts(ts) and _is_ts(at)):
        return NOT_FOR_US
    return RootDeleted(ChannelId(str(channel)), MessageTs(str(ts)), MessageTs(str(at)))


def _own_round(message: Payload, team_id: str) -> MessageNews:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != ROUND_METADATA:
        return NOT_FOR_US
    payload = metadata.get("event_payload")
    number = payload.get("round") if isinstance(payload, Mapping) else None
    channel, ts = message.get("channel"), message.get("ts")
    if not (_is_id(channel) and _is_ts(ts) and isinstance(number, int)):
        return NOT_FOR_US
    if not 0 < number <= _LARGEST_ROUND:
        return NOT_FOR_US
    return OwnRound(team_id, ChannelId(str(channel)), MessageTs(str(ts)), RoundId(number))


def _reply_news(
    message: Payload, channel: object, our_bots: Container[str], *, deleted: bool = False
) -> MessageNews:
    thread_ts, ts, user = message.get("thread_ts"), message.get("ts"), message.get("user")
    if message.get("bot_id") or thread_ts == ts or not _is_ts(thread_ts) or not _is_ts(ts):
        return NOT_FOR_US
    if not _is_id(channel) or not _is_id(user):
        return NOT_FOR_US
    if not _may_be_ours(message, our_bots):
        return NOT_FOR_US
    edited = message.get("edited")
    edited_ts = edited.get("ts") if isinstance(edited, Mapping) else None
    return ReplyNews(
        Reply(
            channel_id=ChannelId(str(channel)),
            thread_ts=MessageTs(str(thread_ts)),
            ts=MessageTs(str(ts)),
            member_id=MemberId(str(user)),
            words=count_words(_optional(message, "text")),
            has_file=bool(message.get("files")),
            edited_ts=MessageTs(str(edited_ts)) if _is_ts(edited_ts) else None,
            deleted=deleted,
        )
    )


def _may_be_ours(message: Payload, our_bots: Container[str]) -> bool:
    """Dismiss threads that somebody else began, where the payload says who did."""
    root = message.get("root")
    began = message.get("parent_user_id") or (
        root.get("user") if isinstance(root, Mapping) else None
    )
    return began is None or _is_ours(began, our_bots)


def _is_ours(user: object, our_bots: Container[str]) -> bool:
    return isinstance(user, str) and user in our_bots


def _is_human(subtype: object) -> bool:
    return subtype is None or (isinstance(subtype, str) and subtype in _HUMAN_SUBTYPES)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_ts(value: object) -> bool:
    return isinstance(value, str) and _TS.fullmatch(value) is not None


def _text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedPayloadError(name)
    return value


def _identifier(payload: Payload, name: str) -> str:
    value = _text(payload, name)
    if not _is_id(value):
        raise MalformedPayloadError(name)
    return value


def _optional(payload: Payload, name: str) -> str:
    value = payload.get(name)
    return value if isinstance(value, str) else ""


def _mapping(payload: Payload, name: str) -> Payload:
    value = payload.get(name)
    if not isinstance(value, Mapping):
        raise MalformedPayloadError(name)
    return value


def _list(payload: Payload, name: str) -> list[Any]:
    value = payload.get(name)
    if not isinstance(value, list):
        raise MalformedPayloadError(name)
    return value

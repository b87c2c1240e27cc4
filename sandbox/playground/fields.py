"""What an input offers and holds, for the templates, and what a form sends back, for Slack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sandbox.inputs import value_of
from sandbox.payloads import rich_text
from sandbox.workspace import JSON, Channel, RefusedError, User, Workspace

Held = Mapping[tuple[str, str], JSON]

MOST_IN_A_MENU = 15
"""Options beyond this are searched by typing, as in Slack."""

_FILTER_NAMES = {"channel": "public", "group": "private", "im": "im", "mpim": "mpim"}
_SEVERAL = frozenset({"checkboxes"})


@dataclass(frozen=True, slots=True)
class Offer:
    """Something to choose: what is sent and what is shown. ``group`` heads it in a menu."""

    value: str
    label: str
    group: str = ""


def name_of(block: JSON, element: JSON) -> str:
    """The name of an element's form field."""
    return f"{block['block_id']}/{element['action_id']}"


def held_by(held: Held, block: JSON, element: JSON, zone: tzinfo) -> Any:
    """What an input holds, as a form shows it: a string, or a list of strings."""
    state = held.get((block["block_id"], element["action_id"]))
    value = value_of(state) if state else None
    if isinstance(value, list):
        return [str(_bare(one)) for one in value]
    if element["type"] == "datetimepicker" and value:
        return f"{datetime.fromtimestamp(int(value), UTC).astimezone(zone):%Y-%m-%dT%H:%M}"
    if element["type"] == "rich_text_input" and value:
        return _typed(value)
    return "" if value is None else str(_bare(value))


def _bare(value: Any) -> Any:
    """An option by its value; everything else as it is."""
    return value.get("value", "") if isinstance(value, dict) else value


def _typed(block: JSON) -> str:
    sections = (part.get("elements", ()) for part in block.get("elements", ()))
    return "\n".join("".join(piece.get("text", "") for piece in one) for one in sections)


def is_several(element: JSON) -> bool:
    """True for an input that holds a list."""
    return element["type"] in _SEVERAL or element["type"].startswith("multi_")


def offers(element: JSON, workspace: Workspace, viewer: User) -> list[Offer]:
    """What a menu offers this person, in Slack's order."""
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        humans = (user for user in workspace.users.values() if not user.deleted)
        return [Offer(user.id, f"@{user.name}") for user in humans]
    if kind in ("channels_select", "conversations_select"):
        there = (c for c in workspace.channels.values() if _listed(c, element, kind, viewer))
        return [Offer(channel.id, conversation_name(channel, workspace)) for channel in there]
    grouped = [
        Offer(str(option.get("value", "")), option["text"]["text"], group["label"]["text"])
        for group in element.get("option_groups") or ()
        for option in group["options"]
    ]
    alone = element.get("options") or ()
    return [*(Offer(str(o.get("value", "")), o["text"]["text"]) for o in alone), *grouped]


def _listed(channel: Channel, element: JSON, kind: str, viewer: User) -> bool:
    if channel.is_archived or (channel.is_private and viewer.id not in channel.member_ids):
        return False
    if kind == "channels_select":
        return not channel.is_private
    included = (element.get("filter") or {}).get("include")
    return included is None or _FILTER_NAMES[channel.kind] in included


def conversation_name(channel: Channel, workspace: Workspace) -> str:
    """``#name``, or who a direct message is with."""
    if channel.kind != "im":
        return f"#{channel.name}"
    others = (workspace.users[one] for one in channel.member_ids if one in workspace.users)
    return next((user.real_name for user in others if user.is_bot), "direct message")


def entered(element: JSON, sent: Sequence[str], zone: tzinfo) -> Any:
    """What a form sent for an element, as `sandbox.inputs.filled` takes it; None if it is empty.

    Raises RefusedError for a moment that is none.
    """
    given = [one for one in sent if one != ""]
    if is_several(element):
        return given or None
    if not given:
        return None
    if element["type"] == "datetimepicker":
        return _stamp(given[0], zone)
    if element["type"] == "rich_text_input":
        return rich_text(given[0])[0]
    return given[0].replace("\r\n", "\n")


def _stamp(text: str, zone: tzinfo) -> int:
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())
    except ValueError:
        raise RefusedError("That is not a date and time.") from None

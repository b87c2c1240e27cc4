"""The rules of whole messages and views: their own fields, and how many blocks they hold."""

import json
from collections.abc import Mapping
from typing import Any

from sandbox.block_rules.blocks import Surface, block_on
from sandbox.block_rules.checks import (
    Check,
    Faults,
    Record,
    any_object,
    boolean,
    choice,
    fault,
    listing,
    shaped,
    string,
    tagged,
)
from sandbox.block_rules.composition import plain_text
from sandbox.block_rules.togetherness import faults_between_blocks

LONGEST_MESSAGE_TEXT = 40_000
MOST_MESSAGE_BLOCKS = 50
MOST_VIEW_BLOCKS = 100
MOST_ATTACHMENTS = 100
LARGEST_VIEW_BYTES = 250_000

METADATA = Record(
    {
        "event_type": shaped(r"[A-Za-z0-9_]+", "made of letters, digits and underscores", 255),
        "event_payload": any_object,
    }
)
ATTACHMENTS = listing(any_object, 0, MOST_ATTACHMENTS)
MESSAGE_BLOCKS = listing(block_on("message"), 0, MOST_MESSAGE_BLOCKS)

_IDENTIFIERS: Mapping[str, Check] = {
    "callback_id": string(0, 255),
    "external_id": string(0, 255),
    "private_metadata": string(0, 3000),
}


def _view(surface: Surface, required: Mapping[str, Check], optional: Mapping[str, Check]) -> Record:
    blocks = listing(block_on(surface), 1, MOST_VIEW_BLOCKS)
    return Record(
        {"type": choice(surface), "blocks": blocks, **required},
        {**_IDENTIFIERS, **optional},
    )


VIEWS: Mapping[str, Check] = {
    "modal": _view(
        "modal",
        {"title": plain_text(24)},
        {
            "submit": plain_text(24),
            "close": plain_text(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": _view("home", {}, {}),
}


def faults_in_message(payload: Mapping[str, Any]) -> list[str]:
    """Everything Slack would refuse in a message's `text`, `blocks`, `attachments` and `metadata`.

    The payload is what `chat.postMessage` and its relatives take, with nested JSON already decoded.
    Its other fields are not looked at, and a message without any content is the caller's `no_text`.
    """
    return list(_faults_in_message(payload))


def _faults_in_message(payload: Mapping[str, Any]) -> Faults:
    checks: Mapping[str, Check] = {
        "text": string(0, LONGEST_MESSAGE_TEXT),
        "metadata": METADATA,
        "blocks": MESSAGE_BLOCKS,
        "attachments": ATTACHMENTS,
    }
    for name, check in checks.items():
        if payload.get(name) is not None:
            yield from check(payload[name], f"/{name}")
    places = {"/blocks": payload.get("blocks")}
    for index, attachment in enumerate(_items(payload.get("attachments"))):
        if isinstance(attachment, Mapping) and attachment.get("blocks") is not None:
            pointer = f"/attachments/{index}/blocks"
            places[pointer] = attachment["blocks"]
            yield from MESSAGE_BLOCKS(attachment["blocks"], pointer)
    yield from faults_between_blocks(places, "message")


def faults_in_view(view: Mapping[str, Any]) -> list[str]:
    """Everything Slack would refuse in a modal or Home view; its pointers begin with `/view`.

    The view is what an app sends: fields that only Slack adds (`id`, `hash`, `state`) are refused.
    """
    return list(_faults_in_view(view))


def _faults_in_view(view: Any) -> Faults:
    yield from tagged(VIEWS)(view, "/view")
    surface = view.get("type") if isinstance(view, Mapping) else None
    if surface not in ("modal", "home"):
        return
    blocks = view.get("blocks")
    yield from faults_between_blocks({"/view/blocks": blocks}, surface)
    asks = any(isinstance(one, Mapping) and one.get("type") == "input" for one in _items(blocks))
    if surface == "modal" and asks and "submit" not in view:
        yield fault("missing required field: submit", "/view")
    size = len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())
    if size > LARGEST_VIEW_BYTES:
        yield fault(f"must be less than {LARGEST_VIEW_BYTES + 1} bytes", "/view")


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []

"""Whole messages and views as text."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sandbox.reading.blocks import block_as_text, several, underlined
from sandbox.reading.layout import in_a_row, indented
from sandbox.reading.wording import Reader

NOTHING: Mapping[str, str] = MappingProxyType({})

# What a person has chosen takes the place of what the app proposed.
_CHOSEN_INSTEAD_OF = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
}


def blocks_as_text(
    blocks: Sequence[Mapping[str, Any]], names: Mapping[str, str] = NOTHING, *, raw: bool = False
) -> str:
    """Blocks as text, an empty line between them; without a trailing line break.

    `names` tells the names of people, channels and groups by their ids, without `@` or `#`. With
    `raw` texts are shown as they are sent, with `&amp;` and `<@U123>`. Raises ValueError for a
    block or element of an unknown type.
    """
    return several(list(blocks), Reader(names, raw))


def message_as_text(
    message: Mapping[str, Any], names: Mapping[str, str] = NOTHING, *, raw: bool = False
) -> str:
    """A message as its blocks, or as its `text` if it has none, then its attachments and files."""
    reader = Reader(names, raw)
    parts = [_body(message, reader)]
    parts += [indented(_body(one, reader), "| ") for one in message.get("attachments") or ()]
    parts += [f"(file: {one.get('name', one.get('id'))})" for one in message.get("files") or ()]
    return "\n\n".join(filter(None, parts))


def _body(message: Mapping[str, Any], reader: Reader) -> str:
    if message.get("blocks"):
        return several(message["blocks"], reader)
    text = message.get("text") or message.get("fallback") or ""
    return reader.prose({"type": "mrkdwn", "text": text}) if text else ""


def view_as_text(
    view: Mapping[str, Any],
    names: Mapping[str, str] = NOTHING,
    *,
    errors: Mapping[str, str] = NOTHING,
    raw: bool = False,
) -> str:
    """A modal or Home view: its title, its blocks, its Close and Submit buttons.

    If the view carries a `state`, inputs show what was entered instead of what was proposed.
    `errors` are shown under their blocks, by `block_id`, as after `response_action: errors`.
    """
    reader = Reader(names, raw)
    title = [underlined(reader.text(view["title"]), "=")] if view.get("title") else []
    blocks = list(_blocks_of(view, reader, errors))
    return "\n\n".join(filter(None, [*title, *blocks, _buttons(view, reader)]))


def _blocks_of(view: Mapping[str, Any], reader: Reader, errors: Mapping[str, str]) -> Iterator[str]:
    values = (view.get("state") or {}).get("values") or {}
    for block in view["blocks"]:
        name = block.get("block_id", "")
        text = block_as_text(_as_filled(block, values.get(name) or {}), reader)
        yield f"{text}\n  (!) {errors[name]}" if name in errors else text


def _as_filled(block: Mapping[str, Any], entered: Mapping[str, Any]) -> Mapping[str, Any]:
    """The block as it stands once its elements hold what was entered."""
    filled = dict(block)
    for name in ("element", "accessory"):
        if name in block:
            filled[name] = _element_as_filled(block[name], entered)
    if block["type"] == "actions":
        filled["elements"] = [_element_as_filled(one, entered) for one in block["elements"]]
    return filled


def _element_as_filled(element: Mapping[str, Any], entered: Mapping[str, Any]) -> Mapping[str, Any]:
    values = entered.get(element.get("action_id", ""))
    if values is None:
        return element
    filled = dict(element)
    for chosen, proposed in _CHOSEN_INSTEAD_OF.items():
        if chosen in values:
            filled.pop(proposed, None)
            if values[chosen] is not None:
                filled[proposed] = values[chosen]
    return filled


def _buttons(view: Mapping[str, Any], reader: Reader) -> str:
    shown = []
    if view["type"] == "modal":
        shown.append(f"[ {reader.text(view['close']) if view.get('close') else 'Close'} ]")
    if view.get("submit"):
        shown.append(f"[* {reader.text(view['submit'])} *]")
    return in_a_row(shown)

"""The state of inputs: what an element holds at first, and what a person may put into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.conversations import controls_of
from sandbox.workspace import JSON, RefusedError

_TEXT_INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
)
# Element type -> (key in state, key of the initial value).
_FIELDS = {
    **dict.fromkeys(_TEXT_INPUTS, ("value", "initial_value")),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "static_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
}
_FORMS = {
    "timepicker": re.compile(r"([01]\d|2[0-3]):[0-5]\d"),
    "datepicker": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
    "number_input": re.compile(r"-?\d+(\.\d+)?"),
}


def stateful(element: JSON) -> bool:
    """True for elements that hold a value (a button does not)."""
    return element.get("type") in _FIELDS


def inputs_in(blocks: Iterable[JSON]) -> Iterator[tuple[JSON, JSON]]:
    """Every (block, element) that holds a value."""
    for block in blocks:
        for element in controls_of(block):
            if stateful(element):
                yield block, element


def first_state(element: JSON, here: str | None = None) -> JSON:
    """What an element holds before anybody touches it. ``here`` is the conversation in which the
    view was opened, for ``default_to_current_conversation``."""
    key, initial = _FIELDS[element["type"]]
    value = element.get(initial)
    several = key.endswith("s")
    if value is None and here and element.get("default_to_current_conversation"):
        value = [here] if several else here
    if value is None and several:
        value = []
    return {"type": element["type"], key: value}


def is_empty(state: JSON) -> bool:
    """True if nothing has been filled in."""
    key, _ = _FIELDS[state["type"]]
    return state.get(key) in (None, "", [])


def value_of(state: JSON) -> Any:
    """The bare value in a state."""
    return state.get(_FIELDS[state["type"]][0])


def filled(element: JSON, value: Any) -> JSON:
    """The state of an element after a person has put a value in.

    Options are named by their text or value; people and channels by id. ``None`` clears it.
    Raises RefusedError for what the element does not offer.
    """
    kind = element["type"]
    key, _ = _FIELDS[kind]
    if value is None:
        return {"type": kind, key: [] if key.endswith("s") else None}
    if key == "selected_option":
        return {"type": kind, key: _option(element, value)}
    if key == "selected_options":
        return {"type": kind, key: _options(element, value)}
    if key.endswith("s"):
        return {"type": kind, key: list(value)}
    return {"type": kind, key: _scalar(element, value)}


def _options(element: JSON, values: Any) -> list[JSON]:
    if isinstance(values, str):
        raise RefusedError(f"{element['action_id']} takes a list of options, not {values!r}")
    chosen = [_option(element, value) for value in values]
    most = element.get("max_selected_items")
    if most is not None and len(chosen) > most:
        raise RefusedError(f"{element['action_id']} takes at most {most} options")
    return chosen


def offered(element: JSON) -> list[JSON]:
    """The options of an element, those in groups included."""
    groups = element.get("option_groups", [])
    return [*element.get("options", []), *(o for group in groups for o in group["options"])]


def _option(element: JSON, value: Any) -> JSON:
    for option in offered(element):
        if value in (option.get("value"), option["text"]["text"]):
            return option
    names = [f"{option['text']['text']} ({option.get('value')})" for option in offered(element)]
    raise RefusedError(
        f"{element['action_id']} does not offer {value!r}; it offers: {', '.join(names)}"
    )


def _scalar(element: JSON, value: Any) -> Any:
    if element["type"] == "datetimepicker":
        return int(value)
    if element["type"] == "rich_text_input":
        return value
    text = str(value)
    form = _FORMS.get(element["type"])
    if form is not None and not form.fullmatch(text):
        raise RefusedError(f"{element['action_id']} ({element['type']}) does not take {text!r}")
    longest = element.get("max_length", 3000)
    if element["type"] in _TEXT_INPUTS and len(text) > longest:
        raise RefusedError(f"{element['action_id']} takes at most {longest} characters")
    return text

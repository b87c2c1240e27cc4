"""Finding what a person sees: a button by its label, an input by the words beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.conversations import controls_of
from sandbox.inputs import inputs_in, value_of
from sandbox.workspace import JSON, RefusedError, Workspace

_FILTER_NAMES = {"channel": "public", "group": "private", "im": "im", "mpim": "mpim"}


@dataclass(frozen=True)
class Clickable:
    """Something to click: a button, an entry of an overflow menu, one of two feedback buttons."""

    label: str
    action_id: str
    value: str | None
    action: JSON

    def answers_to(self, name: str, value: str | None) -> bool:
        """True if a person would call it so; ``value`` tells twins apart."""
        return name in (self.label, self.action_id) and value in (None, self.value)


def clickables(blocks: Sequence[JSON]) -> Iterator[Clickable]:
    """Everything that can be clicked in some blocks, with its ``actions`` entry."""
    for block in blocks:
        for element in controls_of(block):
            yield from _clickables_of(block, element)


def _clickables_of(block: JSON, element: JSON) -> Iterator[Clickable]:
    where = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
    }
    action_id = element["action_id"]
    match element["type"]:
        case "button" | "icon_button":
            given = {key: element[key] for key in ("text", "value", "style") if key in element}
            label = element["text"]["text"]
            yield Clickable(label, action_id, element.get("value"), where | given)
        case "overflow":
            for option in element["options"]:
                label, value = option["text"]["text"], option.get("value")
                yield Clickable(label, action_id, value, where | {"selected_option": option})
        case "feedback_buttons":
            for side in ("positive_button", "negative_button"):
                button = element[side]
                given = {"text": button["text"], "value": button["value"]}
                label = button["text"]["text"]
                yield Clickable(label, action_id, button["value"], where | given)


def find_clickable(blocks: Sequence[JSON], name: str, value: str | None = None) -> Clickable:
    """The one thing that answers to a label or action_id.

    Raises RefusedError, naming what there is, if nothing does or several do.
    """
    found = [c for c in clickables(blocks) if c.answers_to(name, value)]
    if len(found) == 1:
        return found[0]
    there = [f"{c.label} ({c.action_id}, value {c.value!r})" for c in clickables(blocks)]
    problem = "nothing to click is called" if not found else f"{len(found)} things are called"
    raise RefusedError(f"{problem} {name!r}; there is: {'; '.join(there) or 'nothing'}")


def find_input(blocks: Sequence[JSON], name: str) -> tuple[JSON, JSON]:
    """The (block, element) of an input by action_id, label, block_id or placeholder.

    Raises RefusedError, naming what there is.
    """
    there = list(inputs_in(blocks))
    for names_of in (_action_id, _label, _block_id, _placeholder):
        found = [pair for pair in there if names_of(*pair) == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise RefusedError(f"{len(found)} inputs are called {name!r}")
    names = [f"{_label(*pair) or _placeholder(*pair)} ({_action_id(*pair)})" for pair in there]
    raise RefusedError(f"no input is called {name!r}; there is: {'; '.join(names) or 'none'}")


def must_be_offered(element: JSON, state: JSON, workspace: Workspace) -> None:
    """Raise RefusedError for a person or conversation that a select would not list: an unknown
    one, or one that its ``filter`` leaves out. Channel selects list public channels only."""
    kind = element["type"].removeprefix("multi_")
    if kind not in ("users_select", "channels_select", "conversations_select"):
        return
    chosen = value_of(state)
    for one in chosen if isinstance(chosen, list) else [chosen]:
        if one is not None and not _lists(element, kind, one, workspace):
            raise RefusedError(f"{element['action_id']} does not offer {one!r}")


def _lists(element: JSON, kind: str, one: str, workspace: Workspace) -> bool:
    if kind == "users_select":
        return one in workspace.users
    channel = workspace.channels.get(one)
    if channel is None or channel.is_archived:
        return False
    if kind == "channels_select":
        return not channel.is_private
    included = element.get("filter", {}).get("include")
    return included is None or _FILTER_NAMES[channel.kind] in included


def _action_id(_block: JSON, element: JSON) -> str:
    return str(element["action_id"])


def _block_id(block: JSON, _element: JSON) -> str:
    return str(block["block_id"])


def _label(block: JSON, _element: JSON) -> str:
    words = block.get("label") or block.get("text") or {}
    return str(words.get("text", ""))


def _placeholder(_block: JSON, element: JSON) -> str:
    return str(element.get("placeholder", {}).get("text", ""))

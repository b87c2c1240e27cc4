"""Buttons, menus and fields as a person sees them: `[ Button ]`, `[a choice v]`, `[typed text]`."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.reading.layout import in_a_row
from sandbox.reading.rich_text import rich_text
from sandbox.reading.wording import Reader

Element = Mapping[str, Any]

MOST_OPTIONS_LISTED = 12
_FRAMES = {"primary": ("[* ", " *]"), "danger": ("[! ", " !]"), None: ("[ ", " ]")}


def element_as_text(element: Element, reader: Reader) -> str:
    """One element on its own, as it stands in a row of buttons or beside a section."""
    kind = element["type"]
    if kind not in ELEMENTS:
        raise ValueError(f"unknown element type: {kind!r}")
    return ELEMENTS[kind](element, reader)


def options_as_text(element: Element, reader: Reader) -> str:
    """What a menu offers, on one line; only how much, when that is a lot. Empty for other types."""
    if "select" not in element["type"]:
        return ""
    groups = element.get("option_groups") or ()
    alone = _texts(element, reader)
    offered = [*alone, *(text for one in groups for text in _texts(one, reader))]
    if len(offered) > MOST_OPTIONS_LISTED:
        return f"{len(offered)}, from {offered[0]} to {offered[-1]}"
    named = [f"{reader.text(one['label'])} ({' | '.join(_texts(one, reader))})" for one in groups]
    return " | ".join([*alone, *named])


def _texts(holder: Mapping[str, Any], reader: Reader) -> list[str]:
    return [reader.text(one["text"]) for one in holder.get("options") or ()]


def image(element: Element, _reader: Reader) -> str:
    """An image is what its alternative text says."""
    return f"(image: {element['alt_text']})"


def _button(element: Element, reader: Reader) -> str:
    left, right = _FRAMES[element.get("style")]
    shown = f"{left}{reader.text(element['text'])}{right}"
    label = element.get("accessibility_label")
    extras = [
        f'(read as "{label}")' if label else "",
        "(asks first)" if "confirm" in element else "",
        f"({element['url']})" if element.get("url") else "",
    ]
    return " ".join(filter(None, [shown, *extras]))


def _feedback(element: Element, reader: Reader) -> str:
    names = ("positive_button", "negative_button")
    return in_a_row(f"[ {reader.text(element[name]['text'])} ]" for name in names)


def _overflow(element: Element, reader: Reader) -> str:
    return f"[ ⋯ {' | '.join(reader.text(one['text']) for one in element['options'])} ]"


def _boxes(left: str, right: str, chosen: str) -> Callable[[Element, Reader], str]:
    def read(element: Element, reader: Reader) -> str:
        first = [*element.get("initial_options", ()), element.get("initial_option")]
        values = {one["value"] for one in first if one}
        lines = []
        for one in element["options"]:
            mark = chosen if one["value"] in values else " "
            description = f" ({reader.text(one['description'])})" if "description" in one else ""
            lines.append(f"{left}{mark}{right} {reader.text(one['text'])}{description}")
        return "\n".join(lines)

    return read


def _empty(element: Element, reader: Reader) -> str:
    if "placeholder" in element:
        return f"({reader.text(element['placeholder'])})"
    return "(this conversation)" if element.get("default_to_current_conversation") else ""


def _menu(element: Element, reader: Reader) -> str:
    chosen = [*element.get("initial_options", ()), element.get("initial_option")]
    texts = [reader.text(one["text"]) for one in chosen if one]
    return f"[{', '.join(texts) or _empty(element, reader)} v]"


def _named(sign: str, *fields: str) -> Callable[[Element, Reader], str]:
    def read(element: Element, reader: Reader) -> str:
        chosen: list[str] = []
        for name in fields:
            value = element.get(name) or []
            chosen.extend([value] if isinstance(value, str) else value)
        texts = [_signed(sign, one, reader) for one in chosen]
        return f"[{', '.join(texts) or _empty(element, reader)} v]"

    return read


def _signed(sign: str, identifier: str, reader: Reader) -> str:
    # A conversation may be a channel or a talk with a person.
    person = identifier[:1] in ("U", "W")
    return f"{sign or ('@' if person else '#')}{reader.named(identifier)}"


def _picker(name: str) -> Callable[[Element, Reader], str]:
    def read(element: Element, reader: Reader) -> str:
        zone = f" ({element['timezone']})" if "timezone" in element else ""
        return f"[{element.get(name) or _empty(element, reader)} v]{zone}"

    return read


def _moment(element: Element, _reader: Reader) -> str:
    stamp = element.get("initial_date_time")
    return f"[{datetime.fromtimestamp(stamp, UTC):%Y-%m-%d %H:%M} UTC v]" if stamp else "[ v]"


def _field(element: Element, reader: Reader) -> str:
    return f"[{element.get('initial_value') or _empty(element, reader) or ' '}]"


def _rich_field(element: Element, reader: Reader) -> str:
    value = element.get("initial_value")
    return f"[{rich_text(value, reader) if value else _empty(element, reader) or ' '}]"


def _files(element: Element, _reader: Reader) -> str:
    kinds = f": {', '.join(element['filetypes'])}" if element.get("filetypes") else ""
    return f"[ Choose Files{kinds} ]"


ELEMENTS: Mapping[str, Callable[[Element, Reader], str]] = {
    "button": _button,
    "workflow_button": _button,
    "icon_button": _button,
    "feedback_buttons": _feedback,
    "overflow": _overflow,
    "checkboxes": _boxes("[", "]", "x"),
    "radio_buttons": _boxes("(", ")", "o"),
    "static_select": _menu,
    "multi_static_select": _menu,
    "external_select": _menu,
    "multi_external_select": _menu,
    "users_select": _named("@", "initial_user"),
    "multi_users_select": _named("@", "initial_users"),
    "channels_select": _named("#", "initial_channel"),
    "multi_channels_select": _named("#", "initial_channels"),
    "conversations_select": _named("", "initial_conversation"),
    "multi_conversations_select": _named("", "initial_conversations"),
    "datepicker": _picker("initial_date"),
    "timepicker": _picker("initial_time"),
    "datetimepicker": _moment,
    "plain_text_input": _field,
    "rich_text_input": _rich_field,
    "email_text_input": _field,
    "url_text_input": _field,
    "number_input": _field,
    "file_input": _files,
    "image": image,
}

"""Small builders of Block Kit objects for the tests of the rules."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "Text") -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "Text") -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Text", **fields: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **fields}


def header(text: str = "Title") -> Json:
    return {"type": "header", "text": plain(text)}


def button(text: str = "Press", **fields: Any) -> Json:
    return {"type": "button", "text": plain(text), **fields}


def actions(*elements: Json, **fields: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **fields}


def option(value: str = "a", **fields: Any) -> Json:
    return {"text": plain(f"Option {value}"), "value": value, **fields}


def options(count: int) -> list[Json]:
    return [option(str(number)) for number in range(count)]


def field(element: Json, **fields: Any) -> Json:
    return {"type": "input", "label": plain("Label"), "element": element, **fields}


def text_field(**fields: Any) -> Json:
    return {"type": "plain_text_input", **fields}


def image(**fields: Any) -> Json:
    return {
        "type": "image",
        "image_url": "https://example.org/cat.png",
        "alt_text": "A cat",
        **fields,
    }


def rich_text(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": list(parts)}


def paragraph(*pieces: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(pieces)}


def piece(text: str = "Text", **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def bullets(*items: Json, style: str = "bullet", **fields: Any) -> Json:
    return {"type": "rich_text_list", "style": style, "elements": list(items), **fields}


def table(*rows: list[Json], **fields: Any) -> Json:
    return {"type": "table", "rows": list(rows), **fields}


def cell(text: str = "Cell") -> Json:
    return {"type": "raw_text", "text": text}


def message(*blocks: Json, **fields: Any) -> Json:
    return {"text": "A message", "blocks": list(blocks), **fields}


def modal(*blocks: Json, **fields: Any) -> Json:
    view = {"type": "modal", "title": plain("Title"), "blocks": list(blocks) or [section()]}
    return {**view, "submit": plain("Save"), **fields}


def home(*blocks: Json, **fields: Any) -> Json:
    return {"type": "home", "blocks": list(blocks) or [section()], **fields}

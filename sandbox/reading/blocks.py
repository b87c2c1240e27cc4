"""Every block as text: one row in `BLOCKS` for each type."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.reading.elements import element_as_text, image, options_as_text
from sandbox.reading.layout import (
    WIDTH,
    Alignment,
    aligned,
    in_a_row,
    indented,
    paragraph,
    two_columns,
)
from sandbox.reading.rich_text import rich_text
from sandbox.reading.wording import Reader

Block = Mapping[str, Any]

_THIN_LINE = "─" * 40
_STEPS = {"pending": "to do", "in_progress": "doing", "complete": "done", "error": "failed"}


def block_as_text(block: Block, reader: Reader) -> str:
    """One block. Raises ValueError for a type that has no row in `BLOCKS`."""
    if block["type"] not in BLOCKS:
        raise ValueError(f"unknown block type: {block['type']!r}")
    return BLOCKS[block["type"]](block, reader)


def several(blocks: list[Block], reader: Reader) -> str:
    """Blocks one under the other, an empty line between them."""
    return "\n\n".join(block_as_text(one, reader) for one in blocks)


def underlined(text: str, mark: str) -> str:
    """A title with a line under it."""
    wrapped = paragraph(text)
    return f"{wrapped}\n{mark * max(map(len, wrapped.splitlines()))}"


def _section(block: Block, reader: Reader) -> str:
    parts = []
    if "text" in block:
        parts.append(reader.prose(block["text"]))
    if block.get("fields"):
        parts.append(two_columns([reader.text(one) for one in block["fields"]]))
    if "accessory" in block:
        parts.append(_with_options(block["accessory"], reader))
    return "\n".join(parts)


def _with_options(element: Block, reader: Reader) -> str:
    offered = options_as_text(element, reader)
    shown = element_as_text(element, reader)
    return f"{shown}\n{_note('options', offered)}" if offered else shown


def _note(name: str, text: str) -> str:
    return indented(paragraph(f"{name}: {text}", WIDTH - 2), "  ")


def _header(block: Block, reader: Reader) -> str:
    return underlined(reader.text(block["text"]), "=")


def _context(block: Block, reader: Reader) -> str:
    parts = (
        image(one, reader) if one["type"] == "image" else reader.text(one)
        for one in block["elements"]
    )
    return paragraph(" · ".join(parts))


def _actions(block: Block, reader: Reader) -> str:
    return in_a_row(element_as_text(one, reader) for one in block["elements"])


def _input(block: Block, reader: Reader) -> str:
    element = block["element"]
    label = reader.text(block["label"]) + (" (optional)" if block.get("optional") else "")
    field = element_as_text(element, reader)
    on_own_lines = "\n" in field or element["type"] in ("checkboxes", "radio_buttons")
    lines = [f"{label}:\n{indented(field, '  ')}" if on_own_lines else f"{label}: {field}"]
    notes = {
        "options": options_as_text(element, reader),
        "hint": reader.text(block["hint"]) if "hint" in block else "",
    }
    return "\n".join(lines + [_note(name, text) for name, text in notes.items() if text])


def _image(block: Block, reader: Reader) -> str:
    title = f"{reader.text(block['title'])}\n" if "title" in block else ""
    return f"{title}{image(block, reader)}"


def _cell(cell: Block, reader: Reader) -> str:
    if cell["type"] in ("raw_text", "raw_number"):
        return str(cell["text"])
    if cell["type"] == "rich_text":
        return " ".join(rich_text(cell, reader).split())
    raise ValueError(f"unknown cell type: {cell['type']!r}")


def _table(block: Block, reader: Reader) -> str:
    settings = block.get("column_settings") or ()
    sides: list[Alignment] = [(one or {}).get("align", "left") for one in settings]
    return aligned([[_cell(cell, reader) for cell in row] for row in block["rows"]], sides)


def _video(block: Block, reader: Reader) -> str:
    return paragraph(
        f"(video: {reader.text(block['title'])}; {block['alt_text']}; {block['video_url']})"
    )


def _alert(block: Block, reader: Reader) -> str:
    level = block.get("level", "default")
    mark = "" if level == "default" else f"{level}: "
    return paragraph(f"(!) {mark}{reader.text(block['text'])}")


def _card(block: Block, reader: Reader) -> str:
    images = [image(block[name], reader) for name in ("hero_image", "icon") if name in block]
    texts = [reader.prose(block[name]) for name in ("title", "subtitle", "body") if name in block]
    buttons = in_a_row(element_as_text(one, reader) for one in block.get("actions", ()))
    return indented("\n".join(filter(None, [*images, *texts, buttons])), "  ")


def _container(block: Block, reader: Reader) -> str:
    if "rich_text_title" in block:
        title = rich_text(block["rich_text_title"], reader)
    else:
        title = reader.text(block["title"])
    subtitle = [reader.text(block["subtitle"])] if "subtitle" in block else []
    icon = [image(block["icon"], reader)] if "icon" in block else []
    state = " (collapsed)" if block.get("default_collapsed") else ""
    head = "\n".join([*icon, underlined(title + state, "-"), *subtitle])
    return f"{head}\n{indented(several(block['child_blocks'], reader), '  ')}"


def _task(block: Block, reader: Reader) -> str:
    parts = [rich_text(block[name], reader) for name in ("details", "output") if name in block]
    parts += [f"{one['text']} ({one['url']})" for one in block.get("sources", ())]
    head = f"[{_STEPS[block['status']]}] {block['title']}"
    return "\n".join([head, *(indented(part, "  ") for part in parts)])


def _plan(block: Block, reader: Reader) -> str:
    tasks = [indented(_task(one, reader), "  ") for one in block.get("tasks", ())]
    return "\n".join([underlined(block["title"], "-"), *tasks])


def _auth_provider(block: Block, reader: Reader) -> str:
    names = ("description", "connected_identity", "connected_context")
    texts = [reader.text(block[name]) for name in names if name in block]
    button = "[ Disconnect ]" if block["is_connected"] else "[ Connect ]"
    menu = [element_as_text(block["accessory"], reader)] if "accessory" in block else []
    return "\n".join([reader.text(block["name"]), *texts, in_a_row([button, *menu])])


BLOCKS: Mapping[str, Callable[[Block, Reader], str]] = {
    "section": _section,
    "header": _header,
    "divider": lambda _block, _reader: _THIN_LINE,
    "context": _context,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
    "image": _image,
    "rich_text": rich_text,
    "markdown": lambda block, reader: reader.markdown(block["text"]),
    "table": _table,
    "video": _video,
    "file": lambda block, _reader: f"(file: {block['external_id']})",
    "call": lambda block, _reader: f"(call: {block['call_id']})",
    "alert": _alert,
    "card": _card,
    "carousel": lambda block, reader: several(block["elements"], reader),
    "container": _container,
    "task_card": _task,
    "plan": _plan,
    "auth_provider": _auth_provider,
}

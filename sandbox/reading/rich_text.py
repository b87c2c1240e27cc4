"""`rich_text` as lines: paragraphs, bullets, numbers, quotes and code."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.reading.layout import WIDTH, code, indented, paragraph
from sandbox.reading.wording import Reader, link

Piece = Mapping[str, Any]

_BULLETS = ("•", "◦", "▪")
# From the inside out, so that bold italic code reads *_`so`_*.
_MARKS = (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*"))

PIECES: Mapping[str, Callable[[Piece, Reader], str]] = {
    "text": lambda piece, _: str(piece["text"]),
    "link": lambda piece, _: link(piece["url"], piece.get("text", "")),
    "user": lambda piece, reader: f"@{reader.named(piece['user_id'])}",
    "usergroup": lambda piece, reader: f"@{reader.named(piece['usergroup_id'])}",
    "team": lambda piece, reader: f"@{reader.named(piece['team_id'])}",
    "channel": lambda piece, reader: f"#{reader.named(piece['channel_id'])}",
    "broadcast": lambda piece, _: f"@{piece['range']}",
    "emoji": lambda piece, _: f":{piece['name']}:",
    "date": lambda piece, _: str(piece.get("fallback") or piece["format"]),
    "color": lambda piece, _: str(piece["value"]),
}


def rich_text(block: Mapping[str, Any], reader: Reader) -> str:
    """The whole block; lists that follow each other at different depths stay together."""
    lines: list[str] = []
    previous = ""
    for part in block["elements"]:
        kind = part["type"]
        if kind not in PARTS:
            raise ValueError(f"unknown rich text element: {kind!r}")
        text = PARTS[kind](part, reader).strip("\n")
        both_lists = kind == previous == "rich_text_list"
        lines.extend([text] if both_lists or not lines else ["", text])
        previous = kind
    return "\n".join(lines)


def inline(pieces: Sequence[Piece], reader: Reader, marked: bool = True) -> str:
    """Pieces of rich text one after the other, with or without the marks of their style."""
    spoken = ((piece, _spoken(piece, reader)) for piece in pieces)
    return "".join(_styled(text, piece) if marked else text for piece, text in spoken)


def _spoken(piece: Piece, reader: Reader) -> str:
    if piece["type"] not in PIECES:
        raise ValueError(f"unknown rich text element: {piece['type']!r}")
    return PIECES[piece["type"]](piece, reader)


def _styled(text: str, piece: Piece) -> str:
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    before, after = text[:start], text[start + len(core) :]
    for name, mark in _MARKS:
        if (piece.get("style") or {}).get(name):
            core = f"{mark}{core}{mark}"
    return f"{before}{core}{after}"


def _section(part: Piece, reader: Reader) -> str:
    return paragraph(inline(part["elements"], reader))


def _quote(part: Piece, reader: Reader) -> str:
    return indented(paragraph(inline(part["elements"], reader), WIDTH - 2), "| ")


def _preformatted(part: Piece, reader: Reader) -> str:
    return code(inline(part["elements"], reader, marked=False))


def _list(part: Piece, reader: Reader) -> str:
    depth, offset = part.get("indent", 0), part.get("offset", 0)
    ordered = part["style"] == "ordered"
    lines = []
    for number, item in enumerate(part["elements"], start=1 + offset):
        mark = f"{number}." if ordered else _BULLETS[depth % len(_BULLETS)]
        first = f"{'   ' * depth}{mark} "
        text = paragraph(inline(item["elements"], reader), WIDTH - len(first))
        lines.append(first + text.replace("\n", "\n" + " " * len(first)))
    return "\n".join(lines)


PARTS: Mapping[str, Callable[[Piece, Reader], str]] = {
    "rich_text_section": _section,
    "rich_text_list": _list,
    "rich_text_quote": _quote,
    "rich_text_preformatted": _preformatted,
}

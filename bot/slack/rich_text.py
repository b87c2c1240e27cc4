"""Markdown made into Slack's rich text.

Rich text holds the words of a question as data, not as markup: nothing in it can mention anybody,
and code keeps its line breaks. Headings become bold lines; what Slack has no form for (tables,
images, raw HTML) is shown as the text it was written as.
"""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.slack.blocks import Json, plain

_PARSER = MarkdownIt("commonmark", {"html": False})

BLOCK_LIMIT = 2_500
"""Characters to a block: rich text has no documented limit, other blocks are held to 3,000."""
DEEPEST_LEVEL = 8
"""How far Slack indents a list; what lies deeper is shown there."""


def rich_text(markdown: str) -> list[Json]:
    """Turn Markdown into rich-text blocks; an empty text gives none."""
    whole = _elements(_PARSER.parse(plain(markdown)))
    blocks: list[Json] = []
    size = 0
    for element in (piece for written in whole for piece in _pieces(written)):
        length = len(_text_of(element))
        if not blocks or size + length > BLOCK_LIMIT:
            blocks.append({"type": "rich_text", "elements": []})
            size = 0
        blocks[-1]["elements"].append(element)
        size += length
    return blocks


def bullet_list(items: Sequence[str]) -> Json:
    """Turn plain lines into a bulleted list."""
    return {
        "type": "rich_text",
        "elements": [_list("bullet", [_section([_run(plain(i) or " ")]) for i in items])],
    }


def numbered_list(items: Sequence[tuple[str, str]]) -> Json:
    """Turn pairs of plain lines into a numbered list: one in bold, the other below it."""
    steps = [
        _section([_run(plain(first) or " ", {"bold"}), _run(f"\n{plain(second)}")])
        for first, second in items
    ]
    return {"type": "rich_text", "elements": [_list("ordered", steps)]}


def plain_text_of(markdown: str) -> str:
    """Return Markdown as a person would read it aloud: its words without the marks."""
    return "\n\n".join(_text_of(element) for element in _elements(_PARSER.parse(plain(markdown))))


def _elements(tokens: Sequence[Token]) -> Iterator[Json]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _closing(tokens, position)
        inside = tokens[position + 1 : end]
        if token.type in ("fence", "code_block"):
            yield _preformatted(token.content)
        elif token.type == "heading_open":
            yield _section(_inline(inside, bold=True))
        elif token.type == "paragraph_open":
            yield _section(_inline(inside))
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _lists(token, inside, 0)
        elif token.type == "blockquote_open":
            yield {"type": "rich_text_quote", "elements": _inline(inside)}
        elif token.type == "html_block":
            yield _section([_run(token.content)])
        position = end + 1


def _pieces(element: Json) -> Iterator[Json]:
    """An element that is too long for a block, as several of its kind; any other as it is.

    Only a single item of a list stays whole at any length: its second half would be an item.
    """
    held: list[Json] = []
    size = done = 0
    for part in _short_runs(element["elements"]):
        length = len(_text_of(part))
        if held and size + length > BLOCK_LIMIT:
            yield _continued(element, held, done)
            done += len(held)
            held, size = [], 0
        held.append(part)
        size += length
    yield _continued(element, held, done)


def _short_runs(parts: Sequence[Json]) -> Iterator[Json]:
    for part in parts:
        if part["type"] != "text":
            yield part
            continue
        rest = str(part["text"])
        while len(rest) > BLOCK_LIMIT:
            end = max(rest.rfind("\n", 0, BLOCK_LIMIT), 0) or rest.rfind(" ", 0, BLOCK_LIMIT)
            end = end + 1 if end > 0 else BLOCK_LIMIT
            yield part | {"text": rest[:end]}
            rest = rest[end:]
        yield part | {"text": rest}


def _continued(element: Json, parts: list[Json], done: int) -> Json:
    if element.get("style") != "ordered" or not done:
        return element | {"elements": parts}
    return element | {"elements": parts, "offset": element.get("offset", 0) + done}


def _closing(tokens: Sequence[Token], opening: int) -> int:
    """Find where the element opened at `opening` closes; itself if it is one token."""
    if tokens[opening].nesting != 1:
        return opening
    level = tokens[opening].level
    for position in range(opening + 1, len(tokens)):
        if tokens[position].nesting == -1 and tokens[position].level == level:
            return position
    return len(tokens) - 1


def _lists(opening: Token, tokens: Sequence[Token], indent: int) -> Iterator[Json]:
    """A list and what is nested in it: Slack keeps levels as lists side by side.

    The numbers of a list go on after what is nested in it.
    """
    style = "ordered" if opening.type == "ordered_list_open" else "bullet"
    shown = max(int(opening.attrGet("start") or 1) - 1, 0)
    items: list[Json] = []
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position)
        lead, rest = _lead_and_rest(tokens[position + 1 : end])
        items.append(_section(lead or [_run(" ")]))
        nested = list(_inside_item(rest, indent))
        if nested:
            yield _list(style, items, indent, shown)
            yield from nested
            shown += len(items)
            items = []
        position = end + 1
    if items:
        yield _list(style, items, indent, shown)


def _lead_and_rest(tokens: Sequence[Token]) -> tuple[list[Json], Sequence[Token]]:
    if tokens and tokens[0].type == "paragraph_open":
        end = _closing(tokens, 0)
        return _inline(tokens[1:end]), tokens[end + 1 :]
    return [], tokens


def _inside_item(tokens: Sequence[Token], indent: int) -> Iterator[Json]:
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position)
        kind = tokens[position].type
        if kind in ("bullet_list_open", "ordered_list_open"):
            yield from _lists(tokens[position], tokens[position + 1 : end], indent + 1)
        else:
            yield from _elements(tokens[position : end + 1])
        position = end + 1


def _inline(tokens: Sequence[Token], *, bold: bool = False) -> list[Json]:
    runs: list[Json] = []
    for token in tokens:
        if token.type == "inline":
            if runs:
                runs.append(_run("\n"))
            runs += _runs(token.children or [], bold=bold)
    return runs or [_run(" ")]


_STYLES = {"strong_open": "bold", "em_open": "italic", "s_open": "strike"}
_ENDS = {"strong_close": "bold", "em_close": "italic", "s_close": "strike"}


def _runs(tokens: Sequence[Token], *, bold: bool) -> list[Json]:
    runs: list[Json] = []
    style = {"bold"} if bold else set()
    address: str | None = None
    for token in tokens:
        if token.type in _STYLES:
            style = style | {_STYLES[token.type]}
        elif token.type in _ENDS:
            style = style - {_ENDS[token.type]}
        elif token.type == "link_open":
            address = str(token.attrGet("href") or "")
        elif token.type == "link_close":
            address = None
        else:
            runs += _leaf(token, style, address)
    return runs


def _leaf(token: Token, style: set[str], address: str | None) -> list[Json]:
    if token.type == "softbreak":
        return [_run(" ", style)]
    if token.type == "hardbreak":
        return [_run("\n", style)]
    if not token.content:
        return []
    if token.type == "code_inline":
        style = style | {"code"}
    if address and address.startswith(("http://", "https://")):
        return [{"type": "link", "url": address, "text": token.content} | _style(style)]
    return [_run(token.content, style)]


def _run(text: str, style: set[str] | None = None) -> Json:
    return {"type": "text", "text": text} | _style(style or set())


def _style(style: set[str]) -> Json:
    return {"style": dict.fromkeys(sorted(style), True)} if style else {}


def _section(runs: list[Json]) -> Json:
    return {"type": "rich_text_section", "elements": runs}


def _list(style: str, items: list[Json], indent: int = 0, shown: int = 0) -> Json:
    level = min(indent, DEEPEST_LEVEL)
    made = {"type": "rich_text_list", "style": style, "indent": level, "elements": items}
    return made | ({"offset": shown} if style == "ordered" and shown else {})


def _preformatted(code: str) -> Json:
    return {"type": "rich_text_preformatted", "elements": [_run(code.rstrip("\n") or " ")]}


def _text_of(element: Json) -> str:
    if "elements" not in element:
        return str(element.get("text", ""))
    between = "\n" if element["type"] == "rich_text_list" else ""
    return between.join(_text_of(child) for child in element["elements"])

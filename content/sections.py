"""The Markdown body of a question file, cut at its `##` headings, with the line of everything."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.faults import Fault


@dataclass(frozen=True, slots=True)
class Link:
    """A Markdown link inside a list item."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list, as plain text: emphasis, code marks and line breaks are gone."""

    text: str
    line: int
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one `##` heading.

    `source` is its Markdown as written, without blank lines around it, starting on `line`; `text`
    is its paragraphs as plain text; `items` are the items of its lists. `list_faults` says
    what keeps it from being one plain list.
    """

    heading: str
    heading_line: int
    line: int
    source: str
    text: str
    items: tuple[Item, ...]
    list_faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block: its language (`""` if it names none), its code and its first line."""

    language: str
    code: str
    line: int
    end: int


_MARKDOWN = MarkdownIt("commonmark")


def split(body: str, first_line: int) -> tuple[tuple[Section, ...], tuple[Fault, ...]]:
    """Cut a Markdown body into sections; `first_line` is the body's line in its file (from 1)."""
    tokens = _MARKDOWN.parse(body)
    lines = body.split("\n")
    cuts = [index for index, token in enumerate(tokens) if _opens_section(token)]
    faults = [*_unclosed_fences(tokens, lines, first_line)]
    if tokens[: cuts[0] if cuts else None]:
        what, mend = "text stands before the first part", "move it below a `## ` heading"
        faults.append(Fault(first_line + _start(tokens[0]), what, mend))
    ends = [*cuts, len(tokens)][1:]
    sections = tuple(
        _section(tokens[cut:end], lines, first_line) for cut, end in zip(cuts, ends, strict=True)
    )
    return sections, tuple(faults)


def fences(markdown: str, first_line: int = 1) -> tuple[Fence, ...]:
    """The fenced code blocks of a piece of Markdown, in order, wherever they are nested."""
    return tuple(
        Fence(
            (token.info.split() or [""])[0].casefold(),
            token.content,
            first_line + _start(token),
            first_line + (token.map[1] if token.map else 0),
        )
        for token in _MARKDOWN.parse(markdown)
        if token.type == "fence"
    )


def tokens_of(markdown: str, first_line: int = 1) -> Iterator[tuple[Token, int]]:
    """Every token of a piece of Markdown, block and inline, with its line."""
    for token in _MARKDOWN.parse(markdown):
        line = first_line + _start(token)
        yield token, line
        for child in token.children or ():
            yield child, line


def prose(markdown: str) -> str:
    """A piece of Markdown as plain text: what a person would speak. Fenced code is left out."""
    return "\n\n".join(
        _plain(token) for token in _MARKDOWN.parse(markdown) if token.type == "inline"
    )


def defines_links(body: str) -> bool:
    """Whether lines such as `[name]: address` stand in a body; they belong to no section."""
    seen: dict[str, object] = {}
    _MARKDOWN.parse(body, seen)
    return bool(seen.get("references"))


def _opens_section(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == "h2" and token.level == 0


def _start(token: Token) -> int:
    return token.map[0] if token.map else 0


def _section(tokens: Sequence[Token], lines: Sequence[str], first_line: int) -> Section:
    """Make a section of a heading's three tokens and all that follow up to the next heading."""
    heading, rest = tokens[1], tokens[3:]
    heading_map = tokens[0].map or [0, 1]
    end = max((token.map[1] for token in rest if token.map), default=heading_map[1])
    begin = _start(rest[0]) if rest else heading_map[1]
    return Section(
        heading=_plain(heading),
        heading_line=first_line + heading_map[0],
        line=first_line + begin,
        source="\n".join(lines[begin:end]).rstrip(),
        text=" ".join(_plain(token) for token in rest if token.type == "inline"),
        items=tuple(_items(rest, first_line)),
        list_faults=tuple(_list_faults(rest, first_line)),
    )


def _items(tokens: Sequence[Token], first_line: int) -> Iterator[Item]:
    in_item = False
    for token in tokens:
        if token.type in {"list_item_open", "list_item_close"} and token.level == 1:
            in_item = token.type == "list_item_open"
        elif in_item and token.type == "inline" and token.level == _ITEM_TEXT:
            yield Item(_plain(token), first_line + _start(token), tuple(_links(token)))


_ITEM_TEXT = 3  # list, item, paragraph


def _list_faults(tokens: Sequence[Token], first_line: int) -> Iterator[Fault]:
    """What keeps these tokens from being one plain list with one paragraph an item."""
    paragraphs = 0
    for token, following in pairwise([*tokens, _END]):
        line = first_line + _start(token)
        if token.type == "list_item_open" and token.level == 1:
            paragraphs = 0
            if following.type == "list_item_close":
                yield Fault(line, "a list item is empty", "write it or take it out")
        elif token.type == "paragraph_open" and token.level == _ITEM_TEXT - 1:
            paragraphs += 1
            if paragraphs > 1:
                yield Fault(line, "a list item has a second paragraph", _ONE_PARAGRAPH)
        elif token.nesting >= 0 and token.level == 0 and token.type not in _LISTS:
            yield Fault(line, "something other than a list stands here", _ONE_PARAGRAPH)
        elif token.nesting >= 0 and token.level == _ITEM_TEXT - 1:
            yield Fault(line, "a list item holds more than text", _ONE_PARAGRAPH)


_END = Token("end", "", 0)
_LISTS = {"bullet_list_open", "ordered_list_open"}
_ONE_PARAGRAPH = "write a plain list with one paragraph an item"


def _plain(inline: Token) -> str:
    """The text of an inline token, on one line."""
    pieces = [
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or ()
    ]
    return re.sub(r"\s+", " ", "".join(pieces)).strip()


def _links(inline: Token) -> Iterator[Link]:
    url, text = "", ""
    for child in inline.children or ():
        if child.type == "link_open":
            url, text = str(child.attrGet("href") or ""), ""
        elif child.type == "link_close":
            yield Link(text.strip(), url)
        else:
            text += child.content


def _unclosed_fences(
    tokens: Sequence[Token], lines: Sequence[str], first_line: int
) -> Iterator[Fault]:
    for token in tokens:
        if token.type != "fence" or token.map is None:
            continue
        start, end = token.map
        last = lines[end - 1].strip(" \t>") if end <= len(lines) else ""
        closed = end - 1 > start and last.startswith(token.markup) and not last.strip(last[0])
        if not closed:
            what, mend = "a code fence is never closed", f"close it with `{token.markup}`"
            yield Fault(first_line + start, what, mend)

"""Markdown as plain text: its words, lists and code, without the marks."""

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark")
_BULLETS = "•◦▪"


def of(markdown: str) -> str:
    """Paragraphs on a line each, bullets and numbers at the items, code indented by four."""
    return "\n\n".join(_blocks(_MARKDOWN.parse(markdown)))


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position)
        token = tokens[position]
        if token.type == "inline":
            yield _words(token)
        elif token.type in {"fence", "code_block"}:
            code = token.content.rstrip("\n").split("\n")
            yield "\n".join(f"    {line}".rstrip() for line in code)
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            yield "\n".join(_items(token, tokens[position + 1 : end]))
        elif token.nesting == 1:
            yield from _blocks(tokens[position + 1 : end])
        elif token.content:
            yield token.content.rstrip("\n")
        position = end + 1


def _items(opening: Token, tokens: Sequence[Token]) -> Iterator[str]:
    number = int(opening.attrGet("start") or 1)
    position = 0
    while position < len(tokens):
        end = _closing(tokens, position)
        bullet = _BULLETS[min(opening.level // 2, len(_BULLETS) - 1)]
        mark = f"{number}." if opening.type == "ordered_list_open" else bullet
        inside = "\n".join(_blocks(tokens[position + 1 : end])).split("\n")
        indent = " " * (len(mark) + 1)
        yield "\n".join([f"{mark} {inside[0]}", *(f"{indent}{line}" for line in inside[1:])])
        number += 1
        position = end + 1


def _closing(tokens: Sequence[Token], opening: int) -> int:
    if tokens[opening].nesting != 1:
        return opening
    level = tokens[opening].level
    return next(
        at
        for at in range(opening + 1, len(tokens))
        if tokens[at].nesting == -1 and tokens[at].level == level
    )


def _words(inline: Token) -> str:
    pieces = []
    for child in inline.children or ():
        if child.type == "link_close":
            pieces.append(f" ({_address(inline, child)})")
        else:
            breaks = {"softbreak": " ", "hardbreak": "\n"}
            pieces.append(breaks.get(child.type, child.content))
    return "".join(pieces)


def _address(inline: Token, closing: Token) -> str:
    children = inline.children or []
    opening = next(
        child
        for child in reversed(children[: children.index(closing)])
        if child.type == "link_open"
    )
    return str(opening.attrGet("href") or "")

"""The canonical form of a question file: same order, same marks, same line length everywhere.

What a file says never changes: a piece that could not be laid out anew without showing something
else stays as it was written.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content import front_matter, parsing, sections, writing
from content.faults import Fault
from content.parsing import PARTS, Entry
from content.topics import TOPICS

WIDTH = 100
SHOWN_KEPT = 16
"""So many texts are remembered as they are shown: a block, its part and the whole are compared."""

_MARKDOWN = MarkdownIt("commonmark")
_UNBREAKABLE = re.compile(r"(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)|\[[^\[\]]*\]\([^()\s]*\)")
_STARTS_A_BLOCK = re.compile(r"[-+*=#>|~:_]|`{3}|<|\d+[.)]$|\[[^\]]*\]:|\\$")
_HELD = "\x00"


def formatted(text: str) -> str | tuple[Fault, ...]:
    """The canonical form of a question file, or what must be mended before it has one.

    Formatting twice is formatting once. Drafts are formatted too. Never raises.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    before = _entry(text)
    if not isinstance(before, Entry):
        return before
    cut = front_matter.cut(text)
    assert cut is not None  # noqa: S101 - or it could not have been read
    block = cut.block.split("\n")
    commented = [line for line, said in enumerate(block, start=2) if _has_comment(said)]
    if commented:
        mend = "take it out, or put it below: formatting would lose it"
        return (Fault(commented[0], "the front matter may hold a comment", mend),)
    if sections.defines_links(cut.body):
        mend = "write the address behind the words: formatting would lose it"
        return (Fault(1, "an address of a link is defined on a line of its own", mend),)
    values = {key: value for key, value in front_matter.values(cut.block).items() if value}
    found, _ = sections.split(cut.body, 1)
    bodies = {}
    for part in PARTS:
        for section in found:
            if section.heading.casefold() == part.heading.casefold():
                made = _list(part.field, section.source) if part.is_list else None
                bodies[part.field] = _prose(section.source) if made is None else made
    made_text = writing.question_file(values, bodies)
    after = _entry(made_text)
    if not isinstance(after, Entry) or not says_the_same(before, after):
        return (Fault(1, "it cannot be laid out anew", "simplify its markup"),)
    return made_text


def says_the_same(one: Entry, other: Entry) -> bool:
    """Whether two files give one question: only white space in their prose may differ."""
    return all(
        _shown(getattr(one.question, name)) == _shown(getattr(other.question, name))
        if name in _MARKDOWN_FIELDS
        else getattr(one.question, name) == getattr(other.question, name)
        for name in one.question.__dataclass_fields__
    )


_MARKDOWN_FIELDS = ("text", "why", "sample_answer")


def _entry(text: str) -> Entry | tuple[Fault, ...]:
    # Where the file lies is not its form: a wrong folder is for the linter to name.
    return parsing.parse(text, topic=TOPICS[0].slug, slug="any", draft=True)


def _has_comment(line: str) -> bool:
    return bool(re.search(r"(^|\s)#", line)) and not re.match(r"\s*\w+:\s*[\"']", line)


@lru_cache(SHOWN_KEPT)
def _shown(markdown: str) -> str:
    """What is shown of a piece of Markdown, however its prose is broken into lines."""
    parts = re.split(r"(<pre>.*?</pre>)", _MARKDOWN.render(markdown), flags=re.DOTALL)
    return "".join(
        part if part.startswith("<pre>") else re.sub(r"\s+", " ", part) for part in parts
    ).strip()


def _list(field: str, source: str) -> str | None:
    """A list part as one item a line, however long: a change to an item is a change to a line."""
    tokens = _MARKDOWN.parse(source)
    items = [re.sub(r"\s*\n\s*", " ", t.content) for t in tokens if t.type == "inline"]
    marks = [f"{n}." if field == "follow_ups" else "-" for n in range(1, len(items) + 1)]
    made = "\n".join(f"{mark} {item}" for mark, item in zip(marks, items, strict=True))
    return made if _texts(made) == _texts(source) else None


def _texts(source: str) -> list[str]:
    return [sections.prose(t.content) for t in _MARKDOWN.parse(source) if t.type == "inline"]


def _prose(source: str) -> str:
    lines = source.split("\n")
    tokens = [token for token in _MARKDOWN.parse(source) if token.level == 0 and token.map]
    covered = {at for token in tokens for at in range(*(token.map or (0, 0)))}
    if any(line.strip() and at not in covered for at, line in enumerate(lines)):
        # Definitions of links leave no trace among the tokens.
        return source
    made = "\n\n".join(_block(token, lines) for token in tokens)
    return made if _shown(made) == _shown(source) else source


def _block(token: Token, lines: Sequence[str]) -> str:
    begin, end = token.map or (0, 0)
    own = "\n".join(lines[begin:end]).rstrip()
    if re.search(r"^\s*\|", own, re.MULTILINE):
        return own  # a table: to CommonMark it is a paragraph
    if token.type == "paragraph_open":
        made = _wrapped(own.strip())
    elif token.type in {"bullet_list_open", "ordered_list_open"}:
        made = _plain_list(own)
    else:
        return own
    return made if _shown(made) == _shown(own) else own


def _plain_list(own: str) -> str:
    """A list of short texts with `- ` or numbers, each text wrapped under itself."""
    tokens = _MARKDOWN.parse(own)
    nested = any(token.level > _ITEM_TEXT for token in tokens)
    blank = any(not line.strip() for line in own.split("\n"))
    items = [token for token in tokens if token.type == "inline"]
    if nested or blank or len(items) != sum(token.type == "list_item_open" for token in tokens):
        return own
    first = tokens[0].attrGet("start")
    start = int(first) if first is not None else 1
    is_ordered = tokens[0].type == "ordered_list_open"
    marks = [f"{start + n}. " if is_ordered else "- " for n in range(len(items))]
    return "\n".join(
        mark + _wrapped(item.content, len(mark)) for mark, item in zip(marks, items, strict=True)
    )


_ITEM_TEXT = 3  # list, item, paragraph


def _wrapped(text: str, indent: int = 0) -> str:
    """A paragraph filled up to WIDTH; code and links stay in one piece."""
    held = _UNBREAKABLE.sub(lambda found: re.sub(r"[ \n]", _HELD, found[0]), text)
    lines: list[str] = []
    for unit in _units(re.split(r"[ \t\n]+", held.strip())):
        if lines and indent + len(lines[-1]) + 1 + len(unit) <= WIDTH:
            lines[-1] += f" {unit}"
        else:
            lines.append(unit)
    return f"\n{' ' * indent}".join(lines).replace(_HELD, " ")


def _units(words: Sequence[str]) -> Iterator[str]:
    """Words, each with those behind it that would begin a block if they began a line."""
    unit = ""
    for word in words:
        if unit and _STARTS_A_BLOCK.match(word):
            unit += f" {word}"
            continue
        if unit:
            yield unit
        unit = word
    yield unit

"""A question that was found somewhere else, made into the text of a question file."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from content import sections, writing
from content.parsing import SEPARATOR
from content.rules.form import LINE

_SPECIAL = re.compile(r"([\\`*_\[\]<>&])")
_AT_THE_START = re.compile(r"^(#|[-+=~]|\d{1,9}(?=[.)]))")
_LINK = re.compile(r"\[[^\]]*\]\(https?://[^\s()]+\)")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found, told apart. `line` is where in its source.

    `question`, `why` and `sample_answer` are Markdown; the items of lists are Markdown of one
    paragraph each. Empty means: not found. `broken` says why this cannot be a question at all;
    `left_out` names what was found but could not be taken over. `whole` is the
    text of the file, if it was found as one.
    """

    line: int
    question: str
    title: str = ""
    slug: str = ""
    topic: str = ""
    level: str = ""
    kind: str = ""
    minutes: str = ""
    reviewed: str = ""
    why: str = ""
    key_points: tuple[str, ...] = ()
    sample_answer: str = ""
    mistakes: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    hint: str = ""
    references: tuple[str, ...] = ()
    broken: str = ""
    left_out: tuple[str, ...] = ()
    whole: str = ""

    def heading(self) -> str:
        """Its title, or as much of its question as a title may have."""
        plain = re.sub(r"\s+", " ", self.title or sections.prose(self.question)).strip()
        if len(plain) <= LINE:
            return plain
        cut = plain[: LINE - 1]
        return (cut.rpartition(" ")[0] or cut).rstrip(",;:–— ") + "…"

    def gaps(self) -> tuple[str, ...]:
        """What people will miss, in their words."""
        missing = {
            "why it is asked": not self.why,
            "key points": not self.key_points,
            "sample answer": not self.sample_answer,
        }
        return (*(name for name, lacks in missing.items() if lacks), *self.left_out)


def file_text(draft: Draft) -> str:
    """The draft as a question file. Whether it parses is for the caller to see."""
    if draft.whole:
        return draft.whole
    values = {
        "title": draft.heading(),
        "level": draft.level,
        "kind": draft.kind,
        "minutes": draft.minutes,
        "reviewed": draft.reviewed,
    }
    ladder = "\n".join(
        f"{number}. {one_line(item)}" for number, item in enumerate(draft.follow_ups, start=1)
    )
    bodies = {
        "text": draft.question,
        "why": draft.why,
        "key_points": _bullets(draft.key_points),
        "sample_answer": draft.sample_answer,
        "mistakes": _bullets(draft.mistakes),
        "follow_ups": ladder,
        "hint": draft.hint,
        "references": _bullets(draft.references),
    }
    return writing.question_file(values, bodies)


def _bullets(items: Sequence[str]) -> str:
    return "\n".join(f"- {one_line(item)}" for item in items)


def one_line(text: str) -> str:
    """A text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


def as_markdown(plain: str) -> str:
    """Plain paragraphs as Markdown that shows just those words, with marks where it needs them."""
    paragraphs = (one_line(paragraph) for paragraph in re.split(r"\n\s*\n", plain))
    return "\n\n".join(_escaped(paragraph) for paragraph in paragraphs if paragraph)


def _escaped(paragraph: str) -> str:
    if sections.prose(paragraph) == paragraph and "<" not in paragraph:
        return paragraph
    return _AT_THE_START.sub(_behind_a_backslash, _SPECIAL.sub(r"\\\1", paragraph))


def _behind_a_backslash(found: re.Match[str]) -> str:
    mark = found[1]
    return f"{mark}\\" if mark.isdigit() else f"\\{mark}"


def points(plain: str) -> tuple[str, ...]:
    """What to bring out, as key points: a sentence each, divided where it is too long for one."""
    return tuple(as_markdown(_divided(sentence)) for sentence in sentences(plain))


def _divided(sentence: str) -> str:
    text = sentence.rstrip(".").strip()
    text = text[:1].upper() + text[1:]
    if len(text) <= LINE:
        return text
    for found in re.finditer(r"\s*(?:; |: |, and | – | — | and |, )", text):
        point, detail = text[: found.start()], text[found.end() :].strip()
        if len(text) - LINE - len(found[0]) <= len(point) <= LINE and len(detail) <= LINE:
            return f"{point}{SEPARATOR}{detail}"
    return text


_SENTENCE_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’')]))\s+(?=[\"“‘'(]?[A-Z0-9])",
)
_ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "vs.", "Dr.", "Mr.", "Ms.", "Mrs.", "No.", "approx.")


def sentences(plain: str) -> tuple[str, ...]:
    """The sentences of a plain text, in order."""
    return tuple(_sentences(one_line(plain)))


def _sentences(text: str) -> Iterator[str]:
    held = ""
    for piece in _SENTENCE_END.split(text):
        held = f"{held} {piece}" if held else piece
        if held and not held.endswith(_ABBREVIATIONS):
            yield held
            held = ""
    if held:
        yield held


def links(items: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """References as Markdown links, and whether each of them could be made one."""
    made = []
    for item in items:
        text = one_line(item)
        if _LINK.fullmatch(text):
            made.append(text)
        elif re.fullmatch(r"https?://[^\s()<>]+", text):
            made.append(f"[{text.partition('://')[2]}]({text})")
    return tuple(made), len(made) == len(items)

"""From the text of a question file to a typed question, or to a list of what is wrong with it.

The form is described in README.md beside this file. Nothing here reads a file, and no input makes
it raise: whatever an author writes, the result is an `Entry` or faults with their lines.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from bot.domain.ids import QuestionSlug
from bot.domain.questions import FollowUp, KeyPoint, Kind, Level, Question, Reference, Topic
from content import front_matter, sections, topics
from content.faults import Fault
from content.front_matter import FrontMatter
from content.sections import Item, Section

LARGEST = 50_000
"""Characters in a file; the longest good question has a tenth of that."""

SEPARATOR = " — "
"""Stands between a key point and its detail, and between a follow-up and its pointer."""

MINUTES = MappingProxyType({Level.EASY: 5, Level.MEDIUM: 10, Level.HARD: 15})
"""How long a question takes that does not say so itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a question: the field it fills, its heading, and how its body is read.

    `draft_needs`: not even a draft may lack it.
    """

    field: str
    heading: str
    is_list: bool = False
    optional: bool = False
    draft_needs: bool = False


PARTS: tuple[Part, ...] = (
    Part("text", "Question", draft_needs=True),
    Part("why", "Why it is asked"),
    Part("key_points", "Key points", is_list=True),
    Part("sample_answer", "Sample answer"),
    Part("mistakes", "Common mistakes", is_list=True),
    Part("follow_ups", "Follow-ups", is_list=True),
    Part("hint", "Hint", optional=True),
    Part("references", "References", is_list=True, optional=True),
)
"""In the order in which a file gives them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question, the text it was read from, and the line on which each of its parts stands.

    `gaps` says what a draft still lacks; what is missing there is empty in the question.
    """

    question: Question
    source: str
    lines: Mapping[str, int]
    item_lines: Mapping[str, tuple[int, ...]]
    gaps: tuple[Fault, ...] = ()

    def line(self, field: str, item: int | None = None) -> int:
        """The line of a field, or of one item of a list field; 1 if the file does not give it."""
        if item is None:
            return self.lines.get(field, 1)
        return self.item_lines[field][item]


def parse(text: str, *, topic: str, slug: str, draft: bool = False) -> Entry | tuple[Fault, ...]:
    """Read one question file; `topic` and `slug` come from its folder and its name.

    A draft may lack anything but its title and its question: what it lacks is told in the entry's
    `gaps`. Returns every fault that can be told apart, in the order of their lines. Never raises.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    shelf = topics.with_slug(topic)
    faults = [*_naming_faults(topic, slug), *_unreadable(text)]
    cut = None if faults else front_matter.cut(text)
    if shelf is None or cut is None:
        return tuple(faults) or (_NO_FRONT_MATTER,)
    matter = front_matter.parse(cut.block, draft=draft)
    parts, faults = _parts(cut.body, cut.line)
    missing = list(_missing(parts, cut.line + cut.body.rstrip("\n").count("\n")))
    faults += [gap for part, gap in missing if part.draft_needs or not draft]
    if isinstance(matter, tuple):
        return tuple(sorted([*matter, *faults]))
    if faults:
        return tuple(sorted(faults))
    gaps = (*matter.gaps, *(gap for _, gap in missing))
    return _entry(text, _Header(QuestionSlug(slug), shelf, matter), parts, gaps)


def kind_on(topic: Topic) -> Kind:
    """The kind of a question on a topic that does not say so itself."""
    return Kind.BEHAVIOURAL if topic.slug == "people" else Kind.PRACTICE


_NO_FRONT_MATTER = Fault(
    1, "the file does not begin with front matter", "put it between two `---` lines at the top"
)


@dataclass(frozen=True, slots=True)
class _Header:
    slug: QuestionSlug
    topic: Topic
    matter: FrontMatter


def _naming_faults(topic: str, slug: str) -> list[Fault]:
    faults = []
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > _LONGEST_SLUG:
        what = f"the file name {slug[:60]!r} is not a slug"
        mend = f"use up to {_LONGEST_SLUG} lower-case letters, digits and single hyphens"
        faults.append(Fault(1, what, mend))
    if topics.with_slug(topic) is None:
        known = ", ".join(shelf.slug for shelf in topics.TOPICS)
        faults.append(Fault(1, f"the folder {topic[:60]!r} is not a topic", f"use one of {known}"))
    return faults


_LONGEST_SLUG = 60


def _unreadable(text: str) -> list[Fault]:
    if len(text) > LARGEST:
        return [Fault(1, f"the file is longer than {LARGEST:,} characters", "shorten it")]
    odd = re.search("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", text)
    if odd is None:
        return []
    line = text.count("\n", 0, odd.start()) + 1
    return [Fault(line, f"the character U+{ord(odd[0]):04X} cannot be shown", "take it out")]


def _parts(body: str, first_line: int) -> tuple[Mapping[str, Section], list[Fault]]:
    """The sections by the field they fill, and what is wrong with them as a set and each."""
    found, cut_faults = sections.split(body, first_line)
    faults = list(cut_faults)
    parts: dict[str, Section] = {}
    for section in found:
        part = _PART_BY_HEADING.get(section.heading.casefold())
        if part is None:
            faults.append(_unknown_heading(section))
        elif part.field in parts:
            what = f"the part `{part.heading}` stands twice"
            faults.append(Fault(section.heading_line, what, "merge the two"))
        else:
            parts[part.field] = section
            faults.extend(_part_faults(part, section))
    return parts, faults


def _missing(parts: Mapping[str, Section], last_line: int) -> Iterator[tuple[Part, Fault]]:
    for part in PARTS:
        if part.field not in parts and not part.optional:
            what = f"the part `{part.heading}` is missing"
            yield part, Fault(last_line, what, f"add `## {part.heading}`")


_PART_BY_HEADING = {part.heading.casefold(): part for part in PARTS}


def _unknown_heading(section: Section) -> Fault:
    close = get_close_matches(section.heading[:40].casefold(), list(_PART_BY_HEADING), n=1)
    mend = (
        f"write `## {_PART_BY_HEADING[close[0]].heading}`"
        if close
        else "use one of " + ", ".join(f"`{part.heading}`" for part in PARTS)
    )
    return Fault(section.heading_line, f"`{section.heading[:60]}` is not a part we know", mend)


def _part_faults(part: Part, section: Section) -> Sequence[Fault]:
    if not section.source.strip():
        what = f"the part `{part.heading}` is empty"
        return [Fault(section.heading_line, what, "write it or take the heading out")]
    if not part.is_list:
        return []
    if section.list_faults:
        return section.list_faults
    if part.field == "follow_ups":
        return [
            Fault(item.line, "a follow-up has no pointer", f"end it with `{SEPARATOR}` and one")
            for item in section.items
            if not all(_halves(item.text))
        ]
    if part.field == "references":
        return [
            Fault(item.line, "a reference is not one link", "write it as `- [title](https://…)`")
            for item in section.items
            if [link.text for link in item.links] != [item.text]
        ]
    return []


def _halves(text: str) -> tuple[str, str]:
    before, _, after = text.partition(SEPARATOR)
    return before.strip(), after.strip()


def _entry(
    text: str, header: _Header, parts: Mapping[str, Section], gaps: tuple[Fault, ...]
) -> Entry:
    matter = header.matter
    question = Question(
        slug=header.slug,
        title=matter.title,
        topic=header.topic,
        level=matter.level,
        kind=matter.kind or kind_on(header.topic),
        minutes=MINUTES[matter.level] if matter.minutes is None else matter.minutes,
        reviewed=matter.reviewed,
        text=_source(parts, "text"),
        why=_source(parts, "why"),
        key_points=tuple(KeyPoint(*_halves(item.text)) for item in _items(parts, "key_points")),
        sample_answer=_source(parts, "sample_answer"),
        mistakes=tuple(item.text for item in _items(parts, "mistakes")),
        follow_ups=tuple(FollowUp(*_halves(item.text)) for item in _items(parts, "follow_ups")),
        hint=parts["hint"].text if "hint" in parts else "",
        references=tuple(_references(parts)),
    )
    lines = dict(matter.lines) | {field: section.line for field, section in parts.items()}
    items = {part.field: tuple(i.line for i in _items(parts, part.field)) for part in PARTS}
    return Entry(question, text, MappingProxyType(lines), MappingProxyType(items), gaps)


def _source(parts: Mapping[str, Section], field: str) -> str:
    return parts[field].source if field in parts else ""


def _references(parts: Mapping[str, Section]) -> Iterator[Reference]:
    for item in _items(parts, "references"):
        for link in item.links:
            yield Reference(link.text, link.url)


def _items(parts: Mapping[str, Section], field: str) -> Sequence[Item]:
    return parts[field].items if field in parts else ()

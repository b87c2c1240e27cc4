"""The YAML block at the top of a question file: five flat `key: value` lines.

It is read as a stream of YAML events, not loaded: that keeps the line of every key, shows doubled
keys, cannot recurse, builds no objects, and leaves the meaning of `no` or `2026-01-05` to us.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

import yaml

from bot.domain.questions import NEVER_REVIEWED, Kind, Level
from content.faults import Fault

FENCE = "---"
KEYS = ("title", "level", "kind", "minutes", "reviewed")

_FIRST_LINE_AFTER_FENCE = 2
_LONGEST = 1_000
_FLAT = "write one `key: value` a line, with nothing nested"


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the block says, with the line on which each key stands.

    `gaps` says which keys a draft lacks: its level is then medium, its kind and its minutes are
    None, and `reviewed` is NEVER_REVIEWED.
    """

    title: str
    level: Level
    kind: Kind | None
    minutes: int | None
    reviewed: date
    lines: Mapping[str, int]
    gaps: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scalar:
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A question file cut in two: its front matter, and its body, which begins on `line`."""

    block: str
    body: str
    line: int


def cut(text: str) -> Cut | None:
    """Cut a file after its front matter; None if it does not begin with one."""
    lines = text.split("\n")
    fences = [at for at, line in enumerate(lines) if line.rstrip() == FENCE][:2]
    if len(fences) < len(("opening", "closing")) or fences[0] != 0:
        return None
    closing = fences[1]
    return Cut("\n".join(lines[1:closing]), "\n".join(lines[closing + 1 :]), closing + 2)


def parse(block: str, *, draft: bool = False) -> FrontMatter | tuple[Fault, ...]:
    """Read the text between the two `---` lines; the block's first line is line 2 of its file.

    A draft needs a title only. Returns every fault found, and never raises.
    """
    if len(block) > _LONGEST:
        return (Fault(1, f"the front matter is longer than {_LONGEST:,} characters", _FLAT),)
    try:
        events = list(yaml.parse(block, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = _FIRST_LINE_AFTER_FENCE + (0 if mark is None else mark.line)
        return (Fault(line, f"the front matter is not YAML ({error.problem})", _FLAT),)
    except (yaml.YAMLError, ValueError, OverflowError):
        # PyYAML lets chr() and int() fail on escapes and directives that are out of range.
        return (Fault(1, "the front matter holds characters that YAML does not allow", _FLAT),)
    scalars = _flat_scalars(events)
    return scalars if isinstance(scalars, tuple) else _read(scalars, draft=draft)


def values(block: str) -> dict[str, str]:
    """The keys and values of a block that `parse` accepts, as text."""
    events = yaml.parse(block, Loader=yaml.SafeLoader)
    texts = [event.value.strip() for event in events if isinstance(event, yaml.ScalarEvent)]
    return dict(zip(texts[::2], texts[1::2], strict=True))


def _flat_scalars(events: Sequence[yaml.Event]) -> list[_Scalar] | tuple[Fault, ...]:
    """Keys and values in turn, or the fault that the block is not one flat mapping."""
    inside = [event for event in events if not isinstance(event, _FRAME)]
    mapping = inside[1:-1]
    odd = [event for event in mapping if not isinstance(event, yaml.ScalarEvent)]
    if inside and not isinstance(inside[0], yaml.MappingStartEvent):
        odd.insert(0, inside[0])
    if odd:
        return (Fault(_line(odd[0]), "the front matter is not a flat list of keys", _FLAT),)
    return [
        _Scalar(event.value.strip(), _line(event))
        for event in mapping
        if isinstance(event, yaml.ScalarEvent)
    ]


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return _FIRST_LINE_AFTER_FENCE + (0 if mark is None else mark.line)


_FRAME = (
    yaml.StreamStartEvent,
    yaml.StreamEndEvent,
    yaml.DocumentStartEvent,
    yaml.DocumentEndEvent,
)


def _read(scalars: Sequence[_Scalar], *, draft: bool) -> FrontMatter | tuple[Fault, ...]:
    faults: list[Fault] = []
    values: dict[str, _Scalar] = {}
    for key, value in zip(scalars[::2], scalars[1::2], strict=True):
        if key.text not in KEYS:
            faults.append(
                Fault(key.line, f"`{key.text[:40]}` is not a key we know", f"use {_ALL_KEYS}")
            )
        elif key.text in values:
            faults.append(Fault(key.line, f"`{key.text}` stands twice", "keep one of the two"))
        else:
            values[key.text] = _Scalar(value.text, key.line)
    gaps: list[Fault] = []
    matter = _assembled(_Reader(values, faults, gaps))
    if not draft:
        faults += gaps
    elif matter is None:
        faults += gaps[:1]  # the title, which is read first, is all that a draft cannot lack
    return tuple(sorted(faults)) if matter is None or faults else matter


_ALL_KEYS = ", ".join(f"`{key}`" for key in KEYS)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values by key, and gathers what is wrong with them and what is missing."""

    values: Mapping[str, _Scalar]
    faults: list[Fault]
    gaps: list[Fault]

    def value(self, key: str, mean: Callable[[str], T], mend: str) -> T | None:
        """The value of `key` as `mean` understands it; else None, and a fault or a gap."""
        scalar = self.values.get(key)
        if scalar is None or not scalar.text:
            line = scalar.line if scalar else 1
            self.gaps.append(Fault(line, f"the front matter has no `{key}`", mend))
            return None
        try:
            return mean(scalar.text)
        except ValueError:
            what = f"`{key}` cannot be {scalar.text[:40]!r}"
            self.faults.append(Fault(scalar.line, what, mend))
            return None


def _assembled(reader: _Reader) -> FrontMatter | None:
    title = reader.value("title", str, "add `title:` and a name of up to 75 characters")
    level = reader.value("level", Level, f"choose one of {_choices(Level)}")
    kind = reader.value("kind", Kind, f"choose one of {_choices(Kind)}")
    minutes = reader.value("minutes", _whole_number, "give whole minutes, such as `minutes: 8`")
    reviewed = reader.value("reviewed", _iso_date, "give a date as `reviewed: YYYY-MM-DD`")
    if title is None:
        return None
    lines = {key: scalar.line for key, scalar in reader.values.items()}
    return FrontMatter(
        title=title,
        level=level or Level.MEDIUM,
        kind=kind,
        minutes=minutes,
        reviewed=reviewed or NEVER_REVIEWED,
        lines=MappingProxyType(lines),
        gaps=tuple(reader.gaps),
    )


def _choices(options: type[Level] | type[Kind]) -> str:
    return ", ".join(options)


def _whole_number(text: str) -> int:
    # int() also takes signs, underscores, the digits of other scripts and numbers of any length.
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise ValueError(text)
    return int(text)


def _iso_date(text: str) -> date:
    # fromisoformat() also takes 20260105 and 2026-W01-1.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(text)
    return date.fromisoformat(text)

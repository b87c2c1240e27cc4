"""Questions from tables and lists: CSV, JSON and YAML, with a column or a key for each part."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import yaml

from content.importing.decoding import Unreadable
from content.importing.drafts import Draft, links
from content.parsing import LARGEST, SEPARATOR

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "question": ("question", "text", "prompt", "q"),
        "title": ("title", "name", "heading"),
        "slug": ("slug", "id"),
        "topic": ("topic", "category", "subject", "area"),
        "level": ("level", "difficulty"),
        "kind": ("kind", "type"),
        "minutes": ("minutes", "duration"),
        "reviewed": ("reviewed", "last reviewed"),
        "why": ("why", "why it is asked", "reason", "purpose"),
        "key_points": ("key points", "points", "what to bring out", "bring out", "checklist"),
        "sample_answer": ("sample answer", "answer", "example answer", "answer example", "a"),
        "mistakes": ("common mistakes", "mistakes", "pitfalls"),
        "follow_ups": ("follow ups", "followups", "follow up questions"),
        "hint": ("hint", "hints"),
        "references": ("references", "reference", "links", "link", "sources"),
    }
)
"""What a column or a key may be called, in any case, with spaces, hyphens or underscores."""

LISTS = frozenset(("key_points", "mistakes", "follow_ups", "references"))

_FIELD_BY_NAME = {name: field for field, names in NAMES.items() for name in names}
_BULLET = re.compile(r"^\s*(?:[-*•·–]|\d{1,3}[.)])\s+")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Records:
    """The drafts of a file, in order, and what a person should know about reading it."""

    drafts: tuple[Draft, ...]
    notes: tuple[str, ...] = ()


def from_csv(text: str) -> Records | Unreadable:
    """Rows below a line of column names; divided by commas, semicolons or tabs. Never raises.

    In a column that is a list each line of a cell is an item, or each part between ` | `.
    """
    rows = _rows(text)
    header = next(rows, None)
    if header is None or header[2]:
        return Unreadable(1, f"it is not CSV ({header[2]})" if header else "the file is empty")
    fields = [_field(name) for name in header[1]]
    if "question" not in fields:
        named = ", ".join(f"`{name.strip()[:30]}`" for name in header[1][:8])
        return Unreadable(header[0], f"no column is called `question` (there are {named})")
    drafts = []
    for line, cells, fault in rows:
        values = {f: c for f, c in zip(fields, cells, strict=False) if f is not None}
        if fault:
            drafts.append(Draft(line, values.get("question", ""), broken=fault))
        elif any(cell.strip() for cell in cells):
            drafts.append(_draft(line, values))
    return Records(tuple(drafts), _unknown(header[1]))


def _rows(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Each row with the line it starts on; where the text stops being CSV, why."""
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    # The reader joins the lines of a quoted cell without what split() took from between them.
    reader = csv.reader(
        (f"{line}\n" for line in text.split("\n")), delimiter=delimiter, strict=True
    )
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], f"from here on it is not CSV ({error}); is a quotation mark missing?"
            return
        if cells:
            yield line, cells, ""
        line = reader.line_num + 1


def from_json(text: str) -> Records | Unreadable:
    """A list of objects, or an object whose `questions` is one. Never raises."""
    try:
        return _from_data(json.loads(text))
    except json.JSONDecodeError as error:
        return Unreadable(error.lineno, f"it is not JSON ({error.msg})")
    except (RecursionError, ValueError) as error:
        return Unreadable(1, f"it is not JSON that can be read ({error})")


def from_yaml(text: str) -> Records | Unreadable:
    """The same as YAML. Values are taken as they are written, aliases refused. Never raises."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        for event in _bounded(yaml.parse(text, Loader=loader)):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 1 if event.start_mark else 1
                return Unreadable(line, "it uses an alias (`*name`); write the value out")
        return _from_data(yaml.load(text, Loader=loader))  # noqa: S506 - the base loader makes text, lists and mappings only
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Unreadable(mark.line + 1 if mark else 1, f"it is not YAML ({error.problem})")
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        return Unreadable(1, f"it is not YAML that can be read ({str(error)[:80]})")


def _bounded(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError("it is nested too deep")
        yield event


def _from_data(data: Any) -> Records | Unreadable:
    if isinstance(data, dict):
        keys = {str(key).casefold(): value for key, value in data.items()}
        data = keys.get("questions", [data])
    if not isinstance(data, list):
        return Unreadable(1, "it is not a list of questions")
    drafts = []
    unknown: dict[str, None] = {}
    for number, item in enumerate(data, start=1):
        if isinstance(item, str):
            drafts.append(_draft(number, {"question": item}))
        elif isinstance(item, dict):
            unknown.update(dict.fromkeys(str(key) for key in item))
            values = {field: v for k, v in item.items() if (field := _field(str(k)))}
            drafts.append(_draft(number, values))
        else:
            drafts.append(Draft(number, "", broken="it is not a question but a bare value"))
    return Records(tuple(drafts), _unknown(list(unknown)))


def _field(name: str) -> str | None:
    return _FIELD_BY_NAME.get(re.sub(r"[\s_-]+", " ", name.casefold()).strip())


def _unknown(names: Sequence[str]) -> tuple[str, ...]:
    odd = [f"`{name.strip()[:30]}`" for name in names if name.strip() and _field(name) is None]
    return (f"left out, as we know no part of that name: {', '.join(odd[:8])}",) if odd else ()


def _draft(line: int, values: Mapping[str, Any]) -> Draft:
    texts = {field: _text(value) for field, value in values.items() if field not in LISTS}
    lists = {field: _items(value) for field, value in values.items() if field in LISTS}
    if sum(map(len, [*texts.values(), *(item for items in lists.values() for item in items)])) > (
        LARGEST
    ):
        return Draft(line, "", broken=f"it is longer than {LARGEST:,} characters")
    ladder = lists.get("follow_ups", ())
    lists["follow_ups"] = tuple(step for step in ladder if all(_halves(step)))
    lists["references"], all_links = links(lists.get("references", ()))
    missing = {
        "follow-ups without a pointer": lists["follow_ups"] != ladder,
        "references that are no web address": not all_links,
    }
    left_out = tuple(what for what, is_missing in missing.items() if is_missing)
    parts: dict[str, Any] = {"question": "", **texts, **lists}
    return Draft(line=line, left_out=left_out, **parts)


def _halves(step: str) -> tuple[str, str]:
    before, _, after = step.partition(SEPARATOR)
    return before.strip(), after.strip()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "\n\n".join(_text(one) for one in value if not isinstance(one, list | dict))
    return "" if value is None or isinstance(value, dict) else str(value)


def _items(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        items = [_item(one) for one in value]
    else:
        text = _text(value)
        items = text.split("\n") if "\n" in text else text.split(" | ")
    return tuple(bare for item in items if (bare := _BULLET.sub("", item).strip()))


def _item(value: Any) -> str:
    """An item; of a mapping with two values the one, then the other, as question files do."""
    if not isinstance(value, dict):
        return _text(value)
    halves = [_text(one) for one in value.values()]
    if {"title", "url"} <= value.keys():
        return f"[{_text(value['title'])}]({_text(value['url'])})"
    return SEPARATOR.join(half for half in halves if half)

"""Targets: question files, and files of any form that somebody imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from bot.domain.ids import MemberId, RoundId
from bot.domain.practice import Shown, Wanted
from bot.domain.proposals import spread
from bot.domain.questions import Question
from bot.domain.rounds import Card
from bot.features.daily_question import view as card_view
from bot.features.improve import view as improve_view
from bot.features.random_question import view as random_view
from bot.features.reveal import view as reveal_view
from bot.slack.blocks import Message, Modal
from content import files, formatting, lint, parsing, plain_text, reading_copy
from content.importing import intake
from content.parsing import Entry
from proof.fuzz.house import House
from proof.fuzz.judge import links_of
from proof.fuzz.words import short_words, words

MEMBER = MemberId("U0SANDBOX01")


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(f.read_text(encoding="utf-8") for f in sorted(files.found_in(files.SHIPPED)))


SHORT = """---
title: What a lock guards
level: easy
kind: coding
minutes: 5
reviewed: 2026-01-05
---

## Question

What does a *mutex* guard, and what not? See `lock()`.

## Why it is asked

It shows whether somebody has been bitten.

## Key points

- It guards data — not code

## Sample answer

It guards data.

- first
  1. nested

```python
with lock:
    count += 1
```

## Common mistakes

- Forgetting to release it

## Follow-ups

- And two locks? — A fixed order

## Hint

Think of two threads.

## References

- [The manual](https://docs.python.org/3/library/threading.html)
"""

# --- question files -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A change of a line; lines are counted round and round."""

    line: int
    how: str
    text: str


@dataclass(frozen=True)
class Mended:
    """A file with changed lines: a shipped one, or, at 0, a short one that has every part."""

    file: int
    changes: tuple[Change, ...]

    def text(self) -> str:
        """The file."""
        whole = _shipped()[self.file % len(_shipped())] if self.file else SHORT
        lines = whole.split("\n")
        for change in self.changes:
            _change(lines, change)
        return "\n".join(lines)


def _change(lines: list[str], change: Change) -> None:
    at = change.line % max(len(lines), 1)
    match change.how:
        case "after":
            lines[at : at + 1] = [lines[at] + change.text] if lines else [change.text]
        case "within":
            middle = len(lines[at]) // 2
            lines[at] = lines[at][:middle] + change.text + lines[at][middle:]
        case "instead":
            lines[at] = change.text
        case "twice":
            lines.insert(at, lines[at])
        case _:
            del lines[at]


_changes = st.builds(
    Change,
    st.integers(0, 90),
    st.sampled_from(("after", "within", "instead", "twice", "gone")),
    words,
)
questions: st.SearchStrategy[Mended] = st.builds(
    Mended,
    st.just(0) | st.just(0) | st.just(0) | st.integers(1, 200),
    st.lists(_changes, min_size=1, max_size=4).map(tuple),
)


async def reads(house: House, case: Mended) -> None:
    """Read a question file as the app does, and show what it holds wherever it can be shown."""
    text = case.text()
    timed = house.judge.timed
    with timed("formatting"):
        formatting.formatted(text)
    for draft in (False, True):
        with timed("reading"):
            entry = parsing.parse(text, topic="python", slug="a-question", draft=draft)
        if isinstance(entry, Entry):
            with timed("checking"):
                lint.check(entry, date(2026, 3, 2))
            _shows(house, entry.question)
            break  # whole, it says as a draft what it says already


def _shows(house: House, question: Question) -> None:
    was = house.judge.known.addresses
    house.judge.known.addresses = was | links_of([r.url for r in question.references])
    try:
        for show in _SHOWN:
            with house.judge.timed("showing"):
                for whole in show(question):
                    whole.payload()
    finally:
        house.judge.known.addresses = was
    with house.judge.timed("saying"):
        reading_copy.of(question)
        plain_text.of(question.sample_answer)


def _asked(question: Question) -> Iterator[Message | Modal]:
    yield card_view.card(Card(RoundId(1), question, 3))
    yield card_view.card(Card(RoundId(1), question, 3, is_closed=True))


def _drawn(question: Question) -> Iterator[Message | Modal]:
    yield random_view.private_reply(Shown(question, Wanted(), is_only_one=False))
    yield random_view.shared(question, MEMBER)
    yield random_view.posted(question)


def _revealed(question: Question) -> Iterator[Message | Modal]:
    yield reveal_view.sample_answer_modal(question)
    yield reveal_view.sample_answer_message(question)
    yield reveal_view.why_modal(question)
    yield reveal_view.why_message(question)


def _improved(question: Question) -> Iterator[Message | Modal]:
    yield improve_view.report_form(question, "memo")
    fields = spread(question.sample_answer)
    if fields is not None:
        yield improve_view.suggestion_form(question, fields, "memo")


_SHOWN = (_asked, _drawn, _revealed, _improved)
"""Wherever a question can be shown."""


# --- files to import ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A file from somewhere: what its name ends in, and its bytes."""

    suffix: str
    data: bytes


_SUFFIXES = (".md", ".txt", ".csv", ".tsv", ".json", ".yaml", ".yml", ".markdown", "", ".docx")
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "latin-1")
_PARTS = (
    "question,answer,topic,level\n",
    '"What is ""it""?",It is.,python,hard\n',
    "question;answer\n",
    "question\tanswer\n",
    '[{"question": "What?", "answer": "This."}]',
    '{"questions": [{"title": "A", "question": 1}]}',
    "- question: What?\n  answer: This.\n",
    "a: &a [*a, *a]\n",
    "a: &a {b: *a}\n",
    "!!python/object/apply:os.system ['true']\n",
    "<<: *x\n",
    "? {a: b}\n: c\n",
    "1. What is it?\n\n   It is this.\n",
    "## What is it?\n\n**Answer:** It is this.\n",
    "<details><summary>What?</summary>This.</details>\n",
    "Q: What?\nA: This.\n",
    "[" * 3_000,
    '{"a":' * 3_000,
    "- " * 3_000,
    "\n" * 3_000,
    ">" * 3_000,
)
_texts = st.lists(
    st.sampled_from(_PARTS) | words | st.builds("{}\n".format, short_words), max_size=6
)
_written = st.builds(
    lambda parts, encoding: "".join(parts).encode(encoding, "ignore"),
    _texts,
    st.sampled_from(_ENCODINGS),
)
imports: st.SearchStrategy[Found] = st.builds(
    Found, st.sampled_from(_SUFFIXES), st.one_of(_written, _written, st.binary(max_size=300))
)


async def imports_it(_house: House, case: Found) -> None:
    """Import a file; what was taken must be a question file that the app reads and shows."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / f"found{case.suffix}"
        source.write_bytes(case.data)
        lines = list(intake.take_in([source], intake.Wishes(folder / "taken")))
        intake.summary(lines)
        for line in lines:
            str(line).encode()
        _house.judge.harm += [
            f"took what cannot be read: {entry[0]}"
            for file in sorted((folder / "taken").rglob("*.md"))
            if not isinstance(entry := _read(file), Entry)
        ]


def _read(file: Path) -> Any:
    text = file.read_text(encoding="utf-8")
    return parsing.parse(text, topic=file.parent.name, slug=file.stem, draft=True)

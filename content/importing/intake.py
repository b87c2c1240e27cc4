"""Importing: files of other forms in, question files out, and a line about each entry."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from bot.domain.questions import Topic
from content import files, formatting, front_matter, lint, parsing, sections, topics, writing
from content.importing import decoding, guides, records, shelving
from content.importing.decoding import Unreadable
from content.importing.drafts import Draft, file_text
from content.importing.records import Records
from content.parsing import Entry

MOST_ENTRIES = 5_000
"""Of one file; what stands below is refused with a line."""


class Verdict(Enum):
    """What became of an entry."""

    TAKEN = "taken"
    WITH_GAPS = "taken with gaps"
    REFUSED = "refused"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: where the entry stood, what became of it, and what or why.

    `where` is `file:line`, or `file#number` where entries are counted and not lines.
    """

    where: str
    verdict: Verdict
    what: str

    def __str__(self) -> str:
        text = f"{self.where}: {self.verdict.value}{'' if self._adds else ':'} {self.what}"
        # What came from outside must not move the cursor of a terminal, nor fail to be printed.
        shown = re.sub(r"[\x00-\x1f\x7f-\x9f]", "�", text)
        return shown.encode("utf-8", "replace").decode()

    @property
    def _adds(self) -> bool:
        return self.verdict is Verdict.WITH_GAPS


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person asked for: where to, and whether to overwrite or only to report.

    `topic` is for entries that do not name one of ours themselves.
    """

    to: Path
    topic: Topic | None = None
    force: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """The drafts of a file; `by_line`: whether their numbers are lines. Or only what is to tell."""

    drafts: tuple[Draft, ...] = ()
    notes: tuple[str, ...] = ()
    by_line: bool = True
    guide: str = ""


@dataclass(slots=True)
class _Run:
    """What one call of `take_in` has given away so far."""

    wishes: Wishes
    shipped: frozenset[str]
    standing: Mapping[str, Path]
    taken: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)


def take_in(sources: Sequence[Path], wishes: Wishes) -> Iterator[Line]:
    """Import files, or all files of folders, in the order given; yields the report. Never raises.

    Nothing is overwritten unless wished. The same sources give the same files.
    """
    standing = {file.stem: file for file in files.found_in(wishes.to) if wishes.to.is_dir()}
    shipped = frozenset(file.stem for file in files.found_in(files.SHIPPED))
    run = _Run(wishes, shipped, standing)
    for source in sources:
        for file in _files_of(source):
            yield from _take_in_file(file, run)


def summary(lines: Sequence[Line]) -> str:
    """One line for the end of the report."""
    counts = {verdict: sum(line.verdict is verdict for line in lines) for verdict in Verdict}
    told = [f"{counts[verdict]:,} {verdict.value}" for verdict in list(Verdict)[:3]]
    every = sum(counts[verdict] for verdict in list(Verdict)[:3])
    return f"{every:,} {'entry' if every == 1 else 'entries'}: {', '.join(told)}."


def _files_of(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    for file in sorted(source.rglob("*")):
        hidden = any(name.startswith(".") for name in file.relative_to(source).parts)
        if file.suffix.casefold() in _READERS and file.is_file() and not hidden:
            yield file


def _take_in_file(file: Path, run: _Run) -> Iterator[Line]:
    decoded = decoding.read(file)
    if isinstance(decoded, Unreadable):
        yield Line(f"{file}:{decoded.line}", Verdict.REFUSED, decoded.reason)
        return
    read = _READERS.get(file.suffix.casefold(), _guide)
    if decoded.text.startswith(f"{front_matter.FENCE}\n") and read is _guide:
        read = _question_file
    found = read(file, decoded.text)
    if isinstance(found, Unreadable):
        yield Line(f"{file}:{found.line}", Verdict.REFUSED, found.reason)
        return
    for note in (*decoded.notes, *found.notes):
        yield Line(f"{file}:1", Verdict.NOTE, note)
    for draft in found.drafts[:MOST_ENTRIES]:
        where = f"{file}{':' if found.by_line else '#'}{draft.line}"
        verdict, what = _placed(draft, found.guide, run)
        yield Line(where, verdict, what)
    if len(found.drafts) > MOST_ENTRIES:
        what = f"all entries after the first {MOST_ENTRIES:,}; divide the file"
        yield Line(f"{file}:{found.drafts[MOST_ENTRIES].line}", Verdict.REFUSED, what)


def _placed(draft: Draft, guide: str, run: _Run) -> tuple[Verdict, str]:
    """Write a draft, or say why not."""
    title = draft.heading() or "an entry without a question"
    reason = draft.broken or ("" if draft.question.strip() else "it asks nothing")
    if reason:
        return Verdict.REFUSED, f"“{title}”: {reason}"
    topic = _topic(draft, guide, run.wishes)
    if isinstance(topic, str):
        return Verdict.REFUSED, f"“{title}”: {topic}"
    text = file_text(draft)
    if text in run.said:
        return Verdict.REFUSED, f"“{title}”: it is the same as {run.said[text]}"
    slug = draft.slug or shelving.free(shelving.slug_of(title), {*run.taken, *run.shipped})
    reason = _fault(draft, text, topic.slug, slug) or _in_the_way(text, topic.slug, slug, run)
    if reason:
        return Verdict.REFUSED, f"“{title}”: {reason}"
    run.taken[slug] = run.said[text] = f"{topic.slug}/{slug}.md"
    return _written(draft, text, run.wishes.to / topic.slug / f"{slug}.md", run)


def _topic(draft: Draft, guide: str, wishes: Wishes) -> Topic | str:
    own = topics.named(draft.topic) if draft.topic else None
    if own or wishes.topic:
        return own or wishes.topic or ""
    if draft.topic:
        near = topics.nearest(draft.topic)
        hint = f"; did you mean `{near.slug}`?" if near else ""
        return f"“{draft.topic[:40]}” is not a topic we know{hint} `--topic` sets one"
    return shelving.topic_of(f"{draft.question} {draft.title}", guide)


def _fault(draft: Draft, text: str, topic: str, slug: str) -> str:
    """Why the text would not be the question that was found; empty if it is."""
    entry = parsing.parse(text, topic=topic, slug=slug, draft=True)
    if not isinstance(entry, Entry):
        return f"{entry[0].what}; {entry[0].mend}"
    faults = lint.must_mend(entry, date.min)
    if faults:
        return f"{faults[0].what}; {faults[0].mend}"
    question = entry.question
    for name, meant, got in (
        ("question", draft.question, question.text),
        ("reason why it is asked", draft.why, question.why),
        ("sample answer", draft.sample_answer, question.sample_answer),
    ):
        if sections.prose(meant) != sections.prose(got):
            return f"its {name} holds a heading or a code fence that is never closed; take it out"
    return ""


def _in_the_way(text: str, topic: str, slug: str, run: _Run) -> str:
    """What keeps the slug from being used for this text; empty if nothing does."""
    if slug in run.taken:
        return f"its slug `{slug}` was given to {run.taken[slug]} just now; give it another"
    there = run.standing.get(slug)
    if there is None:
        return ""
    if there.absolute() != (run.wishes.to / topic / f"{slug}.md").absolute():
        return f"its slug `{slug}` is already taken by {there.parent.name}/{there.name}"
    if run.wishes.force or _says(there, text):
        return ""
    return f"{topic}/{slug}.md is there already and differs; `--force` overwrites it"


def _says(file: Path, text: str) -> bool:
    try:
        return file.read_bytes() == text.encode()
    except OSError:
        return False


def _written(draft: Draft, text: str, file: Path, run: _Run) -> tuple[Verdict, str]:
    if not run.wishes.dry_run and not _says(file, text):
        try:
            writing.write(file, text)
        except OSError as error:
            return Verdict.REFUSED, f"{file} cannot be written ({error.strerror})"
    instead = (
        " (in place of the question that comes with the app)" if _is_shipped(file, run) else ""
    )
    gaps = draft.gaps()
    if gaps:
        return Verdict.WITH_GAPS, f"({', '.join(gaps)}): {file}{instead}"
    return Verdict.TAKEN, f"{file}{instead}"


def _is_shipped(file: Path, run: _Run) -> bool:
    return file.stem in run.shipped


def _guide(_file: Path, text: str) -> _Found | Unreadable:
    drafts = guides.read(text)
    if not drafts:
        return Unreadable(1, "nothing in it looks like a question; see “Importing” in the README")
    head = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return _Found(drafts, guide=head[:200])


def _csv(_file: Path, text: str) -> _Found | Unreadable:
    return _of_records(records.from_csv(text), by_line=True)


def _json(_file: Path, text: str) -> _Found | Unreadable:
    return _of_records(records.from_json(text), by_line=False)


def _yaml(_file: Path, text: str) -> _Found | Unreadable:
    return _of_records(records.from_yaml(text), by_line=False)


def _of_records(read: Records | Unreadable, *, by_line: bool) -> _Found | Unreadable:
    return read if isinstance(read, Unreadable) else _Found(read.drafts, read.notes, by_line)


def _question_file(file: Path, text: str) -> _Found | Unreadable:
    """A file in our own form: its name is its slug, its folder its topic if it is one of ours."""
    slug = shelving.slug_of(file.stem)
    entry = parsing.parse(text, topic=topics.TOPICS[0].slug, slug=slug, draft=True)
    if not isinstance(entry, Entry):
        return Unreadable(entry[0].line, f"{entry[0].what}; {entry[0].mend}")
    folder = topics.with_slug(file.absolute().parent.name)
    question, formatted = entry.question, formatting.formatted(text)
    draft = Draft(
        line=1,
        question=question.text,
        title=question.title,
        slug=slug,
        topic=folder.slug if folder else "",
        why=question.why,
        key_points=tuple(point.text for point in question.key_points),
        sample_answer=question.sample_answer,
        whole=formatted if isinstance(formatted, str) else text,
    )
    return _Found((draft,))


_READERS: Mapping[str, Callable[[Path, str], _Found | Unreadable]] = MappingProxyType(
    {
        ".md": _guide,
        ".markdown": _guide,
        ".txt": _guide,
        ".text": _guide,
        ".csv": _csv,
        ".tsv": _csv,
        ".json": _json,
        ".yaml": _yaml,
        ".yml": _yaml,
    }
)

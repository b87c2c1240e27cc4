"""What a workspace made better, as question files: to be kept, or sent back to the open bank."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path, PurePosixPath

from bot.domain.library import Overlay
from bot.domain.proposals import print_of
from bot.domain.questions import Question
from content import files, overlay, parsing, writing
from content.parsing import SEPARATOR, Entry

SHIPPED_PATH = PurePosixPath("content/questions")
"""Where the shipped folder is, seen from the root of the project: a patch applies there."""


@dataclass(frozen=True, slots=True)
class Improved:
    """A question file, before (empty if it is new) and after. `path`: `<topic>/<slug>.md`."""

    path: PurePosixPath
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class NotExported:
    """A question that cannot be written as a file, and why."""

    slug: str
    why: str


def improved(folders: Sequence[Path], laid_over: Overlay) -> Iterator[Improved | NotExported]:
    """Every question file that what a workspace laid over these folders changes, in order.

    Blocking: it reads the folders. Of two files with one slug the one in the later folder counts.
    """
    entries = {
        entry.question.slug: entry
        for _, entry in files.read_all(folders)
        if isinstance(entry, Entry)
    }
    shipped = (entry.question for entry in entries.values())
    for question in sorted(overlay.applied(shipped, laid_over), key=lambda one: one.slug):
        entry = entries.get(question.slug)
        if question.version == 0 or (entry and _is_same(entry, question)):
            continue
        yield _checked(entry, question)
    known = {*entries, *(one.slug for one in laid_over.added)}
    for slug in sorted({*laid_over.editions} - known):
        yield NotExported(slug, "its question is not in the bank any more")


def _is_same(entry: Entry, question: Question) -> bool:
    return print_of(entry.question.sample_answer) == print_of(question.sample_answer)


def _checked(entry: Entry | None, question: Question) -> Improved | NotExported:
    after = _with_answer(entry, question.sample_answer) if entry else _whole(question)
    topic, slug = question.topic.slug, question.slug
    read = parsing.parse(after, topic=topic, slug=slug, draft=True)
    if not isinstance(read, Entry):
        return NotExported(slug, f"line {read[0].line}: {read[0].what}; {read[0].mend}")
    if not _is_same(read, question):
        return NotExported(slug, "its answer holds headings that would cut the file in two")
    return Improved(PurePosixPath(topic, f"{slug}.md"), entry.source if entry else "", after)


def _with_answer(entry: Entry, answer: str) -> str:
    """Put another answer in the place of the one that a file holds; all else stays as it is."""
    lines = entry.source.split("\n")
    first = entry.line("sample_answer") - 1
    length = len(entry.question.sample_answer.split("\n"))
    return "\n".join([*lines[:first], *answer.split("\n"), *lines[first + length :]])


def _whole(question: Question) -> str:
    points = (
        f"- {SEPARATOR.join(filter(None, (point.text, point.detail)))}"
        for point in question.key_points
    )
    return writing.question_file(
        {
            "title": question.title,
            "level": question.level.value,
            "kind": question.kind.value,
            "minutes": str(question.minutes),
            "reviewed": question.reviewed.isoformat(),
        },
        {
            "text": question.text,
            "why": question.why,
            "key_points": "\n".join(points),
            "sample_answer": question.sample_answer,
        },
    )


def patch(changes: Iterable[Improved]) -> str:
    """The changes as one patch against the shipped folder, for `git apply`."""
    return "".join(line for change in changes for line in _patched(change))


def _patched(change: Improved) -> Iterator[str]:
    path = SHIPPED_PATH / change.path
    before = f"a/{path}" if change.before else "/dev/null"
    old, new = change.before.splitlines(keepends=True), change.after.splitlines(keepends=True)
    for line in unified_diff(old, new, before, f"b/{path}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def write(changes: Iterable[Improved], folder: Path, *, force: bool) -> Iterator[tuple[Path, bool]]:
    """Write the changed files; yields each with whether it now holds its text.

    A file that is there with another text is left alone unless `force`. Raises OSError.
    """
    for change in changes:
        file = folder / change.path
        there = file.read_text(encoding="utf-8", errors="replace") if file.exists() else None
        if there not in (None, change.after) and not force:
            yield file, False
            continue
        if there != change.after:
            writing.write(file, change.after)
        yield file, True

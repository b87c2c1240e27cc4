"""Rules about fenced code: it says what it is, and Python is Python."""

import ast
import warnings
from collections.abc import Iterator
from datetime import date

from content import sections
from content.faults import Fault
from content.parsing import Entry
from content.sections import Fence

LANGUAGES = frozenset(
    (
        "dockerfile",
        "http",
        "ini",
        "json",
        "lua",
        "make",
        "python",
        "shell",
        "sql",
        "text",
        "toml",
        "yaml",
    )
)
_MARKDOWN_FIELDS = ("text", "why", "sample_answer")


def code_names_its_language(entry: Entry, _today: date) -> Iterator[Fault]:
    """Every fence names a language we know; `text` is for output and drawings."""
    known = ", ".join(sorted(LANGUAGES))
    for fence in _fences(entry):
        if fence.language not in LANGUAGES:
            what = f"a code fence names the language {fence.language!r}"
            yield Fault(fence.line, what, f"name one of {known}")


def python_compiles(entry: Entry, _today: date) -> Iterator[Fault]:
    """Every Python block compiles without a warning; `await` may stand at its top level."""
    for fence in _fences(entry):
        if fence.language == "python" and (problem := _compile_problem(fence.code)) is not None:
            what, offset = problem
            yield Fault(fence.line + offset, f"this Python does not compile: {what}", "mend it")


def output_follows_python(entry: Entry, _today: date) -> Iterator[Fault]:
    """In a sample answer a `text` block is the output of the Python block right above it."""
    before: Fence | None = None
    answer = entry.question.sample_answer
    for fence in sections.fences(answer, entry.line("sample_answer")):
        if fence.language == "text" and not _follows(before, fence):
            mend = "put it right below the Python block that prints it"
            yield Fault(fence.line, "a `text` block shows the output of nothing", mend)
        before = fence


def shown_outputs(markdown: str) -> tuple[tuple[str, str], ...]:
    """Each program of an answer that shows its output, with that output.

    A program is a Python block that a `text` block follows with at most a blank line between,
    preceded by all Python blocks above it.
    """
    shown: list[tuple[str, str]] = []
    program, before = "", None
    for fence in sections.fences(markdown):
        if fence.language == "text" and _follows(before, fence):
            shown.append((program, fence.code))
        if fence.language == "python":
            program += fence.code + "\n"
        before = fence
    return tuple(shown)


def _follows(before: Fence | None, fence: Fence) -> bool:
    return before is not None and before.language == "python" and fence.line <= before.end + 1


def _fences(entry: Entry) -> Iterator[Fence]:
    for field in _MARKDOWN_FIELDS:
        yield from sections.fences(getattr(entry.question, field), entry.line(field))


def _compile_problem(code: str) -> tuple[str, int] | None:
    """What keeps the code from compiling, and how many lines below its fence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(code, "answer", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    except SyntaxError as error:
        return error.msg, error.lineno or 1
    except (ValueError, RecursionError, MemoryError) as error:
        # What compile() raises for null bytes and for nesting that is too deep for it.
        return str(error) or type(error).__name__, 1
    return None

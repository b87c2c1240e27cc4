"""Question files on disk: finding them, and reading them whatever is in them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from content import parsing
from content.faults import Fault, FileFault
from content.parsing import Entry

SHIPPED = Path(__file__).parent / "questions"
"""The folder of the questions that come with the app."""

NO_SUCH_FOLDER = Fault(1, "there is no such folder", "check the path")
NO_SUCH_FILE = Fault(1, "there is no such file", "check the path")

_LARGEST_IN_BYTES = 4 * parsing.LARGEST  # UTF-8 needs at most four bytes a character
_NOT_QUESTIONS = {"readme.md"}


def found_in(path: Path) -> Iterator[Path]:
    """The question files at a path, in a stable order: the file itself, or all below a folder.

    Hidden files and folders, and what is called README.md, are no questions.
    """
    if not path.is_dir():
        yield path
        return
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if not name.startswith(".")]
        folders_and_questions = [*names, *(name for name in folders if name.endswith(".md"))]
        found += [Path(folder, name) for name in folders_and_questions if _is_question(name)]
    yield from sorted(found, key=lambda file: file.parts)  # paths compare slowly


def _is_question(name: str) -> bool:
    return (
        name.endswith(".md") and not name.startswith(".") and name.casefold() not in _NOT_QUESTIONS
    )


def is_shipped(file: Path) -> bool:
    """Whether a file lies in the folder that comes with the app; any other is a team's own."""
    return file.absolute().is_relative_to(SHIPPED)


def read(file: Path) -> Entry | tuple[FileFault, ...]:
    """Read `<topic>/<slug>.md`. Never raises: what cannot be read is a fault of that file.

    A team's own file may be a draft.
    """
    text = text_of(file)
    if isinstance(text, Fault):
        return (FileFault(file, text),)
    absolute = file.absolute()
    result = parsing.parse(
        text, topic=absolute.parent.name, slug=absolute.stem, draft=not is_shipped(file)
    )
    if isinstance(result, Entry):
        return result
    return tuple(FileFault(file, fault) for fault in result)


def read_all(paths: Iterable[Path]) -> Iterator[tuple[Path, Entry | tuple[FileFault, ...]]]:
    """Read every question file at the given files and folders, each with its path."""
    for path in paths:
        for file in found_in(path):
            yield file, read(file)


def text_of(file: Path) -> str | Fault:
    """The text of a question file of a size that may be one; never raises."""
    try:
        if not file.is_file():
            return NO_SUCH_FILE
        if file.stat().st_size > _LARGEST_IN_BYTES:
            return Fault(1, f"the file is longer than {parsing.LARGEST:,} characters", "shorten it")
        data = file.read_bytes()
    except OSError as error:
        return Fault(1, f"the file cannot be read ({error.strerror})", "check its permissions")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Fault(line, f"byte {data[error.start]:#04x} is not UTF-8", "save the file as UTF-8")

"""Beginning a question: a file from the template, in its place and under a free name."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from content import files, parsing, topics
from content.parsing import Entry

TEMPLATE = Path(__file__).parent / "template.md"
"""A whole question with instructions in place of its words; README.md shows the same."""


class RefusedError(Exception):
    """The file is not begun; `str()` of it says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new question goes: `folder/topic/slug.md`."""

    folder: Path
    topic: str
    slug: str

    @property
    def file(self) -> Path:
        """The path of its file."""
        return self.folder / self.topic / f"{self.slug}.md"


def begin(place: Place, today: date) -> Path:
    """Write the template, reviewed `today`; return the new file. Raises RefusedError.

    Nothing is overwritten, and no slug of the folder or of the shipped bank is used again.
    """
    if topics.with_slug(place.topic) is None:
        raise RefusedError(_no_topic(place.topic))
    text = TEMPLATE.read_text(encoding="utf-8")
    text = _with_date(text, today)
    entry = parsing.parse(text, topic=place.topic, slug=place.slug)
    if not isinstance(entry, Entry):
        raise RefusedError(f"{entry[0].what}; {entry[0].mend}.")
    for folder in {place.folder, files.SHIPPED}:
        for file in files.found_in(folder) if folder.is_dir() else ():
            if file.stem == place.slug:
                raise RefusedError(f"The slug `{place.slug}` is taken by {file}. Choose another.")
    try:
        place.file.parent.mkdir(parents=True, exist_ok=True)
        with place.file.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except OSError as error:
        raise RefusedError(f"{place.file} cannot be written ({error.strerror}).") from error
    return place.file


def _with_date(text: str, today: date) -> str:
    lines = text.split("\n")
    at = next(at for at, line in enumerate(lines) if line.startswith("reviewed: "))
    lines[at] = f"reviewed: {today.isoformat()}"
    return "\n".join(lines)


def _no_topic(words: str) -> str:
    near = topics.named(words) or topics.nearest(words)
    known = ", ".join(topic.slug for topic in topics.TOPICS)
    hint = f" Did you mean {near.slug}?" if near else ""
    return f"There is no topic `{words[:60]}`.{hint} Topics: {known}."

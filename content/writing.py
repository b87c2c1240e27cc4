"""Question files as text: the one canonical order, and writing them without half-written files."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import yaml

from content import front_matter
from content.parsing import PARTS


def question_file(values: Mapping[str, str], bodies: Mapping[str, str]) -> str:
    """A question file of front matter values by key and Markdown bodies by field of `PARTS`.

    Keys and parts come in the order of the form; what is empty or not given is left out.
    """
    matter = [line(key, values[key]) for key in front_matter.KEYS if values.get(key)]
    parts = [
        f"## {part.heading}\n\n{bodies[part.field].strip(chr(10))}\n"
        for part in PARTS
        if bodies.get(part.field, "").strip()
    ]
    fence = front_matter.FENCE
    return "\n".join([fence, *matter, fence, "", "\n".join(parts)])


def line(key: str, value: str) -> str:
    """One line of front matter, quoted only if YAML would not read the value back as it is."""
    plain = f"{key}: {value}"
    if _reads_back(plain, value):
        return plain
    # YAML takes the escapes of JSON, which keep whatever a string can hold on one line.
    return f"{key}: {json.dumps(value, ensure_ascii=False)}"


def _reads_back(text: str, value: str) -> bool:
    try:
        events = list(yaml.parse(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, OverflowError):
        return False
    scalars = [event.value for event in events if isinstance(event, yaml.ScalarEvent)]
    nested = [event for event in events if isinstance(event, yaml.SequenceStartEvent)]
    return scalars[1:] == [value] and not nested and "#" not in value


def write(file: Path, text: str) -> None:
    """Write a whole file or nothing of it. Raises OSError; its folder is made if need be."""
    file = file.resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    # A hidden name, so that nobody takes the half-written file for a question.
    half = file.with_name(f".{file.name}.{os.getpid()}.half")
    try:
        half.write_text(text, encoding="utf-8", newline="\n")
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)

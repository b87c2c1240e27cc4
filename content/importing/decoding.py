"""Bytes of unknown origin as text: Unicode with or without its mark, or Windows-1252."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

LARGEST_IN_BYTES = 5_000_000
"""Of a file to import: a guide of a thousand entries has a fifth of that."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with `\\n` at its line ends, and what a person should know about reading it."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a file cannot be read as text, and how to mend that."""

    line: int
    reason: str


def read(file: Path) -> Decoded | Unreadable:
    """Read a file of at most LARGEST_IN_BYTES. Never raises."""
    try:
        if not file.is_file():
            return Unreadable(1, "there is no such file; check the path")
        if file.stat().st_size > LARGEST_IN_BYTES:
            return Unreadable(1, f"the file has more than {LARGEST_IN_BYTES:,} bytes; divide it")
        return decode(file.read_bytes())
    except OSError as error:
        return Unreadable(1, f"the file cannot be read ({error.strerror}); check its permissions")


def decode(data: bytes) -> Decoded | Unreadable:
    """Decode bytes. Never raises.

    A mark at the start decides; without one it is UTF-8, or UTF-16 if every other byte is zero, or
    else Windows-1252. A last character that was cut off is left out, with a note.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding)
    encoding = _unmarked(data)
    if encoding != "utf-8":
        return _decoded(data, encoding)
    as_utf8 = _decoded(data, "utf-8")
    if isinstance(as_utf8, Decoded):
        return as_utf8
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return as_utf8
    return _clean(text, "read as Windows-1252, since it is not UTF-8")


def _unmarked(data: bytes) -> str:
    start = data[:2_000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    # Of Latin text in UTF-16 almost half of the bytes are zero, all of them on one side.
    if max(even, odd) * 5 < len(start) * 2 or min(even, odd) * 4 > max(even, odd):
        return "utf-8"
    return "utf-16-le" if odd > even else "utf-16-be"


def _decoded(data: bytes, encoding: str) -> Decoded | Unreadable:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = f"byte {data[error.start]:#04x} is not {encoding.upper()}; save the file as UTF-8"
        return Unreadable(line, what)
    if decoder.getstate()[0]:
        return _clean(text, "the file breaks off in the middle of a character")
    return _clean(text)


def _clean(text: str, *notes: str) -> Decoded | Unreadable:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    odd = _CONTROL.search(text)
    if odd is not None:
        line = text.count("\n", 0, odd.start()) + 1
        what = f"it holds the character U+{ord(odd[0]):04X}; save it as plain text"
        return Unreadable(line, what)
    return Decoded(_INVISIBLE.sub("", text), notes)

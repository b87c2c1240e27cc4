"""Lines of text: wrapping, columns, indents."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import Literal

WIDTH = 88
"""No paragraph is wider than so many characters; code, tables and long words are left whole."""

Alignment = Literal["left", "center", "right"]

_GAP = "  "
# What a line begins with that its further lines are indented under: a bullet, a number, a quote.
_HANGING = re.compile(r"\s*(?:[•◦▪*-]\s+|\d+[.)]\s+)?")
_INLINE_CODE = re.compile(r"`[^`]+`")
# Stands for a space inside inline code while a line is wrapped, so that no break falls there.
_HELD = "\ue000"
_QUOTE = re.compile(r"\s*[>|]\s?")


def paragraph(text: str, width: int = WIDTH) -> str:
    """The text wrapped line by line; lists hang under their first word, quotes keep their mark."""
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    if len(line) <= width:
        return line.rstrip()
    quote = _QUOTE.match(line)
    hanging = _HANGING.match(line)
    later = quote.group() if quote else " " * len(hanging.group() if hanging else "")
    held = _INLINE_CODE.sub(lambda match: match.group().replace(" ", _HELD), line)
    wrapped = textwrap.fill(
        held,
        width,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace(_HELD, " ")


def indented(text: str, by: str) -> str:
    """The text with the same beginning on each line, without trailing spaces."""
    return "\n".join((by + line).rstrip() for line in text.split("\n"))


def code(text: str) -> str:
    """A block of code: four spaces before each line, never wrapped."""
    return indented(text.strip("\n"), "    ")


def in_a_row(parts: Iterable[str], gap: str = _GAP) -> str:
    """Parts side by side, on as many lines as they need."""
    lines = [""]
    for part in parts:
        longer = f"{lines[-1]}{gap}{part}" if lines[-1] else part
        if lines[-1] and len(longer) > WIDTH:
            lines.append(part)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def aligned(rows: Sequence[Sequence[str]], alignments: Sequence[Alignment] = ()) -> str:
    """Rows of cells as aligned columns, a thin line under the first row."""
    count = max(len(row) for row in rows)
    full = [[*row, *[""] * (count - len(row))] for row in rows]
    widths = [max(len(row[index]) for row in full) for index in range(count)]
    sides = [*alignments[:count], *["left"] * (count - len(alignments))]
    lines = [
        _GAP.join(_placed(*cell) for cell in zip(row, widths, sides, strict=True)).rstrip()
        for row in full
    ]
    return "\n".join([lines[0], _GAP.join("─" * width for width in widths), *lines[1:]])


def _placed(text: str, width: int, side: str) -> str:
    return {"left": text.ljust, "center": text.center, "right": text.rjust}[side](width)


def two_columns(cells: Sequence[str]) -> str:
    """Cells two by two, side by side where they fit, else one under the other."""
    half = max((len(line) for cell in cells[::2] for line in cell.split("\n")), default=0)
    pairs = [cells[index : index + 2] for index in range(0, len(cells), 2)]
    shown = [_pair(pair, half) for pair in pairs]
    # Cells of several lines, usually a label over a value, need air between them.
    return ("\n\n" if any("\n" in cell for cell in cells) else "\n").join(shown)


def _pair(pair: Sequence[str], half: int) -> str:
    columns = [cell.split("\n") for cell in pair]
    widest = half + len(_GAP) + max(len(line) for line in columns[-1])
    if len(columns) == 1 or widest > WIDTH:
        return "\n".join(map(paragraph, pair))
    height = max(map(len, columns))
    left, right = ([*column, *[""] * (height - len(column))] for column in columns)
    return "\n".join(
        f"{one.ljust(half)}{_GAP}{other}".rstrip() for one, other in zip(left, right, strict=True)
    )

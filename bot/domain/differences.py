"""What changed between two texts, word by word, and short enough to be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_SHOWN = 2_400
"""Characters of a comparison."""
KEPT_AROUND = 60
"""Characters of unchanged text that are shown on either side of a change."""


class Change(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with one fate."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pieces in order. `is_cut`: there are more changes than are shown."""

    pieces: tuple[Piece, ...]
    is_cut: bool = False


def compare(before: str, after: str) -> Comparison:
    """Compare two texts. Unchanged text far from a change is left out, with an ellipsis."""
    pieces: list[Piece] = []
    room = MOST_SHOWN
    for piece in _shortened(list(_pieces(before, after))):
        if len(piece.text) > room:
            pieces.append(Piece(piece.change, piece.text[:room].rstrip() + "…"))
            return Comparison(tuple(pieces), is_cut=True)
        pieces.append(piece)
        room -= len(piece.text)
    return Comparison(tuple(pieces))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _words(before), _words(after)
    # Its heuristic for frequent words stays on: without it a text of one repeated word takes the
    # matcher minutes.
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece(Change.SAME, "".join(old[i:j]))
            continue
        if j > i:
            yield Piece(Change.REMOVED, "".join(old[i:j]))
        if m > k:
            yield Piece(Change.ADDED, "".join(new[k:m]))


def _words(text: str) -> list[str]:
    return re.findall(r"\S+|\s+", text)


def _shortened(pieces: list[Piece]) -> Iterator[Piece]:
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        if piece.change is not Change.SAME:
            yield piece
            continue
        head = "" if place == 0 else piece.text[:KEPT_AROUND]
        tail = "" if place == last else piece.text[-KEPT_AROUND:]
        if len(head) + len(tail) >= len(piece.text):
            yield piece
        else:
            yield Piece(Change.SAME, f"{head.rstrip()} … {tail.lstrip()}")

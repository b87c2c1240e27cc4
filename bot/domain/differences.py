"""What changed between two texts, word by word, and short enough to be read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_SHOWN = 2_400
"""Characters of a comparison."""
MOST_IN_PIECE = 900
"""Characters of one change: so that what was added shows beside much that was removed."""
WORDS_THAT_STAND = 4
"""How many words must stay the same between two changes to keep them apart."""
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


Run = tuple[bool, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The pieces in order. `is_cut`: there are more changes than are shown."""

    pieces: tuple[Piece, ...]
    is_cut: bool = False


def compare(before: str, after: str) -> Comparison:
    """Compare two texts. Unchanged text far from a change is left out, with an ellipsis."""
    pieces: list[Piece] = []
    room = MOST_SHOWN
    is_cut = False
    for piece in _shortened(list(_pieces(before, after))):
        text = piece.text
        if len(text) > MOST_IN_PIECE:
            text, is_cut = text[:MOST_IN_PIECE].rstrip() + "…", True
        if len(text) > room:
            return Comparison(tuple(pieces), is_cut=True)
        pieces.append(Piece(piece.change, text))
        room -= len(text)
    return Comparison(tuple(pieces), is_cut)


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = _words(before), _words(after)
    for is_same, i, j, k, m in _runs(old, new):
        if is_same:
            yield Piece(Change.SAME, "".join(old[i:j]))
            continue
        if j > i:
            yield Piece(Change.REMOVED, "".join(old[i:j]))
        if m > k:
            yield Piece(Change.ADDED, "".join(new[k:m]))


def _runs(old: list[str], new: list[str]) -> Iterator[Run]:
    """Yield what is the same and what is not, in turn: `old[i:j]` became `new[k:m]`.

    A few words that happen to be the same between two changes belong to the change: a sentence
    replaced by another reads better than their words dealt like cards.
    """
    # Its heuristic for frequent words stays on: without it a text of one repeated word takes the
    # matcher minutes.
    codes = SequenceMatcher(None, old, new).get_opcodes()
    held: Run | None = None
    for place, (tag, i, j, k, m) in enumerate(codes):
        is_between = 0 < place < len(codes) - 1
        if tag == "equal" and not (is_between and j - i < WORDS_THAT_STAND):
            if held is not None:
                yield held
            held = None
            yield True, i, j, k, m
        else:
            held = (False, i, j, k, m) if held is None else (False, held[1], j, held[3], m)
    if held is not None:
        yield held


def _words(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text)


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

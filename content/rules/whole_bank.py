"""Rules about the bank as a whole: no question stands in it twice, by name or by wording."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from content.bank import twice
from content.faults import Fault, FileFault
from content.parsing import Entry
from content.rules.words import stems

Files = Sequence[tuple[Path, Entry]]

ALIKE = 0.6
"""Two questions are near-duplicates when they share this much of their meaningful words."""


def slugs_are_unique(files: Files) -> Iterator[FileFault]:
    """No two files have the same slug, whatever their topics."""
    first: dict[str, Path] = {}
    for path, entry in files:
        slug = entry.question.slug
        if slug in first:
            yield FileFault(path, twice(slug, first[slug]))
        first.setdefault(slug, path)


def questions_differ(files: Files) -> Iterator[FileFault]:
    """No two questions ask the same in other words.

    The measure is the Jaccard index of their stems. Two sets that are alike share one of their few
    rarest members (prefix filtering), so only questions that do are compared: a bank of thousands
    takes seconds, not hours.
    """
    wordings = [stems(entry.question.text) for _, entry in files]
    frequency = Counter(stem for wording in wordings for stem in wording)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, wording in enumerate(wordings):
        rare = _rarest(wording, frequency)
        candidates = sorted({other for stem in rare for other in holders[stem]})
        for other in candidates:
            if _likeness(wording, wordings[other]) >= ALIKE:
                yield _near_duplicate(files[index], files[other])
        for stem in rare:
            holders[stem].append(index)


def _rarest(wording: frozenset[str], frequency: Mapping[str, int]) -> Sequence[str]:
    ordered = sorted(wording, key=lambda stem: (frequency[stem], stem))
    return ordered[: len(ordered) - math.ceil(ALIKE * len(ordered)) + 1]


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _near_duplicate(file: tuple[Path, Entry], other: tuple[Path, Entry]) -> FileFault:
    path, entry = file
    twin = other[1].question
    what = f"the question asks nearly the same as `{twin.topic.slug}/{twin.slug}`"
    return FileFault(path, Fault(entry.line("text"), what, "drop one, or ask for something else"))

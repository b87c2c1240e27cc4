"""Rules about the bank as a whole: no question stands in it twice, and no phrase is a habit."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from content.bank import twice
from content.faults import Fault, FileFault
from content.parsing import Entry
from content.rules.words import spoken_words, stems

Files = Sequence[tuple[Path, Entry]]

ALIKE = 0.6
"""Two questions are near-duplicates when they share this much of their meaningful words."""

OPENING = 3
"""Words at the start of an answer that no other answer may start with."""

PHRASE = 8
"""Words in a row that two sample answers may not share."""


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
    what = f"the question asks nearly the same as {_name(other[1])}"
    return FileFault(path, Fault(entry.line("text"), what, "drop one, or ask for something else"))


def answers_open_differently(files: Files) -> Iterator[FileFault]:
    """No two sample answers begin with the same three words."""
    first: dict[tuple[str, ...], Entry] = {}
    for path, entry in files:
        opening = spoken_words(entry.question.sample_answer)[:OPENING]
        if len(opening) == OPENING and opening in first:
            what = f"the sample answer opens with the words of {_name(first[opening])}"
            yield FileFault(path, Fault(entry.line("sample_answer"), what, "begin another way"))
        first.setdefault(opening, entry)


def answers_share_no_phrases(files: Files) -> Iterator[FileFault]:
    """No two sample answers share eight words in a row: what is said twice is a stock phrase."""
    first: dict[tuple[str, ...], Entry] = {}
    for path, entry in files:
        words = spoken_words(entry.question.sample_answer)
        phrases = [words[i : i + PHRASE] for i in range(len(words) - PHRASE + 1)]
        shared = next((phrase for phrase in phrases if phrase in first), None)
        if shared is not None:
            what = f"“{' '.join(shared)}” stands in {_name(first[shared])} too"
            yield FileFault(path, Fault(entry.line("sample_answer"), what, "say it another way"))
        for phrase in phrases:
            first.setdefault(phrase, entry)


def _name(entry: Entry) -> str:
    return f"`{entry.question.topic.slug}/{entry.question.slug}`"

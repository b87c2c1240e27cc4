"""Words: counting them, and telling which of them carry the meaning."""

import re

from content import sections

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_STEM = 5
_SMALLEST = 3

_FILLERS = frozenset(
    """
    a about after all also an and any are as at be been before but by can could do does every
    for from get give had has have how if in into is it its just less like make may me more
    most must my name no not of on one only or other our out over own per say so some such
    than that the their them then there these they this those through to too two under up us
    use very was we well were what when where which while who why will with without would you
    your
    """.split()  # noqa: SIM905 - a list of ninety quoted words hides the words
)


def count_spoken(markdown: str) -> int:
    """How many words of a piece of Markdown a person would say; fenced code does not count."""
    return len(spoken_words(markdown))


def spoken_words(markdown: str) -> tuple[str, ...]:
    """Those words in order, in small letters."""
    return tuple(_WORD.findall(sections.prose(markdown).casefold()))


def stems(text: str) -> frozenset[str]:
    """The words of a text that carry meaning, cut to five letters so that endings do not matter."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return frozenset(
        _stem(word) for word in words if len(word) >= _SMALLEST and word not in _FILLERS
    )


def _stem(word: str) -> str:
    return word[:_STEM] if len(word) > _STEM else word.removesuffix("s")

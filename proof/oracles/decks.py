"""The rule of the deck, said plainly: it looks at every question of the bank each time."""

from collections.abc import Iterable, Mapping
from datetime import date

from bot.domain.decks import place
from bot.domain.ids import QuestionSlug


def next_question(
    bank: Iterable[QuestionSlug], asked: Mapping[QuestionSlug, date], seed: int
) -> QuestionSlug | None:
    """Return what a schedule asks next: unasked ones in their order, then the oldest; or None."""
    return min(
        bank,
        key=lambda slug: (asked.get(slug, date.min), place(slug, seed)),
        default=None,
    )

"""Which question a member practises next: one they have not seen, then one of the older half.

A few questions tried at random nearly always hold one that the member has not seen. Where they do
not, everything is looked at once, and a hand of what may come next is kept for the next times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ids import QuestionSlug

TRIED = 32
"""How many questions are tried at random before a member's whole practice is looked at."""
IN_A_HAND = 64
"""How many questions are kept from such a look."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Some questions, any of which might come next at `dealt_at`.

    `contents` are those of the deck it was dealt from: of another one it says nothing.
    """

    contents: str
    questions: tuple[QuestionSlug, ...]
    dealt_at: datetime

    def playable(self, seen: Mapping[QuestionSlug, datetime]) -> list[QuestionSlug]:
        """List what may still come next: what was not seen since.

        What was unseen still is; what was among the older half is, as the others got no older.
        """
        return [
            slug
            for slug in self.questions
            if (last := seen.get(slug)) is None or last < self.dealt_at
        ]


def practisable(
    candidates: Sequence[QuestionSlug], seen: Mapping[QuestionSlug, datetime]
) -> list[QuestionSlug]:
    """List the questions that may come next; none if there is no candidate.

    Those that the member has not seen; when all were seen, the older half.
    """
    fresh = [slug for slug in candidates if slug not in seen]
    if fresh:
        return fresh
    oldest_first = sorted(candidates, key=lambda slug: seen[slug])
    return oldest_first[: (len(oldest_first) + 1) // 2]

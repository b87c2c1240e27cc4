"""Which question a member practises next: one they have not seen, then one of the older half."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random

from bot.domain.ids import QuestionSlug


def practice_question(
    candidates: Sequence[QuestionSlug], seen: Mapping[QuestionSlug, datetime], rng: Random
) -> QuestionSlug | None:
    """Return a question to practise; None if there is no candidate.

    Any that the member has not seen, at random; when all were seen, one of the older half.
    """
    fresh = [slug for slug in candidates if slug not in seen]
    if fresh:
        return rng.choice(fresh)
    oldest_first = sorted(candidates, key=lambda slug: seen[slug])
    older_half = oldest_first[: (len(oldest_first) + 1) // 2]
    return rng.choice(older_half) if older_half else None

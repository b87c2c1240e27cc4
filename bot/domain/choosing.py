"""Which question comes next: a shuffled deck without repeats, and then the oldest first."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from random import Random

from bot.domain.ids import QuestionSlug


def next_question(
    bank: Sequence[QuestionSlug], asked: Mapping[QuestionSlug, date], seed: int
) -> QuestionSlug | None:
    """Return the question a schedule asks next; None only if the bank is empty.

    `asked` tells when each question was last asked there. Unasked questions come first, in an order
    that `seed` fixes: it survives restarts, and a question added to the bank takes its place in it
    without moving the others. When all have been asked, the one asked longest ago comes again.
    """
    if not bank:
        return None
    return min(bank, key=lambda slug: (asked.get(slug, date.min), shuffled_place(slug, seed)))


def shuffled_place(slug: QuestionSlug, seed: int) -> bytes:
    """Return a question's place in the deck of `seed`: evenly spread, the same on every machine.

    `seed` is at least 0 and below 2**64; any other raises OverflowError.
    """
    return blake2b(slug.encode(), digest_size=8, key=seed.to_bytes(8, "big")).digest()


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

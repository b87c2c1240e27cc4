"""Questions to practise: none twice before all were seen, then one of the older half."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.choosing import Hand, practisable
from bot.domain.ids import QuestionSlug

ANY = settings(deadline=None, max_examples=100)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)

slugs = st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4})?", fullmatch=True).map(QuestionSlug)
TEN = [QuestionSlug(f"question-{number}") for number in range(10)]


def one_a_day(oldest_first: Sequence[QuestionSlug]) -> dict[QuestionSlug, datetime]:
    """When each was last seen, where one was seen a day."""
    return {slug: MIDNIGHT + timedelta(days=day) for day, slug in enumerate(oldest_first)}


@ANY
@given(st.lists(slugs, min_size=1, max_size=10, unique=True), st.sets(slugs, max_size=10))
def test_whatever_the_member_has_not_seen_may_come_next_and_nothing_else(
    candidates: list[QuestionSlug], others: set[QuestionSlug]
) -> None:
    seen = dict.fromkeys([*candidates[::2], *sorted(others)], MIDNIGHT)
    fresh = [slug for slug in candidates if slug not in seen]
    if fresh:
        assert practisable(candidates, seen) == fresh


@ANY
@given(st.lists(slugs, max_size=10, unique=True))
def test_when_all_were_seen_it_is_the_older_half(oldest_first: list[QuestionSlug]) -> None:
    half = practisable(sorted(oldest_first), one_a_day(oldest_first))
    assert half == oldest_first[: (len(oldest_first) + 1) // 2]


@ANY
@given(st.lists(st.sampled_from(TEN)), st.lists(st.sampled_from(TEN)))
def test_what_is_playable_from_a_hand_might_be_dealt_anew(
    before: list[QuestionSlug], since: list[QuestionSlug]
) -> None:
    seen = one_a_day(before)
    dealt_at = MIDNIGHT + timedelta(days=len(before))
    hand = Hand("contents", tuple(practisable(TEN, seen)), dealt_at)
    assert set(hand.playable(seen)) == set(hand.questions)
    seen = one_a_day([*before, *since])
    if any(slug not in since for slug in hand.questions):
        assert set(hand.playable(seen)) <= set(practisable(TEN, seen))
    else:
        assert hand.playable(seen) == []

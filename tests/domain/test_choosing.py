"""Questions to practise: none twice before all were seen, then one of the older half."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.choosing import practice_question
from bot.domain.ids import QuestionSlug

ANY = settings(deadline=None, max_examples=100)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)

slugs = st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4})?", fullmatch=True).map(QuestionSlug)
TEN = [QuestionSlug(f"question-{number}") for number in range(10)]


@ANY
@given(
    st.lists(slugs, min_size=1, max_size=10, unique=True),
    st.sets(slugs, max_size=10),
    st.integers(),
)
def test_practice_prefers_what_the_member_has_not_seen(
    candidates: list[QuestionSlug], others: set[QuestionSlug], seed: int
) -> None:
    seen = dict.fromkeys([*candidates[::2], *sorted(others)], MIDNIGHT)
    fresh = [slug for slug in candidates if slug not in seen]
    choice = practice_question(candidates, seen, Random(seed))
    assert choice in (fresh or candidates)


@ANY
@given(st.lists(slugs, min_size=1, max_size=10, unique=True), st.integers())
def test_when_all_were_seen_one_of_the_older_half_comes(
    oldest_first: list[QuestionSlug], seed: int
) -> None:
    seen = {slug: MIDNIGHT + timedelta(days=n) for n, slug in enumerate(oldest_first)}
    candidates = sorted(oldest_first)
    choice = practice_question(candidates, seen, Random(seed))
    assert choice in oldest_first[: (len(oldest_first) + 1) // 2]


def test_practice_without_candidates_has_no_question() -> None:
    assert practice_question([], {}, Random(1)) is None
    assert practice_question([], {TEN[0]: MIDNIGHT}, Random(1)) is None


def test_practice_reaches_every_fresh_question() -> None:
    rng = Random(1)
    seen = dict.fromkeys(TEN[:4], MIDNIGHT)
    assert {practice_question(TEN, seen, rng) for _ in range(200)} == set(TEN[4:])


def test_practice_reaches_all_of_the_older_half_and_nothing_newer() -> None:
    rng = Random(1)
    seen = {slug: MIDNIGHT + timedelta(days=n) for n, slug in enumerate(TEN)}
    assert {practice_question(TEN, seen, rng) for _ in range(200)} == set(TEN[:5])


def test_practice_with_the_same_randomness_chooses_the_same() -> None:
    first, second = Random(5), Random(5)
    choices = [(practice_question(TEN, {}, first), practice_question(TEN, {}, second)) for _ in TEN]
    assert all(one == other for one, other in choices)

"""The deck: no repeats until it is through, then the oldest first; and questions to practise."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.choosing import next_question, practice_question, shuffled_place
from bot.domain.ids import QuestionSlug

ANY = settings(deadline=None, max_examples=100)
DAY_ONE = date(2026, 3, 2)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)

slugs = st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4})?", fullmatch=True).map(QuestionSlug)
banks = st.lists(slugs, min_size=1, max_size=12, unique=True)
seeds = st.integers(0, 2**64 - 1)


def slug_list(names: str) -> list[QuestionSlug]:
    return [QuestionSlug(name) for name in names.split()]


TEN = slug_list("alpha bravo charlie delta echo foxtrot golf hotel india juliet")
DECK_OF_SEVEN = slug_list("bravo foxtrot juliet alpha hotel charlie delta echo india golf")
"""Pinned: a change of this order would ask people again what they were asked last week."""


def asked_in_turn(bank: Sequence[QuestionSlug], seed: int, rounds: int) -> list[QuestionSlug]:
    """Ask for `rounds` days, each time what the deck of `seed` says."""
    asked: dict[QuestionSlug, date] = {}
    order = []
    for day in range(rounds):
        slug = next_question(bank, asked, seed)
        assert slug is not None
        asked[slug] = DAY_ONE + timedelta(days=day)
        order.append(slug)
    return order


# --- the deck -------------------------------------------------------------------------------------


def test_the_order_of_a_deck_is_the_same_on_every_machine_and_for_ever() -> None:
    assert asked_in_turn(TEN, seed=7, rounds=10) == DECK_OF_SEVEN


def test_different_seeds_make_different_orders() -> None:
    orders = {tuple(asked_in_turn(TEN, seed, 10)) for seed in range(50)}
    assert len(orders) == 50


def test_every_question_comes_first_for_some_seed() -> None:
    firsts = [next_question(TEN, {}, seed) for seed in range(1_000)]
    shares = {slug: firsts.count(slug) for slug in TEN}
    assert all(60 < share < 140 for share in shares.values()), shares


def test_an_empty_bank_has_no_question() -> None:
    assert next_question([], {QuestionSlug("gone"): DAY_ONE}, seed=7) is None


def test_the_only_question_is_asked_every_day() -> None:
    assert asked_in_turn(TEN[:1], seed=7, rounds=3) == TEN[:1] * 3


@ANY
@given(banks, seeds)
def test_no_question_comes_twice_before_the_deck_is_through(
    bank: list[QuestionSlug], seed: int
) -> None:
    assert sorted(asked_in_turn(bank, seed, len(bank))) == sorted(bank)


@ANY
@given(banks, seeds)
def test_then_the_one_asked_longest_ago_comes_again(bank: list[QuestionSlug], seed: int) -> None:
    order = asked_in_turn(bank, seed, 3 * len(bank))
    assert order == order[: len(bank)] * 3


@ANY
@given(banks, seeds, st.data())
def test_the_order_of_the_bank_itself_does_not_matter(
    bank: list[QuestionSlug], seed: int, data: st.DataObject
) -> None:
    shelved = data.draw(st.permutations(bank))
    assert asked_in_turn(shelved, seed, len(bank)) == asked_in_turn(bank, seed, len(bank))


@ANY
@given(banks, slugs, seeds)
def test_a_question_added_to_the_bank_moves_no_other(
    bank: list[QuestionSlug], added: QuestionSlug, seed: int
) -> None:
    old = [slug for slug in bank if slug != added]
    order = asked_in_turn([*old, added], seed, len(old) + 1)
    assert [slug for slug in order if slug != added] == asked_in_turn(old, seed, len(old))


@ANY
@given(banks, seeds, st.data())
def test_a_question_added_on_the_way_comes_before_any_repeat(
    bank: list[QuestionSlug], seed: int, data: st.DataObject
) -> None:
    added = data.draw(slugs.filter(lambda slug: slug not in bank))
    asked = {slug: DAY_ONE + timedelta(days=n) for n, slug in enumerate(bank)}
    assert next_question([*bank, added], asked, seed) == added


def test_questions_that_left_the_bank_are_not_asked_again() -> None:
    asked = {slug: DAY_ONE + timedelta(days=n) for n, slug in enumerate(TEN)}
    assert next_question(TEN[4:], asked, seed=7) == TEN[4]


def test_questions_asked_on_one_date_come_again_in_the_order_of_the_deck() -> None:
    asked = dict.fromkeys(TEN, DAY_ONE)
    assert next_question(TEN, asked, seed=7) == DECK_OF_SEVEN[0]


@ANY
@given(slugs, seeds)
def test_a_place_in_the_deck_takes_eight_bytes_for_any_seed(slug: QuestionSlug, seed: int) -> None:
    assert len(shuffled_place(slug, seed)) == 8


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_is_at_least_nought_and_below_two_to_the_64th(seed: int) -> None:
    with pytest.raises(OverflowError):
        shuffled_place(TEN[0], seed)


# --- practice -------------------------------------------------------------------------------------


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

"""The deck: no repeats until it is through, then the oldest first; and bookmarks that say so."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.decks import AROUND, Bookmark, Deck, Draw, Shuffled, place
from bot.domain.ids import QuestionSlug
from proof.oracles.decks import next_question

ANY = settings(deadline=None, max_examples=100)
DAY_ONE = date(2026, 3, 2)

slugs = st.from_regex(r"[a-z]{1,4}(-[a-z]{1,4})?", fullmatch=True).map(QuestionSlug)
banks = st.lists(slugs, min_size=1, max_size=12, unique=True)
seeds = st.integers(0, 2**64 - 1)


def slug_list(names: str) -> list[QuestionSlug]:
    return [QuestionSlug(name) for name in names.split()]


TEN = slug_list("alpha bravo charlie delta echo foxtrot golf hotel india juliet")
DECK_OF_SEVEN = slug_list("delta charlie bravo golf india alpha echo hotel foxtrot juliet")
"""Pinned: a change of this order would ask people again what they were asked last week."""


def drawn(
    bank: Sequence[QuestionSlug], asked: dict[QuestionSlug, date], seed: int
) -> QuestionSlug | None:
    draw = Deck.of(bank).shuffled(seed).exactly(asked)
    return draw.question if draw else None


def asked_in_turn(bank: Sequence[QuestionSlug], seed: int, rounds: int) -> list[QuestionSlug]:
    """Ask for `rounds` days, each time what the deck of `seed` says."""
    asked: dict[QuestionSlug, date] = {}
    order = []
    for day in range(rounds):
        slug = drawn(bank, asked, seed)
        assert slug is not None
        asked[slug] = DAY_ONE + timedelta(days=day)
        order.append(slug)
    return order


def test_the_order_of_a_deck_is_the_same_on_every_machine_and_for_ever() -> None:
    assert asked_in_turn(TEN, seed=7, rounds=10) == DECK_OF_SEVEN


def test_different_seeds_make_different_orders() -> None:
    orders = {tuple(asked_in_turn(TEN, seed, 10)) for seed in range(50)}
    assert len(orders) > 40


def test_every_question_comes_first_for_some_seed() -> None:
    firsts = [drawn(TEN, {}, seed) for seed in range(1_000)]
    shares = {slug: firsts.count(slug) for slug in TEN}
    assert all(60 < share < 140 for share in shares.values()), shares


def test_an_empty_bank_has_no_question() -> None:
    assert drawn([], {QuestionSlug("gone"): DAY_ONE}, seed=7) is None


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
    assert drawn([*bank, added], asked, seed) == added


def test_questions_that_left_the_bank_are_not_asked_again() -> None:
    asked = {slug: DAY_ONE + timedelta(days=n) for n, slug in enumerate(TEN)}
    assert drawn(TEN[4:], asked, seed=7) == TEN[4]


def test_questions_asked_on_one_date_come_again_in_the_order_of_the_deck() -> None:
    asked = dict.fromkeys(TEN, DAY_ONE)
    assert drawn(TEN, asked, seed=7) == DECK_OF_SEVEN[0]


@ANY
@given(slugs, seeds)
def test_a_place_is_on_the_ring_for_any_seed(slug: QuestionSlug, seed: int) -> None:
    assert 0 <= place(slug, seed) < AROUND


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_is_at_least_nought_and_below_two_to_the_64th(seed: int) -> None:
    with pytest.raises(OverflowError):
        place(TEN[0], seed)


# --- bookmarks ------------------------------------------------------------------------------------


histories = st.lists(st.sampled_from(TEN), max_size=25)
some_of_ten = st.lists(st.sampled_from(TEN), min_size=1, unique=True)


def dates_of(history: Sequence[QuestionSlug]) -> dict[QuestionSlug, date]:
    """When each question was last asked, one a day."""
    return {slug: DAY_ONE + timedelta(days=day) for day, slug in enumerate(history)}


def by_the_short_way(
    order: Shuffled, mark: Bookmark, asked: dict[QuestionSlug, date]
) -> Draw | None:
    """Draw by a bookmark, looking at as little as it lets."""
    if not mark.unasked:
        since = [slug for slug in order.deck.slugs if asked[slug] >= mark.since]
        assert len(since) == len(order), "each was asked on the bookmark's date or later"
        oldest = min(since, key=lambda slug: asked[slug])
        return order.again(oldest, asked[oldest])
    unasked = [slug for slug in order.ahead(mark, len(order)) if slug not in asked]
    assert len(unasked) == mark.unasked, "every unasked question is ahead"
    straight = order.straight_on(mark)
    return straight or order.fresh(unasked[0], mark)


@ANY
@given(some_of_ten, histories, seeds)
def test_the_rule_is_what_the_plain_one_says(
    bank: list[QuestionSlug], history: list[QuestionSlug], seed: int
) -> None:
    asked = dates_of(history)
    assert drawn(bank, asked, seed) == next_question(bank, asked, seed)


@ANY
@given(some_of_ten, histories, seeds)
def test_from_any_history_on_the_bookmark_draws_what_the_rule_draws(
    bank: list[QuestionSlug], history: list[QuestionSlug], seed: int
) -> None:
    order = Deck.of(bank).shuffled(seed)
    asked = dates_of(history)
    draw = order.exactly(asked)
    for day in range(len(history), len(history) + 2 * len(bank) + 2):
        assert draw is not None
        assert draw.question == next_question(bank, asked, seed)
        asked[draw.question] = DAY_ONE + timedelta(days=day)
        assert draw.bookmark.unasked == len({*bank} - {*asked})
        draw = by_the_short_way(order, draw.bookmark, asked)


@ANY
@given(banks, seeds)
def test_a_deck_that_nothing_disturbs_needs_no_more_than_its_bookmark(
    bank: list[QuestionSlug], seed: int
) -> None:
    order = Deck.of(bank).shuffled(seed)
    draw = order.exactly({})
    turn = []
    while draw is not None:
        turn.append(draw.question)
        draw = order.straight_on(draw.bookmark)
    assert turn == asked_in_turn(bank, seed, len(bank))


@ANY
@given(banks, slugs)
def test_the_contents_are_those_of_the_same_questions_only(
    bank: list[QuestionSlug], other: QuestionSlug
) -> None:
    assert Deck.of(bank).contents == Deck.of(reversed(bank)).contents
    changed = {*bank} ^ {other}
    assert Deck.of(changed).contents != Deck.of(bank).contents


def test_schedules_share_the_orders_of_a_bank() -> None:
    deck = Deck.of(TEN)
    for seed in range(1_000):
        deck.shuffled(seed)
    assert len(deck._rings) <= 64

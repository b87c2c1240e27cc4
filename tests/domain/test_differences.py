"""What changed between two texts, short enough to be read."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.differences import MOST_SHOWN, Change, Piece, compare

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d", "the", "one"]), max_size=80).map(" ".join)


def test_one_word_in_a_long_text_is_shown_with_a_little_around_it() -> None:
    before = f"{'start ' * 50}the cache is fast and {'end ' * 50}"
    compared = compare(before, before.replace("fast", "slow"))
    assert not compared.is_cut
    assert Piece(Change.REMOVED, " fast") in compared.pieces
    assert Piece(Change.ADDED, " slow") in compared.pieces
    assert sum(len(piece.text) for piece in compared.pieces) < 200


def test_a_sentence_replaced_by_another_is_one_change() -> None:
    compared = compare("I use the same cache for it.", "Then the queue holds it back.")
    assert [piece.change for piece in compared.pieces] == [Change.REMOVED, Change.ADDED]


def test_what_was_added_shows_beside_much_that_was_removed() -> None:
    before = " ".join(str(number) for number in range(2_000))
    compared = compare(before, "short")
    assert compared.is_cut
    assert compared.pieces[-1] == Piece(Change.ADDED, "short")


def test_a_text_of_one_word_is_compared_in_no_time() -> None:
    compared = compare("word " * 1_800, "word " * 1_799 + "end")
    assert any(piece.change is Change.ADDED for piece in compared.pieces)


@given(WORDS, WORDS)
def test_a_short_comparison_holds_both_texts(before: str, after: str) -> None:
    compared = compare(before, after)
    assert sum(len(piece.text) for piece in compared.pieces) <= MOST_SHOWN + 10
    if any(" … " in piece.text for piece in compared.pieces):
        return
    kept = dict.fromkeys(Change, "")
    for piece in compared.pieces:
        for change in Change:
            if piece.change in (change, Change.SAME):
                kept[change] += piece.text
    assert kept[Change.REMOVED].split() == before.split()
    assert kept[Change.ADDED].split() == after.split()


@given(WORDS)
def test_the_same_text_has_no_change(text: str) -> None:
    assert {piece.change for piece in compare(text, text).pieces} <= {Change.SAME}

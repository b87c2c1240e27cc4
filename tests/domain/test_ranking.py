"""The board: equal streaks share a rank."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import MemberId
from bot.domain.ranking import BoardRow, Standing, ranked


def standings(streaks: list[int]) -> list[Standing]:
    """Return standings with these streaks, which differ in everything else."""
    return [
        Standing(MemberId(f"U{n}"), streak, best=streak + n, freezes=n % 3, answered=99, recent=n)
        for n, streak in enumerate(streaks)
    ]


@pytest.mark.parametrize(
    ("streaks", "first_rank", "ranks"),
    [
        pytest.param([], 1, [], id="nobody"),
        pytest.param([7], 1, [1], id="one member"),
        pytest.param([9, 7, 4], 1, [1, 2, 3], id="all different"),
        pytest.param([9, 9, 4], 1, [1, 1, 3], id="two share the first, nobody is second"),
        pytest.param([9, 7, 7, 4], 1, [1, 2, 2, 4], id="two share the second"),
        pytest.param([9, 9, 9, 4, 4, 1], 1, [1, 1, 1, 4, 4, 6], id="three share"),
        pytest.param([0, 0, 0], 1, [1, 1, 1], id="nobody has a streak"),
        pytest.param([7, 7, 4], 11, [11, 11, 13], id="a second page"),
        pytest.param([3], 42, [42], id="the reader's own row"),
    ],
)
def test_ties_share_a_rank_and_the_next_rank_skips(
    streaks: list[int], first_rank: int, ranks: list[int]
) -> None:
    assert [row.rank for row in ranked(standings(streaks), first_rank)] == ranks


def test_rows_keep_the_order_and_the_facts_they_came_with() -> None:
    given_order = standings([9, 7, 7, 4])
    assert [row.standing for row in ranked(given_order)] == given_order


@settings(deadline=None)
@given(st.lists(st.integers(0, 6), max_size=20), st.integers(1, 50))
def test_a_rank_is_one_more_than_the_members_ahead(streaks: list[int], first_rank: int) -> None:
    in_order = standings(sorted(streaks, reverse=True))
    expected = tuple(
        BoardRow(first_rank + sum(other.streak > one.streak for other in in_order), one)
        for one in in_order
    )
    assert ranked(in_order, first_rank) == expected

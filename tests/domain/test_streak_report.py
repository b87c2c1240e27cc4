"""The explanation of a streak: which rounds are told one by one, and what is said of the rest."""

from datetime import timedelta

import pytest

from bot.domain.ids import MessageTs, RoundId
from bot.domain.streak_report import MOST_EXPLAINED, explained
from bot.domain.streaks import Mark, PostedRound, Step, Streak, steps
from proof.oracles.histories import FIRST_DAY, ts


def fold_of(answered: str) -> list[Step]:
    """Fold a history written as letters: "a" is an answered round, "-" is one without answer."""
    posted = [
        PostedRound(RoundId(n), FIRST_DAY + timedelta(days=n), ts(100 * n), ts(100 * n + 100))
        for n in range(len(answered))
    ]
    answers: dict[RoundId, MessageTs] = {
        RoundId(n): ts(100 * n + 50) for n, letter in enumerate(answered) if letter == "a"
    }
    return list(steps(posted, answers))


def test_who_never_answered_has_nothing_explained() -> None:
    assert explained(fold_of("---"), FIRST_DAY) is None


def test_rounds_are_told_newest_first_with_the_streak_on_both_sides() -> None:
    facts = explained(fold_of("-aa-a"), FIRST_DAY)
    assert facts is not None
    assert [(one.mark, one.before, one.after) for one in facts.rounds] == [
        (Mark.ANSWERED, 0, 1),
        (Mark.MISSED, 2, 0),
        (Mark.ANSWERED, 1, 2),
        (Mark.ANSWERED, 0, 1),
    ]
    assert facts.streak == Streak(current=1, best=2, freezes=0, answered=3)
    assert (facts.older, facts.older_answered) == (0, 0)


@pytest.mark.parametrize("extra", [0, 1, 40])
def test_only_the_newest_are_told_one_by_one_and_the_rest_is_counted(extra: int) -> None:
    older = ("a-" * extra)[:extra]
    facts = explained(fold_of(older + "a" * MOST_EXPLAINED), FIRST_DAY)
    assert facts is not None
    assert len(facts.rounds) == MOST_EXPLAINED
    assert (facts.older, facts.older_answered) == (extra, older.count("a"))


def test_the_oldest_round_told_knows_the_streak_before_it() -> None:
    facts = explained(fold_of("aaa" + "a" * MOST_EXPLAINED), FIRST_DAY)
    assert facts is not None
    assert (facts.rounds[-1].before, facts.rounds[-1].after) == (3, 4)

"""The streak rule: a table of cases, and a proof against its definition over any history."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.answering import Reply, counts, newest
from bot.domain.ids import ChannelId, MemberId, MessageTs, RoundId
from bot.domain.streaks import AwayRange, Mark, PostedRound, Streak, fold, is_answered, steps
from proof.oracles.histories import (
    AT_FIRST,
    LETTERS,
    Fate,
    History,
    earliest,
    histories,
    lived,
    starts,
    ts,
    written,
)
from proof.oracles.streaks import Oracle

ANY = settings(deadline=None, max_examples=150)
NEUTRAL = {Mark.VOID, Mark.EXCUSED, Mark.OPEN}


def folded(history: History, start: Streak = AT_FIRST) -> Streak:
    return fold(history.rounds, history.earliest, history.away, start)


def marks(letters: str) -> list[str]:
    history = written(letters)
    lines = steps(history.rounds, history.earliest, history.away)
    return [line.mark.value for line in lines]


# --- a table of cases -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "current", "best", "freezes", "answered"),
    [
        pytest.param("", 0, 0, 0, 0, id="nothing was asked"),
        pytest.param("---", 0, 0, 0, 0, id="never answered"),
        pytest.param("a", 1, 1, 0, 1, id="the first answer"),
        pytest.param("--aa", 2, 2, 0, 2, id="joined late"),
        pytest.param("aa-", 0, 2, 0, 2, id="a miss ends it"),
        pytest.param("aa-a", 1, 2, 0, 3, id="begun anew, the best stays"),
        pytest.param("aal", 0, 2, 0, 2, id="an answer after closing is a miss"),
        pytest.param("aab", 0, 2, 0, 2, id="an answer at the moment of closing is late"),
        pytest.param("aao", 2, 2, 0, 2, id="an open round does not break it"),
        pytest.param("aaO", 3, 3, 0, 3, id="an answered open round counts at once"),
        pytest.param("aaaa", 4, 4, 0, 4, id="four earn no freeze"),
        pytest.param("aaaaa", 5, 5, 1, 5, id="five earn one freeze"),
        pytest.param("aaaaaaaaa", 9, 9, 1, 9, id="nine still one"),
        pytest.param("aaaaaaaaaa", 10, 10, 2, 10, id="ten earn the second"),
        pytest.param("aaaaaaaaaaaaaaa", 15, 15, 2, 15, id="a third freeze is not held"),
        pytest.param("aaaaa-", 5, 5, 0, 5, id="a freeze is spent on a miss"),
        pytest.param("aaaaa-a", 6, 6, 0, 6, id="and the streak goes on"),
        pytest.param("aaaaa-aaaaa", 10, 10, 1, 10, id="a frozen round adds nothing"),
        pytest.param("aaaaa--", 0, 5, 0, 5, id="two misses with one freeze"),
        pytest.param("aaaaaaaaaa--", 10, 10, 0, 10, id="two misses with two freezes"),
        pytest.param("aaaaaaaaaa---", 0, 10, 0, 10, id="three misses with two freezes"),
        pytest.param("aaaaaaaaaaaaaaa---", 0, 15, 0, 15, id="the third was never held"),
        pytest.param("aaaaaaaaaaaaaa-a", 15, 15, 2, 15, id="spent at 14, earned again at 15"),
        pytest.param("aaaa-a", 1, 4, 0, 5, id="five in all, but not running, earn nothing"),
        pytest.param("aavaa", 4, 4, 0, 4, id="a void round"),
        pytest.param("aaVa", 1, 2, 0, 3, id="a message deleted after closing is no excuse"),
        pytest.param("aaBa", 1, 2, 0, 3, id="nor at the moment of closing"),
        pytest.param("aaAa", 4, 4, 0, 4, id="answered, then deleted: it counts"),
        pytest.param("aawwwa", 3, 3, 0, 3, id="away"),
        pytest.param("aawWwa", 4, 4, 0, 4, id="away, and answered all the same"),
        pytest.param("aaaaaww", 5, 5, 1, 5, id="being away spends no freeze"),
        pytest.param("-----a-", 0, 1, 0, 1, id="misses before the first answer cost nothing"),
    ],
)
def test_a_history_comes_to_this_streak(
    letters: str, current: int, best: int, freezes: int, answered: int
) -> None:
    expected = Streak(current=current, best=best, freezes=freezes, answered=answered)
    assert folded(written(letters)) == expected


def test_an_answer_after_midnight_counts_while_the_question_is_open() -> None:
    monday = PostedRound(
        id=RoundId(1),
        local_date=date(2026, 3, 2),
        opened_ts=MessageTs("1772442000.000000"),  # Monday 09:00 UTC
        closed_ts=MessageTs("1772528400.000000"),  # Tuesday 09:00 UTC
    )
    half_past_midnight = MessageTs("1772497800.000000")  # Tuesday 00:30 UTC
    assert fold([monday], {monday.id: half_past_midnight}).current == 1


def test_an_away_range_that_ends_midway_excuses_only_its_own_days() -> None:
    history = written("aa---a")
    away = AwayRange(history.rounds[2].local_date, history.rounds[3].local_date)
    assert fold(history.rounds, history.earliest, [away]).current == 1
    longer = AwayRange(away.first, history.rounds[4].local_date)
    assert fold(history.rounds, history.earliest, [longer]).current == 3


def test_both_ends_of_an_away_range_are_days_away() -> None:
    away = AwayRange(date(2026, 8, 3), date(2026, 8, 5))
    inside = [date(2026, 8, 2) + timedelta(days=n) for n in range(5)]
    assert [away.covers(day) for day in inside] == [False, True, True, True, False]


def test_the_explanation_begins_with_the_first_answered_round() -> None:
    assert marks("--laa") == ["answered", "answered"]
    assert marks("---") == []


def test_the_explanation_names_what_each_round_came_to() -> None:
    assert marks("aaaaa-v w-Oo".replace(" ", "")) == [
        *["answered"] * 5,
        "frozen",
        "void",
        "excused",
        "missed",
        "answered",
        "open",
    ]


def test_a_round_deleted_while_a_member_was_away_is_void() -> None:
    history = written("av")
    away = AwayRange(date(2026, 1, 1), date(2026, 12, 31))
    assert [s.mark for s in steps(history.rounds, history.earliest, [away])][1] is Mark.VOID


def test_an_open_round_whose_message_was_deleted_is_void() -> None:
    history = lived([LETTERS["a"], Fate(voided=50, closes=False)])
    assert [s.mark for s in steps(history.rounds, history.earliest)] == [Mark.ANSWERED, Mark.VOID]


def test_a_round_is_answered_before_its_closing_and_never_from_then_on() -> None:
    closed = PostedRound(RoundId(1), date(2026, 3, 2), ts(0), closed_ts=ts(100))
    still_open = replace(closed, closed_ts=None)
    assert is_answered(closed, ts(99))
    assert not is_answered(closed, ts(100))
    assert not is_answered(closed, None)
    assert is_answered(still_open, ts(1_000_000))
    assert not is_answered(still_open, None)


# --- any history ----------------------------------------------------------------------------------


@settings(ANY, max_examples=400)
@given(histories(), starts())
def test_the_fold_is_what_the_definition_says(history: History, start: Streak) -> None:
    assert folded(history, start) == Oracle(history, start).streak()


@ANY
@given(histories())
def test_each_line_of_the_explanation_is_what_the_definition_says(history: History) -> None:
    lines = list(steps(history.rounds, history.earliest, history.away))
    places = list(range(len(history.rounds)))
    oracle = Oracle(history)
    ends = oracle.ends()
    first = min((place for place in places if oracle.answered(place)), default=len(places))
    assert [line.round for line in lines] == list(history.rounds[first:])
    for place, line in zip(places[first:], lines, strict=True):
        assert line.mark is oracle.mark(place, ends)
        assert line.streak.current == oracle.run(place, ends)


@ANY
@given(histories(), starts(), st.data())
def test_folding_in_two_parts_is_folding_the_whole(
    history: History, start: Streak, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(history.rounds)))
    first, rest = history.rounds[:cut], history.rounds[cut:]
    halfway = fold(first, history.earliest, history.away, start)
    assert fold(rest, history.earliest, history.away, halfway) == folded(history, start)
    lines = [
        *steps(first, history.earliest, history.away, start),
        *steps(rest, history.earliest, history.away, halfway),
    ]
    assert lines == list(steps(history.rounds, history.earliest, history.away, start))


@ANY
@given(histories(), st.data())
def test_the_order_and_the_repetition_of_facts_change_nothing(
    history: History, data: st.DataObject
) -> None:
    answers = data.draw(st.permutations(history.answers * 2))
    away = data.draw(st.permutations(history.away * 2))
    assert fold(history.rounds, earliest(answers), away) == folded(history)


@ANY
@given(histories(), starts())
def test_a_round_that_is_excused_void_or_open_changes_nothing(
    history: History, start: Streak
) -> None:
    before = start
    for line in steps(history.rounds, history.earliest, history.away, start):
        if line.mark in NEUTRAL:
            assert line.streak == before
        before = line.streak


@ANY
@given(histories(), starts())
def test_freezes_stay_between_none_and_two_and_the_best_is_never_beaten(
    history: History, start: Streak
) -> None:
    for line in steps(history.rounds, history.earliest, history.away, start):
        assert 0 <= line.streak.freezes <= 2
        assert 0 <= line.streak.current <= line.streak.best <= line.streak.answered


@ANY
@given(histories(), starts())
def test_the_last_line_of_the_explanation_is_the_streak(history: History, start: Streak) -> None:
    lines = list(steps(history.rounds, history.earliest, history.away, start))
    last = lines[-1].streak if lines else start
    assert last == folded(history, start)


@ANY
@given(histories(), st.lists(st.integers(1, 30), min_size=60, max_size=60))
def test_days_without_a_question_change_nothing(history: History, pauses: list[int]) -> None:
    spread = [
        replace(posted, local_date=posted.local_date + timedelta(days=sum(pauses[: place + 1])))
        for place, posted in enumerate(history.rounds)
    ]
    assert fold(spread, history.earliest) == fold(history.rounds, history.earliest)


@ANY
@given(histories(), starts())
def test_an_idle_streak_is_one_that_unanswered_rounds_leave_as_it_is(
    history: History, start: Streak
) -> None:
    silent = replace(history, answers=())
    three_misses = written("---")
    assert folded(silent, start) == start or not start.is_idle
    assert (folded(three_misses, start) == start) == start.is_idle


# --- any news of replies --------------------------------------------------------------------------

MINIMUM_WORDS = 5
ASKED = written("-------o").rounds


@st.composite
def _news(draw: st.DrawFn) -> list[Reply]:
    """Draw everything one member's replies went through: versions, and perhaps a deletion."""
    news: list[Reply] = []
    for number in range(draw(st.integers(0, 12))):
        posted = draw(st.sampled_from(ASKED))
        sent = int(float(posted.opened_ts) - float(ts(0))) + draw(st.sampled_from([5, 99, 105]))
        first = Reply(
            channel_id=ChannelId("C1"),
            thread_ts=posted.opened_ts,
            ts=MessageTs(f"{ts(sent)[:-6]}{number:06}"),
            member_id=MemberId("U1"),
            words=draw(st.integers(0, 9)),
            has_file=draw(st.sampled_from([False, False, True])),
        )
        news.append(first)
        for edit in range(draw(st.integers(0, 2))):
            words = draw(st.integers(0, 9))
            news.append(replace(first, words=words, edited_ts=ts(sent + 10 * edit + 10)))
        if draw(st.sampled_from([False, False, True])):
            news.append(replace(news[-1], deleted=True))
    return news


def _judged(news: list[Reply]) -> dict[RoundId, MessageTs]:
    known: dict[MessageTs, Reply] = {}
    for reply in news:
        known[reply.ts] = newest(known.get(reply.ts), reply)
    return _answers([reply for reply in known.values() if counts(reply, MINIMUM_WORDS)])


def _answers(standing: list[Reply]) -> dict[RoundId, MessageTs]:
    rounds = {posted.opened_ts: posted.id for posted in ASKED}
    return dict(earliest((rounds[reply.thread_ts], reply.ts) for reply in standing))


@ANY
@given(_news(), st.data())
def test_news_of_replies_late_twice_and_in_any_order_makes_the_same_streak(
    news: list[Reply], data: st.DataObject
) -> None:
    withdrawn = {reply.ts for reply in news if reply.deleted}
    last_version = {reply.ts: reply for reply in news}  # drawn in the order of writing
    standing = [
        reply
        for reply in last_version.values()
        if reply.ts not in withdrawn and (reply.words >= MINIMUM_WORDS or reply.has_file)
    ]
    stirred = data.draw(st.permutations(news + news[::2]))
    assert fold(ASKED, _judged(stirred)) == fold(ASKED, _answers(standing))

"""How the Home looks, and how it reads."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.home import HOME_BOARD_SIZE, MOST_SCHEDULES, HomeSchedule, MemberHome
from bot.domain.ids import ChannelId, InstallationId, MemberId, ScheduleId
from bot.domain.ranking import Board, BoardRow, Standing, ranked
from bot.domain.schedules import WORKING_DAYS, Schedule, ScheduleState, Timing
from bot.domain.streak_report import LatestRound
from bot.features.home import view
from sandbox.block_rules import faults_in_view
from sandbox.reading import view_as_text

NAMES = {"U0": "alice", "U1": "bob", "U2": "carol", "C1": "interview-prep", "C2": "go-guild"}
NINE = Timing(time(9), ZoneInfo("Europe/Berlin"), WORKING_DAYS)
NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
HUGE = 10**30


def schedule(number: int = 1, state: ScheduleState = ScheduleState.RUNNING) -> Schedule:
    return Schedule(
        id=ScheduleId(number),
        installation_id=InstallationId(1),
        channel_id=ChannelId(f"C{number}"),
        owner_id=MemberId("U9"),
        timing=NINE,
        state=state,
        seed=1,
        next_due=NINE.next_due(NOW) if state is ScheduleState.RUNNING else None,
    )


def standing(number: int, streak: int, best: int = 20) -> Standing:
    return Standing(MemberId(f"U{number}"), streak, best, freezes=1, answered=31, recent=9)


BOB = standing(1, 7)
ROWS = ranked([standing(0, 12), BOB, standing(2, 7)])
BOARD = Board(ScheduleId(1), ChannelId("C1"), ROWS, ROWS[1], 3)
PART = HomeSchedule(schedule(), BOB, LatestRound.WAITING, BOARD)


def home_of(*parts: HomeSchedule, more: int = 0) -> MemberHome:
    return MemberHome(MemberId("U1"), parts, more, NOW)


def read(facts: MemberHome) -> str:
    payload = view.home(facts).payload()
    assert faults_in_view(payload) == []
    return view_as_text(payload, NAMES)


def test_a_member_sees_where_they_stand() -> None:
    assert read(home_of(PART)) == snapshot("""\
Your practice
=============

*#interview-prep*
A question is open: reply in its thread to reach 8.
The next one comes Wednesday, 4 March at 09:00.
*Streak*   *Best*
7          20

*Freezes*  *Answered*
1          31

*Leaderboard*
1. @alice: streak *12*, best 20, 9 in the last 30 days
2. @bob: streak *7*, best 20, 9 in the last 30 days
2. @carol: streak *7*, best 20, 9 in the last 30 days

────────────────────────────────────────

`/prep random` gives you a question to practise right away.

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

Updated 3 March at 09:30 UTC\
""")


def test_who_has_no_streak_is_shown_by_an_example_how_to_begin() -> None:
    assert read(home_of()) == snapshot("""\
Start your first streak
=======================

You have no streak yet in the channels you are in. It begins with one reply:
1. Open the channel where Prep asks the daily question.
2. Reply in the thread of that question, in your own words.
3. Prep marks your reply with ✅, and your streak is *1*.

For example, Prep asks: _What does a mutex protect?_
You reply: _Data that two threads would otherwise change at the same time._

`/prep random` gives you a question to practise right away.
`/prep setup` starts a daily question in a channel of yours.

Updated 3 March at 09:30 UTC\
""")


def test_a_board_that_is_settling_says_so() -> None:
    shown = read(home_of(replace(PART, board=replace(BOARD, settling=True))))
    assert "A question has just closed: places may still change." in shown


def test_a_member_further_down_the_board_is_told_where_they_are() -> None:
    mine = BoardRow(14, standing(1, 2))
    board = replace(BOARD, mine=mine, members=87)
    part = replace(PART, standing=mine.standing, board=board, latest=LatestRound.ANSWERED)
    assert read(home_of(part)) == snapshot("""\
Your practice
=============

*#interview-prep*
You have answered the open question.
The next one comes Wednesday, 4 March at 09:00.
*Streak*   *Best*
2          20

*Freezes*  *Answered*
1          31

*Leaderboard*, the first 3 of 87
1. @alice: streak *12*, best 20, 9 in the last 30 days
2. @bob: streak *7*, best 20, 9 in the last 30 days
2. @carol: streak *7*, best 20, 9 in the last 30 days
You are 14th: streak *2*, best 20, 9 in the last 30 days

────────────────────────────────────────

`/prep random` gives you a question to practise right away.

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

Updated 3 March at 09:30 UTC\
""")


@pytest.mark.parametrize(
    ("latest", "told"),
    [
        (LatestRound.WAITING, "A question is open: reply in its thread to reach 8."),
        (LatestRound.ANSWERED, "You have answered the open question."),
        (LatestRound.NOT_OPEN, "No question is open right now."),
    ],
)
def test_the_open_question_comes_first(latest: LatestRound, told: str) -> None:
    lines = read(home_of(replace(PART, latest=latest))).split("\n")
    assert lines[lines.index("*#interview-prep*") + 1] == told


def test_the_next_question_is_told_in_each_readers_own_time() -> None:
    payload = view.home(home_of(PART)).payload()
    (moment,) = [
        b for b in payload["blocks"] if "The next one" in b.get("text", {}).get("text", "")
    ]
    due = PART.schedule.next_due
    assert due is not None
    assert f"<!date^{int(due.at.timestamp())}^" in moment["text"]["text"]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ScheduleState.PAUSED, "The questions here are paused; `/prep setup` starts them again."),
        (
            ScheduleState.STOPPED,
            "The questions here have stopped; `/prep setup` starts them again.",
        ),
    ],
)
def test_a_schedule_that_does_not_run_says_so(state: ScheduleState, told: str) -> None:
    assert told in read(home_of(replace(PART, schedule=schedule(state=state))))


def test_without_knowing_the_channels_no_other_member_is_named() -> None:
    told = read(home_of(replace(PART, board=None)))
    assert "@" not in told
    assert told == snapshot("""\
Your practice
=============

*#interview-prep*
A question is open: reply in its thread to reach 8.
The next one comes Wednesday, 4 March at 09:00.
*Streak*   *Best*
7          20

*Freezes*  *Answered*
1          31

The board could not be read just now. Open Home in a minute, or ask whoever runs Prep.

────────────────────────────────────────

`/prep random` gives you a question to practise right away.

Updated 3 March at 09:30 UTC\
""")


def test_schedules_that_do_not_fit_are_counted() -> None:
    parts = [replace(PART, schedule=schedule(n)) for n in range(MOST_SCHEDULES)]
    told = read(home_of(*parts, more=3))
    assert told.count("*Leaderboard*") == MOST_SCHEDULES
    assert "And 3 more: `/prep streak` in a channel shows yours there." in told


@example(streaks=[HUGE] * HOME_BOARD_SIZE, schedules=MOST_SCHEDULES, name="x" * 3_000, more=HUGE)
@example(streaks=[0], schedules=1, name="<!channel>|\x00&", more=0)
@given(
    streaks=st.lists(st.integers(0, HUGE), min_size=1, max_size=HOME_BOARD_SIZE),
    schedules=st.integers(1, MOST_SCHEDULES),
    name=st.text(max_size=3_000),
    more=st.integers(0, HUGE),
)
def test_slack_takes_whatever_stands_on_it(
    streaks: list[int], schedules: int, name: str, more: int
) -> None:
    rows = ranked(
        [replace(BOB, member_id=MemberId(name), streak=one, best=HUGE) for one in streaks]
    )
    mine = BoardRow(HUGE, replace(BOB, member_id=MemberId(name), streak=HUGE))
    board = replace(BOARD, rows=rows, mine=mine, members=HUGE)
    part = HomeSchedule(schedule(), mine.standing, LatestRound.WAITING, board)
    payload = view.home(home_of(*[part] * schedules, more=more)).payload()
    assert faults_in_view(payload) == []


@pytest.mark.parametrize("name", ["<!channel>", "C1|<!here>", "\x00\u2028", "*bold*", "x" * 3_000])
def test_a_channel_with_an_odd_id_alarms_nobody(name: str) -> None:
    part = replace(PART, schedule=replace(schedule(), channel_id=ChannelId(name)))
    payload = view.home(home_of(part)).payload()
    assert faults_in_view(payload) == []
    assert "<!channel>" not in str(payload)
    assert "<!here>" not in str(payload)


def test_an_empty_board_is_not_drawn() -> None:
    part = replace(PART, board=replace(BOARD, rows=(), mine=None, members=0))
    assert "*Leaderboard*" not in read(home_of(part))

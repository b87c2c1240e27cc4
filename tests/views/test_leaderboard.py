"""How a board looks, and how it reads."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.ids import ChannelId, MemberId, ScheduleId
from bot.domain.ranking import BOARD_SIZE, Board, BoardRow, Standing, ranked
from bot.features.leaderboard import view
from bot.slack.blocks import Message
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text

NAMES = {f"U{n}": name for n, name in enumerate(("alice", "bob", "carol", "dan", "erin"))}
CHOSEN = {MemberId(member): name.title() for member, name in NAMES.items()}
HUGE = 10**30


def standing(number: int, streak: int, best: int, recent: int) -> Standing:
    return Standing(MemberId(f"U{number}"), streak, best, freezes=1, answered=99, recent=recent)


THREE = ranked([standing(0, 12, 20, 14), standing(1, 7, 7, 7), standing(2, 7, 7, 1)])


def board(rows: tuple[BoardRow, ...], mine: BoardRow | None, members: int) -> Board:
    return Board(ScheduleId(7), ChannelId("C1"), rows, mine, members)


def read(message: Message) -> str:
    assert faults_in_message(message.payload()) == []
    return message_as_text(message.payload(), NAMES)


def spoken(message: Message) -> str:
    return message_as_text({"text": message.payload()["text"]}, NAMES)


def button_of(message: Message) -> str:
    (row,) = (block for block in message.blocks if block["type"] == "actions")
    (element,) = row["elements"]
    return f"{element['action_id']} {element['value']}"


def test_a_member_on_the_board_sees_ranks_with_ties_and_may_show_it() -> None:
    assert read(view.private(board(THREE, THREE[1], 3))) == snapshot("""\
Leaderboard
===========

1. @alice: streak *12*, best 20, 14 in the last 30 days
2. @bob: streak *7*, best 7, 7 in the last 30 days
2. @carol: streak *7*, best 7, 1 in the last 30 days

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

[ Show In Channel ]\
""")


def test_past_a_thousand_nobody_is_counted() -> None:
    mine = BoardRow(1_001, standing(4, 2, 9, 4))
    shown = read(view.private(board(THREE, mine, 1_001)))
    assert "You are past the first 1,000: streak *2*" in shown
    assert "The first 3 of more than 1,000 members." in shown
    exactly = read(view.private(board(THREE, replace(mine, rank=1_000), 1_000)))
    assert "You are 1000th: streak *2*" in exactly
    assert "The first 3 of 1000 members." in exactly


def test_a_board_that_is_settling_says_so() -> None:
    settling = replace(board(THREE, None, 3), settling=True)
    shown = read(view.private(settling))
    assert "A question has just closed: places may still change. A streak counts" in shown
    assert "just closed" in read(view.public(settling, MemberId("U1"), CHOSEN))


def test_a_member_further_down_is_told_where_they_stand() -> None:
    mine = BoardRow(14, standing(4, 2, 9, 4))
    assert read(view.private(board(THREE, mine, 87))) == snapshot("""\
Leaderboard
===========

1. @alice: streak *12*, best 20, 14 in the last 30 days
2. @bob: streak *7*, best 7, 7 in the last 30 days
2. @carol: streak *7*, best 7, 1 in the last 30 days

You are 14th: streak *2*, best 9, 4 in the last 30 days

The first 3 of 87 members. A streak counts questions, not days. Equal streaks share a
rank. The last number counts the questions answered in the last 30 days.

[ Show In Channel ]\
""")


def test_a_member_who_never_answered_is_invited() -> None:
    assert read(view.private(board(THREE, None, 3))) == snapshot("""\
Leaderboard
===========

1. @alice: streak *12*, best 20, 14 in the last 30 days
2. @bob: streak *7*, best 7, 7 in the last 30 days
2. @carol: streak *7*, best 7, 1 in the last 30 days

You are not on the board yet: reply in the thread of one question and you are.

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

[ Show In Channel ]\
""")


def test_an_empty_board_invites_and_has_nothing_to_show() -> None:
    assert read(view.private(board((), None, 0))) == snapshot("""\
Nobody is on this board yet. Reply in the thread of the daily question, and the first
place is yours.\
""")


def test_a_shared_board_names_who_shared_it_and_nobody_in_particular() -> None:
    mine = BoardRow(14, standing(4, 2, 9, 4))
    assert read(view.public(board(THREE, mine, 3), MemberId("U3"), CHOSEN)) == snapshot("""\
Leaderboard
===========

1. Alice: streak *12*, best 20, 14 in the last 30 days
2. Bob: streak *7*, best 7, 7 in the last 30 days
2. Carol: streak *7*, best 7, 1 in the last 30 days

Shared by Dan · A streak counts questions, not days. Equal streaks share a rank. The
last number counts the questions answered in the last 30 days.\
""")


def test_a_shared_board_rings_nobody() -> None:
    message = view.public(board(THREE, None, 3), MemberId("U3"), CHOSEN)
    assert "<" not in str(message.payload())
    assert "@" not in str(message.payload())


def test_whoever_slack_does_not_name_is_a_member_all_the_same() -> None:
    known = {MemberId("U0"): "Alice", MemberId("U1"): "", MemberId("U2"): "\u200b \x00"}
    assert spoken(view.public(board(THREE, None, 3), MemberId("U3"), known)) == snapshot("""\
Leaderboard:
1. Alice: streak *12*, best 20, 14 in the last 30 days
2. a member: streak *7*, best 7, 7 in the last 30 days
2. a member: streak *7*, best 7, 1 in the last 30 days
Shared by a member\
""")


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ("Zoë O'Neil-Åberg", "Zoë O'Neil-Åberg"),
        ("R&amp;D", "R&D"),
        ("R&D", "R&D"),
        ("two\nlines", "two lines"),
        ("\u202egnikcab", "gnikcab"),
        ("x" * 3_000, "x" * 39 + "…"),
        ("<!channel>", "<!channel>"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("<@U1|alice>", "<@\u2060U1|alice>"),
        ("@here", "@\u2060here"),
        ("#general", "#\u2060general"),
    ],
)
def test_a_chosen_name_stays_a_name(chosen: str, shown: str) -> None:
    names = {MemberId("U0"): chosen, MemberId("U3"): chosen}
    message = view.public(board(THREE, None, 3), MemberId("U3"), names)
    assert f"1. {shown}: streak *12*" in spoken(message)
    assert spoken(message).endswith(f"Shared by {shown}")
    assert "<" not in str(message.payload())
    assert faults_in_message(message.payload()) == []


def test_the_text_of_a_private_board_names_the_same_facts() -> None:
    mine = BoardRow(14, standing(4, 2, 9, 4))
    assert spoken(view.private(board(THREE, mine, 87))) == snapshot("""\
Leaderboard:
1. @alice: streak *12*, best 20, 14 in the last 30 days
2. @bob: streak *7*, best 7, 7 in the last 30 days
2. @carol: streak *7*, best 7, 1 in the last 30 days
You are 14th: streak *2*, best 9, 4 in the last 30 days\
""")


def test_the_text_of_a_shared_board_names_the_same_facts() -> None:
    assert spoken(view.public(board(THREE, None, 3), MemberId("U3"), CHOSEN)) == snapshot("""\
Leaderboard:
1. Alice: streak *12*, best 20, 14 in the last 30 days
2. Bob: streak *7*, best 7, 7 in the last 30 days
2. Carol: streak *7*, best 7, 1 in the last 30 days
Shared by Dan\
""")


def test_ranks_of_one_and_of_two_digits_line_up() -> None:
    ten = ranked([standing(n, 20 - n, 20, 1) for n in range(10)])
    rows = read(view.private(board(ten, ten[0], 10))).splitlines()[3:13]
    assert {row.index(".") for row in rows} == {2}


def test_the_button_names_the_schedule() -> None:
    assert button_of(view.private(board(THREE, None, 3))) == "show_board 7"


def test_what_takes_the_place_of_a_shown_board_has_no_button() -> None:
    message = view.shown()
    assert read(message) == snapshot("The board is in the channel now.")
    assert "actions" not in {block["type"] for block in message.blocks}


@pytest.mark.parametrize(
    ("rank", "words"),
    [
        (1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (10, "10th"), (11, "11th"), (12, "12th"),
        (13, "13th"), (20, "20th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (101, "101st"),
        (111, "111th"), (112, "112th"), (913, "913th"),
    ],
)  # fmt: skip
def test_a_rank_is_said_as_a_person_would(rank: int, words: str) -> None:
    mine = BoardRow(rank, standing(4, 2, 9, 4))
    assert f"You are {words}:" in spoken(view.private(board(THREE, mine, 2_000)))


@given(
    st.lists(
        st.builds(
            Standing,
            st.text(min_size=1, max_size=64).map(MemberId),
            *[st.integers(0, HUGE)] * 5,
        ),
        max_size=BOARD_SIZE,
    ),
    st.integers(1, HUGE),
    st.text(),
)
def test_any_board_is_one_that_slack_takes(standings: list[Standing], rank: int, name: str) -> None:
    mine = BoardRow(rank, standing(4, HUGE, HUGE, HUGE))
    one = board(ranked(standings), mine, HUGE)
    assert faults_in_message(view.private(one).payload()) == []
    if one.rows:
        names = {row.standing.member_id: name for row in one.rows}
        assert faults_in_message(view.public(one, MemberId("U3"), names).payload()) == []


def test_a_member_that_is_none_cannot_call_the_channel() -> None:
    odd = ranked([Standing(MemberId("!channel> \x00<!here"), HUGE, HUGE, 0, HUGE, HUGE)])
    message = view.private(board(odd, None, HUGE))
    assert faults_in_message(message.payload()) == []
    assert "<!" not in str(message.payload())

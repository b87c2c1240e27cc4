"""How the daily question reads: the card in its three ages, and what `/prep today` says."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from inline_snapshot import snapshot

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId, ScheduleId
from bot.domain.local_time import Due
from bot.domain.questions import Question
from bot.domain.rounds import Card
from bot.domain.schedules import WORKING_DAYS, Schedule, ScheduleState, Timing
from bot.domain.today import OpenRound
from bot.features.daily_question import view
from bot.slack.blocks import Message
from content.bank import load
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text
from tests.content import samples

QUESTION = samples.entry().question
PERMALINK = "https://acme.slack.com/archives/C1/p11"
FRESH = Card(RoundId(7), QUESTION)
MOST_TEXT_ON_UPDATE = 4_000
SCHEDULE = Schedule(
    ScheduleId(1),
    InstallationId(1),
    ChannelId("C1"),
    MemberId("U1"),
    Timing(time(9, 0), ZoneInfo("Europe/Berlin"), WORKING_DAYS),
    ScheduleState.RUNNING,
    7,
    Due(datetime(2026, 3, 30, 7, 0, tzinfo=UTC), date(2026, 3, 30)),
)


def read(message: Message) -> str:
    payload = message.payload()
    assert faults_in_message(payload) == []
    return message_as_text(payload)


def test_a_fresh_card() -> None:
    assert read(view.card(FRESH)) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

Reply in this thread to practise

[ Reveal Sample Answer ]  [ Why It Is Asked ]\
""")


def test_cards_of_one_question_differ_in_the_round_that_their_buttons_name() -> None:
    cards = [view.card(replace(FRESH, round_id=RoundId(number))) for number in (7, 8, 7)]
    named = [{button["value"] for button in one.blocks[-1]["elements"]} for one in cards]
    assert named == [{"7"}, {"8"}, {"7"}]
    assert cards[0] == cards[2]
    assert [one.blocks[:-1] for one in cards[:2]] == [cards[0].blocks[:-1]] * 2


def test_past_a_thousand_a_card_counts_no_further() -> None:
    assert "· more than 1,000 answered" in read(view.card(replace(FRESH, answered=1_001)))
    assert "· 1000 answered" in read(view.card(replace(FRESH, answered=1_000)))


def test_a_card_that_three_members_answered() -> None:
    assert read(view.card(replace(FRESH, answered=3))) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

Reply in this thread to practise · 3 answered

[ Reveal Sample Answer ]  [ Why It Is Asked ]\
""")


def test_a_closed_card() -> None:
    assert read(view.card(replace(FRESH, answered=3, is_closed=True))) == snapshot("""\
Reading a large file
====================

Python language · easy · 5 minutes

How do you read a file that is larger than memory?

Closed with 3 answered · a newer question is open in this channel

[ Reveal Sample Answer ]  [ Why It Is Asked ]\
""")


def test_a_screen_reader_hears_the_whole_question() -> None:
    assert view.card(FRESH).payload()["text"] == snapshot("""\
Today's question: Reading a large file
How do you read a file that is larger than memory?
Reply in this thread to practise.\
""")


def test_nobody_is_invited_to_a_closed_round() -> None:
    spoken = str(view.card(replace(FRESH, answered=3, is_closed=True)).payload()["text"])
    assert "Today's" not in spoken
    assert "Reply" not in spoken


def test_the_buttons_carry_the_number_of_the_round() -> None:
    [row] = [b for b in view.card(FRESH).payload()["blocks"] if b["type"] == "actions"]
    assert [button["value"] for button in row["elements"]] == ["7", "7"]


@pytest.mark.parametrize("question", load().bank.questions, ids=lambda question: question.slug)
@pytest.mark.parametrize("is_closed", [False, True])
def test_every_shipped_question_fits_a_card_and_its_updates_and_keeps_its_answer_to_itself(
    question: Question, is_closed: bool
) -> None:
    payload = view.card(Card(RoundId(7), question, 3, is_closed)).payload()
    assert faults_in_message(payload) == []
    assert len(payload["text"]) <= MOST_TEXT_ON_UPDATE
    shown = str(payload)
    assert all(point.text not in shown for point in question.key_points)
    first_line = question.sample_answer.strip().splitlines()[0]
    assert first_line not in shown


def test_what_is_open_is_linked() -> None:
    open_round = OpenRound(ChannelId("C1"), MessageTs("1.1"), QUESTION)
    assert read(view.open_now(open_round, PERMALINK)) == snapshot("""\
Open now: Reading a large file (https://acme.slack.com/archives/C1/p11). Reply in its
thread to practise.\
""")


def test_an_open_question_that_left_the_bank_is_still_linked() -> None:
    open_round = OpenRound(ChannelId("C1"), MessageTs("1.1"), None)
    assert read(view.open_now(open_round, PERMALINK)) == snapshot("""\
Open now: Today's question (https://acme.slack.com/archives/C1/p11). Reply in its thread
to practise.\
""")


def test_before_the_first_question_its_time_is_told() -> None:
    assert read(view.nothing_open(SCHEDULE)) == snapshot("""\
No question is open here yet. The next one comes Monday, 30 March at 09:00.
`/prep random` gives you one now.\
""")


def test_a_paused_schedule_says_how_to_start_it_again() -> None:
    paused = replace(SCHEDULE, state=ScheduleState.PAUSED, next_due=None)
    assert read(view.nothing_open(paused)) == snapshot("""\
No question is open here, and the schedule is paused. `/prep setup` starts it again;
`/prep random` gives you a question now.\
""")


def test_a_stopped_schedule_says_that_it_stopped_and_not_that_somebody_paused_it() -> None:
    stopped = replace(SCHEDULE, state=ScheduleState.STOPPED, next_due=None)
    assert "paused" not in read(view.nothing_open(stopped))
    assert "has stopped" in read(view.nothing_open(stopped))

"""The daily question as a channel lives through it: its card, its deck, its end."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.ids import QuestionSlug
from bot.domain.questions import Question
from content.bank import Bank
from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.content import samples
from tests.jobs.one_question import ANSWER, skipped
from tests.prep_team import WEEKDAYS, PrepTeam, berlin

EVERY_DAY = (*WEEKDAYS, "Saturday", "Sunday")
DUE = berlin(3, 2, 9)


@pytest.fixture
async def here(prep: PrepTeam, alice: Person, channel: Channel) -> Channel:
    """A channel that is asked every day at nine."""
    await prep.sets_up(channel, alice, weekdays=EVERY_DAY)
    return channel


def questions_named(*titles: str) -> list[Question]:
    sample = samples.entry().question
    return [replace(sample, slug=QuestionSlug(f"python/{t}"), title=t) for t in titles]


def titles(asked: Sequence[Message]) -> list[str]:
    return [message.blocks[0]["text"]["text"] for message in asked]


async def has_bank(prep: PrepTeam, *named: str) -> None:
    """Start the app anew with another bank."""
    prep.bank = Bank.of(questions_named(*named))
    await prep.restarts()


def card(question: Message) -> str:
    return message_as_text({"blocks": question.blocks})


async def today(prep: PrepTeam, who: Person, channel: Channel) -> str:
    await who.runs("/prep today", channel)
    await prep.settled()
    return prep.told(who, channel)


# --- the card -------------------------------------------------------------------------------------


def updates(prep: PrepTeam) -> int:
    return len(prep.slack.ledger.calls("chat.update"))


async def test_the_card_counts_members_at_most_once_in_twenty_seconds(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    people = [slack.person(f"person-{n}") for n in range(6)]
    for person in people:
        await person.joins(here)
    question = await prep.asks(here)
    for second, person in enumerate(people):
        await person.replies(question, ANSWER)
        await person.replies(question, "And I would add one more thing.")
        await prep.settled()
        await prep.moves_on(seconds=1)
        assert updates(prep) == 1, f"after {second} s"
    assert "1 answered" in card(question)
    await prep.moves_on(seconds=14)
    assert updates(prep) == 1
    await prep.moves_on(seconds=1)
    assert updates(prep) == 2
    assert "6 answered" in card(question)
    for _ in range(3):
        await prep.moves_on(seconds=20)
    assert updates(prep) == 2


async def test_an_answer_taken_back_is_taken_off_the_card(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    question = await prep.asks(here)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    await prep.moves_on(seconds=20)
    assert "1 answered" in card(question)
    await bob.deletes(reply)
    await prep.settled()
    await prep.moves_on(seconds=20)
    assert "answered" not in card(question)


async def test_a_card_that_could_not_be_updated_is_updated_later(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    question = await prep.asks(here)
    slack.faults.on("chat.update").rate_limited(90)
    slack.faults.on("chat.update").server_error()
    await bob.replies(question, ANSWER)
    await prep.settled()
    await prep.moves_on(seconds=1)
    await prep.moves_on(seconds=89)
    assert updates(prep) == 1
    await prep.moves_on(seconds=1)
    assert updates(prep) == 2
    assert "answered" not in card(question)
    await prep.moves_on(minutes=1)
    assert "1 answered" in card(question)


async def test_the_card_of_a_closed_question_says_so(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    first = await prep.asks(here)
    await bob.replies(first, ANSWER)
    await prep.settled()
    second = await prep.asks(here)
    assert "Closed with 1 answered" in card(first)
    assert "Closed" not in card(second)


# --- /prep today ----------------------------------------------------------------------------------


async def test_today_links_to_the_open_question(prep: PrepTeam, bob: Person, here: Channel) -> None:
    question = await prep.asks(here)
    said = await today(prep, bob, here)
    [title] = titles([question])
    assert title in said
    assert f"/archives/{here.id}/p{question.ts.replace('.', '')}" in said


async def test_today_links_to_the_latest_of_several(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await prep.asks(here)
    second = await prep.asks(here)
    assert second.ts.replace(".", "") in await today(prep, bob, here)


async def test_before_the_first_question_today_tells_when_it_comes(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    said = await today(prep, bob, here)
    assert "No question is open here yet" in said
    assert "Monday, 2 March at 09:00" in said


async def test_today_says_of_a_pause_how_to_end_it(
    prep: PrepTeam, alice: Person, bob: Person, here: Channel
) -> None:
    await prep.changes(here, alice, state="Paused")
    said = await today(prep, bob, here)
    assert "is paused" in said
    assert "/prep setup" in said


async def test_today_says_how_to_begin_where_nothing_is_set_up(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    said = await today(prep, bob, channel)
    assert "There is no daily question in this channel" in said
    assert "/prep setup" in said


# --- the deck -------------------------------------------------------------------------------------


async def test_no_question_comes_again_before_all_were_asked_and_then_the_oldest_comes_first(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await has_bank(prep, *"abcdefg")
    size = 7
    for _ in range(2 * size + 1):
        question = await prep.asks(here)
        await bob.replies(question, ANSWER)
        await prep.settled()
        await prep.restarts()
    asked = titles(prep.questions(here))
    assert sorted(asked[:size]) == list("abcdefg")
    assert asked[size : 2 * size] == asked[:size]
    assert asked[2 * size] == asked[0]
    assert await prep.streak_of(bob, here) == 2 * size + 1
    assert (await prep.doctor()).is_well


async def test_two_channels_are_asked_in_different_orders(
    prep: PrepTeam, slack: Sandbox, alice: Person, channel: Channel
) -> None:
    await has_bank(prep, *"abcdefghijkl")
    await prep.sets_up(channel, alice, weekdays=EVERY_DAY)
    there = slack.channel("reliability", members=[alice])
    await prep.sets_up(there, alice, weekdays=EVERY_DAY)
    for _ in range(12):
        await prep.asks(channel)
    first, second = titles(prep.questions(channel)), titles(prep.questions(there))
    assert sorted(first) == sorted(second) == list("abcdefghijkl")
    assert first != second


async def test_a_question_that_left_the_bank_before_it_was_posted_gives_way_to_another(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    await has_bank(prep, "gone")
    slack.faults.on("chat.postMessage").rate_limited(60)
    await prep.moves_to(DUE)
    await has_bank(prep, "stays")
    await prep.moves_on(minutes=1)
    assert titles(prep.questions(here)) == ["stays"]


async def test_a_bank_that_was_emptied_before_the_post_skips_the_date(
    prep: PrepTeam, slack: Sandbox, here: Channel
) -> None:
    await has_bank(prep, "gone")
    slack.faults.on("chat.postMessage").rate_limited(60)
    await prep.moves_to(DUE)
    await has_bank(prep)
    await prep.moves_on(minutes=1)
    assert prep.questions(here) == []
    assert await skipped(prep) == [("2026-03-02", "no questions")]


async def test_an_empty_bank_skips_dates_and_the_doctor_says_why(
    prep: PrepTeam, here: Channel
) -> None:
    await has_bank(prep)
    await prep.moves_to(DUE)
    assert prep.questions(here) == []
    assert await skipped(prep) == [("2026-03-02", "no questions")]
    await has_bank(prep, "first of all")
    await prep.moves_to(DUE + timedelta(days=1))
    assert titles(prep.questions(here)) == ["first of all"]


async def test_a_card_whose_question_left_the_bank_stays_as_it_is(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await has_bank(prep, "gone")
    question = await prep.asks(here)
    await has_bank(prep, "stays")
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    await prep.moves_on(seconds=20)
    assert prep.ticked(reply)
    assert titles([question]) == ["gone"]
    assert question.ts.replace(".", "") in await today(prep, bob, here)


# --- deleted cards, old threads -------------------------------------------------------------------


async def test_a_card_deleted_while_open_is_held_against_nobody(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, here: Channel
) -> None:
    first = await prep.asks(here)
    await bob.replies(first, ANSWER)
    await alice.replies(first, ANSWER)
    await prep.settled()
    second = await prep.asks(here)
    await alice.replies(second, ANSWER)
    await prep.settled()
    slack.deletes(second)
    await prep.settled()
    assert "No question is open" in await today(prep, bob, here)
    third = await prep.asks(here)
    await bob.replies(third, ANSWER)
    await alice.replies(third, ANSWER)
    await prep.settled()
    await prep.moves_on(minutes=1)
    assert (await prep.streak_of(bob, here), await prep.streak_of(alice, here)) == (2, 3)
    assert (await prep.doctor()).is_well


async def test_a_card_deleted_after_closing_changes_nothing(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, here: Channel
) -> None:
    first = await prep.asks(here)
    await bob.replies(first, ANSWER)
    await prep.settled()
    second = await prep.asks(here)
    await alice.replies(second, ANSWER)
    await prep.settled()
    await prep.asks(here)
    assert await prep.streak_of(bob, here) == 0
    slack.deletes(second)
    await prep.settled()
    assert (await prep.streak_of(bob, here), await prep.streak_of(alice, here)) == (0, 1)
    assert (await prep.standing_of(bob, here)).best == 1
    assert (await prep.doctor()).is_well


async def test_an_answer_in_yesterdays_thread_is_told_that_it_comes_too_late_for_the_streak(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    first = await prep.asks(here)
    second = await prep.asks(here)
    late = await bob.replies(first, ANSWER)
    await prep.settled()
    assert not prep.ticked(late)
    assert "does not count towards" in prep.told(bob, here)
    assert await prep.streak_of(bob, here) == 0
    await bob.replies(second, ANSWER)
    await prep.settled()
    await prep.moves_on(seconds=30)
    assert await prep.streak_of(bob, here) == 1
    assert "Closed with 0 answered" in card(first)
    assert (await prep.doctor()).is_well

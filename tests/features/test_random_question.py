"""Practising at any time, as people in Slack live through it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from content.bank import Bank
from content.shelf import Shelf
from sandbox.people import Person
from sandbox.reading import message_as_text, view_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

REVEAL, ANOTHER, POST_HERE = "Reveal Sample Answer", "Another", "Post Here"


async def gets(prep: PrepTeam, who: Person, words: str, channel: Channel) -> Message:
    """Ask for a question, and return the one private reply."""
    before = len(who.ephemerals(channel))
    result = await who.runs(f"/prep random {words}", channel)
    assert result.ok
    await prep.settled()
    told = who.ephemerals(channel)[before:]
    assert len(told) == 1
    return told[0]


async def presses(prep: PrepTeam, who: Person, label: str, message: Message) -> None:
    acknowledged = await who.clicks(label, on=message)
    assert acknowledged.ok
    await prep.settled()


async def again(prep: PrepTeam, **changes: Any) -> None:
    """Deliver the last press of a button once more, with changes."""
    payload = prep.slack.ledger.deliveries("interactive")[-1].payload | changes
    answer = await prep.slack.platform.courier.ask(prep.installed, "interactive", payload)
    assert answer.ok
    await prep.settled()


def notice(who: Person) -> str:
    """What the modal says that someone is shown, on one line."""
    assert who.view is not None
    return " ".join(view_as_text(who.view.payload).split())


def title(message: Message) -> str:
    return message.text.split("\n")[0]


def posted(channel: Channel) -> list[Message]:
    """What the app posted in a channel for everybody."""
    return [m for m in channel.messages if m.app is not None and m.only_for is None]


@pytest.fixture
async def here(prep: PrepTeam, slack: Sandbox, channel: Channel) -> Channel:
    """The team's channel, with the app in it."""
    slack.invites(channel, prep.installed)
    return channel


def without_delivery(prep: PrepTeam) -> None:
    """Let the app know no question on delivery."""
    kept = [q for q in prep.app.bank.questions if q.topic.slug != "delivery"]
    prep.app.shelf = Shelf.holding(Bank.of(kept))


async def test_a_question_comes_privately_and_its_answer_opens_for_that_member(
    prep: PrepTeam, bob: Person, alice: Person, channel: Channel
) -> None:
    told = await gets(prep, bob, "", channel)
    assert title(told) in {question.title for question in prep.app.bank.questions}
    assert "Key points" not in json.dumps(told.blocks)
    await presses(prep, bob, REVEAL, told)
    assert "*Key points*" in notice(bob)
    assert title(told) in notice(bob)
    assert alice.ephemerals(channel) == []
    assert posted(channel) == []


async def test_topic_and_level_choose_the_question(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    told = await gets(prep, bob, "EASY python", channel)
    assert "Python language · easy" in message_as_text({"text": told.text, "blocks": told.blocks})


async def test_another_takes_the_place_of_the_question_until_all_were_seen(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    told = await gets(prep, bob, "", channel)
    titles = [title(told)]
    for _ in prep.app.bank.questions[1:]:
        await prep.moves_on(seconds=30)
        await presses(prep, bob, ANOTHER, told)
        titles.append(title(told))
    assert sorted(titles) == sorted(question.title for question in prep.app.bank.questions)
    assert len(bob.ephemerals(channel)) == 1


async def test_a_misspelt_topic_is_one_click_away(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    without_delivery(prep)
    told = await gets(prep, bob, "concurency", channel)
    assert "Did you mean *concurrency*?" in told.text
    for topic in prep.app.bank.topics():
        assert f"`{topic.slug}`" in told.text
    assert "`delivery`" not in told.text
    await presses(prep, bob, "Show Concurrency", told)
    assert "Concurrency · " in json.dumps(told.blocks, ensure_ascii=False)


async def test_a_topic_without_questions_offers_what_there_is(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    without_delivery(prep)
    told = await gets(prep, bob, "delivery", channel)
    assert told.text.startswith("There is no question on Delivery and environments yet.")
    await presses(prep, bob, "Show Any Question", told)
    assert title(told) in {question.title for question in prep.app.bank.questions}


async def test_two_levels_at_once_are_refused_kindly(
    prep: PrepTeam, bob: Person, channel: Channel
) -> None:
    told = await gets(prep, bob, "easy hard", channel)
    assert told.text == "Please name one level: easy, medium or hard."


@pytest.mark.parametrize(
    "words",
    ["x" * 3_000, "easy " * 600, "<!channel> @here & <@U1>", "\x00\x07\u202e", "😀 `code` *bold*"],
)
async def test_odd_words_get_a_private_answer_that_mentions_nobody(
    prep: PrepTeam, bob: Person, channel: Channel, words: str
) -> None:
    told = await gets(prep, bob, words, channel)
    assert told.text
    assert "<!channel>" not in told.text
    assert "<@U1>" not in told.text
    assert "Something broke" not in told.text


async def test_a_question_is_posted_for_everybody_by_name(
    prep: PrepTeam, bob: Person, alice: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    name = title(told)
    await presses(prep, bob, POST_HERE, told)
    [message] = posted(here)
    assert f"<@{bob.id}> shared a question to practise" in message.text
    assert name in message.text
    assert message.metadata is None
    assert told.text == f"You posted “{name}” here."
    assert "button" not in json.dumps(told.blocks)
    await presses(prep, alice, REVEAL, message)
    assert "*Key points*" in notice(alice)


async def test_a_reply_to_a_posted_question_is_just_practice(
    prep: PrepTeam, bob: Person, alice: Person, here: Channel
) -> None:
    await presses(prep, bob, POST_HERE, await gets(prep, bob, "python", here))
    [message] = posted(here)
    reply = await alice.replies(message, "I would read it line by line and close it.")
    await prep.settled()
    assert not prep.ticked(reply)


async def test_the_same_press_delivered_again_posts_once_and_says_nothing(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    await presses(prep, bob, POST_HERE, told)
    await again(prep)
    await prep.restarts()
    await again(prep)
    await prep.moves_on(hours=5)
    await again(prep)
    assert len(posted(here)) == 1
    assert bob.view is None


async def test_a_press_that_gives_no_address_to_reply_to_posts_and_is_no_bug(
    prep: PrepTeam, bob: Person, here: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    await presses(prep, bob, ANOTHER, await gets(prep, bob, "", here))
    told = bob.ephemerals(here)[-1]
    [action] = [
        {"action_id": button["action_id"], "value": button["value"]}
        for button in told.blocks[-2]["elements"]
        if button["text"]["text"] == POST_HERE
    ]
    trigger = prep.slack.interactions._trigger(prep.installed, bob.user)
    await again(prep, actions=[action], trigger_id=trigger, response_url=None)
    assert len(posted(here)) == 1
    assert "failed" not in caplog.messages


async def test_the_same_press_delivered_twice_at_once_posts_once(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    await presses(prep, bob, ANOTHER, await gets(prep, bob, "", here))
    [told] = bob.ephemerals(here)
    action = next(
        {"action_id": button["action_id"], "value": button["value"], "type": "button"}
        for button in told.blocks[-2]["elements"]
        if button["text"]["text"] == POST_HERE
    )
    press: dict[str, Any] = {"actions": [action]}
    press["trigger_id"] = prep.slack.interactions._trigger(prep.installed, bob.user)
    await prep.all_at_once(*(again(prep, **press) for _ in range(5)))
    assert len(posted(here)) == 1


async def test_a_second_press_at_once_is_refused_and_posts_nothing(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    await presses(prep, bob, POST_HERE, told)
    await again(prep, trigger_id=prep.slack.interactions._trigger(prep.installed, bob.user))
    assert len(posted(here)) == 1
    assert "You posted this question here a moment ago" in notice(bob)


async def test_where_the_app_is_not_it_asks_to_be_invited_and_then_posts(
    prep: PrepTeam, slack: Sandbox, bob: Person, channel: Channel
) -> None:
    told = await gets(prep, bob, "python", channel)
    await presses(prep, bob, POST_HERE, told)
    assert "/invite @Prep" in notice(bob)
    assert posted(channel) == []
    await bob.closes()
    slack.invites(channel, prep.installed)
    await presses(prep, bob, POST_HERE, told)
    assert len(posted(channel)) == 1


async def test_slacks_pause_is_passed_on_and_nothing_is_posted(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    slack.faults.on("chat.postMessage").rate_limited(7)
    await presses(prep, bob, POST_HERE, told)
    assert "7 seconds" in notice(bob)
    assert posted(here) == []
    assert POST_HERE in json.dumps(told.blocks)


async def test_slack_is_not_asked_again_before_its_time(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    slack.faults.on("chat.postMessage").rate_limited(7)
    await presses(prep, bob, POST_HERE, told)
    await bob.closes()
    await prep.moves_on(seconds=6)
    calls = len(slack.ledger.calls("chat.postMessage"))
    await presses(prep, bob, POST_HERE, told)
    assert "in a second" in notice(bob)
    assert len(slack.ledger.calls("chat.postMessage")) == calls
    await bob.closes()
    await prep.moves_on(seconds=1)
    await presses(prep, bob, POST_HERE, told)
    assert len(posted(here)) == 1


async def test_when_slack_does_not_say_whether_it_posted_the_member_is_asked_to_look(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    slack.faults.on("chat.postMessage").resets(after_effect=True)
    await presses(prep, bob, POST_HERE, told)
    assert "look in the channel" in notice(bob)
    await bob.closes()
    await again(prep)
    assert len(posted(here)) == 1
    assert bob.view is None
    await presses(prep, bob, POST_HERE, told)
    assert len(posted(here)) == 2, "he has looked, and means it"


async def test_buttons_that_say_something_strange_are_refused(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "", here)
    await presses(prep, bob, REVEAL, told)
    strange = {
        ("another_question", "nonsense"): "This button no longer works.",
        ("another_question", "x" * 2_000): "This button no longer works.",
        ("another_question", ""): "This button no longer works.",
        ("post_question_here", "left-the-bank"): "a question that is gone",
        ("post_question_here", "<!channel>"): "a question that is gone",
    }
    for (action_id, value), said in strange.items():
        await bob.closes()
        action = {"action_id": action_id, "value": value, "type": "button"}
        trigger_id = prep.slack.interactions._trigger(prep.installed, bob.user)
        await again(prep, actions=[action], trigger_id=trigger_id)
        assert said in notice(bob)
    assert posted(here) == []


async def test_a_guest_of_another_workspace_cannot_post_or_ask(
    prep: PrepTeam, slack: Sandbox, bob: Person, here: Channel
) -> None:
    eve = slack.person("eve", team="TELSEWHERE")
    slack.invites(here, eve)
    await presses(prep, bob, POST_HERE, await gets(prep, bob, "", here))
    [message] = posted(here)
    await presses(prep, eve, REVEAL, message)
    for action_id, value in (("post_question_here", "rate-limiter"), ("another_question", "|")):
        await eve.closes()
        action = {"action_id": action_id, "value": value, "type": "button"}
        trigger_id = prep.slack.interactions._trigger(prep.installed, eve.user)
        await again(prep, actions=[action], trigger_id=trigger_id)
        assert "members of the workspace" in notice(eve)
    assert len(posted(here)) == 1


async def test_a_press_after_a_restart_still_posts(
    prep: PrepTeam, bob: Person, here: Channel
) -> None:
    told = await gets(prep, bob, "python", here)
    await prep.restarts()
    await presses(prep, bob, POST_HERE, told)
    assert len(posted(here)) == 1

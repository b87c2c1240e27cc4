"""Looking at a sample answer, as people in Slack live through it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.domain.ids import MemberId
from bot.domain.questions import Question
from bot.store import practice
from sandbox.people import Person
from sandbox.reading import view_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

REVEAL, WHY = "Reveal Sample Answer", "Why It Is Asked"


@pytest.fixture
async def question(prep: PrepTeam, alice: Person, channel: Channel) -> Message:
    """Today's question, as it stands in the channel."""
    await prep.sets_up(channel, alice)
    return await prep.asks(channel)


def asked(prep: PrepTeam, message: Message) -> Question:
    """The question of the bank that a message asks."""
    return next(q for q in prep.app.bank.questions if q.title in message.text)


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


def seen(who: Person) -> str:
    """What stands on someone's topmost modal."""
    assert who.view is not None
    return view_as_text(who.view.payload)


async def has_revealed(prep: PrepTeam, who: Person, question: Message) -> bool:
    """Whether it is noted that someone saw the sample answer of a daily question."""
    home = (await prep.schedule(question.channel)).installation_id
    slugs = [asked(prep, question).slug]
    member_id = MemberId(who.id)
    found = await prep.app.database.read(lambda tx: practice.seen(tx, home, member_id, slugs))
    return bool(found)


async def test_a_member_reveals_the_sample_answer_for_themselves_alone(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    entry = asked(prep, question)
    for part in ("Key points", "Sample answer", "Common mistakes", "Follow-ups", "References"):
        assert f"*{part}*" in seen(bob)
    assert entry.follow_ups[-1].question in " ".join(seen(bob).split())
    assert alice.view is None
    assert [m for m in channel.messages if "Sample answer" in json.dumps(m.blocks)] == []
    assert await has_revealed(prep, bob, question)
    assert not await has_revealed(prep, alice, question)


async def test_nothing_of_the_answer_is_in_the_channel(prep: PrepTeam, question: Message) -> None:
    entry = asked(prep, question)
    shown = json.dumps([question.blocks, question.text, question.metadata])
    assert [point.text for point in entry.key_points if point.text in shown] == []


async def test_why_it_is_asked_is_no_reveal(prep: PrepTeam, bob: Person, question: Message) -> None:
    await presses(prep, bob, WHY, question)
    assert "Key points" not in seen(bob)
    assert "*Hint*" in seen(bob)
    assert not await has_revealed(prep, bob, question)


async def test_a_click_delivered_twice_opens_one_modal_and_says_nothing_else(
    prep: PrepTeam, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    first = bob.view
    await again(prep)
    assert bob.view is first
    assert bob.ephemerals(channel) == []
    assert [call.ok for call in prep.slack.ledger.calls("views.open")][-2:] == [True, False]


async def test_a_reset_after_the_modal_opened_is_no_failure(
    prep: PrepTeam, bob: Person, channel: Channel, question: Message
) -> None:
    prep.slack.faults.on("views.open").resets(after_effect=True)
    await presses(prep, bob, REVEAL, question)
    assert "*Key points*" in seen(bob)
    assert bob.ephemerals(channel) == []
    assert await has_revealed(prep, bob, question)


@pytest.mark.parametrize("label", [REVEAL, WHY])
async def test_a_click_that_comes_too_late_for_a_modal_is_answered_by_a_private_message(
    prep: PrepTeam, bob: Person, channel: Channel, question: Message, label: str
) -> None:
    prep.slack.faults.on("views.open").api_error("expired_trigger_id")
    await presses(prep, bob, label, question)
    entry = asked(prep, question)
    assert bob.view is None
    [told] = bob.ephemerals(channel)
    assert told.text.endswith(f": {entry.title}")
    assert len(told.blocks) > 2
    assert await has_revealed(prep, bob, question) == (label == REVEAL)


async def test_a_slack_too_busy_for_a_modal_is_not_asked_again_and_the_answer_comes_privately(
    prep: PrepTeam, bob: Person, channel: Channel, question: Message
) -> None:
    prep.slack.faults.on("views.open").rate_limited(20)
    prep.slack.ledger.clear()
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, WHY, question)
    assert len(prep.slack.ledger.calls("views.open")) == 1
    assert len(bob.ephemerals(channel)) == 2
    await prep.moves_on(seconds=20)
    await presses(prep, bob, WHY, question)
    assert "*Hint*" in seen(bob)


async def test_any_other_refusal_by_slack_is_told_as_our_fault(
    prep: PrepTeam, bob: Person, question: Message
) -> None:
    prep.slack.faults.on("views.open").api_error("view_too_large")
    await presses(prep, bob, REVEAL, question)
    assert "Something broke on our side" in seen(bob)
    assert not await has_revealed(prep, bob, question)


@pytest.mark.parametrize("action_id", ["reveal_round", "why_round", "reveal_question"])
async def test_a_button_of_a_round_or_question_that_is_gone_says_so_kindly(
    prep: PrepTeam, bob: Person, question: Message, action_id: str
) -> None:
    await presses(prep, bob, WHY, question)
    for value in ("987654321", "0", "-1", "²", "1.5", "9" * 40, "<!channel>", "x" * 2_000, ""):
        await bob.closes()
        trigger_id = prep.slack.interactions._trigger(prep.installed, bob.user)
        action = {"action_id": action_id, "value": value, "type": "button"}
        await again(prep, actions=[action], trigger_id=trigger_id)
        assert "a question that is gone" in " ".join(seen(bob).split())


async def test_a_guest_of_another_workspace_is_refused(
    prep: PrepTeam, slack: Sandbox, channel: Channel, question: Message
) -> None:
    eve = slack.person("eve", team="TELSEWHERE")
    slack.invites(channel, eve)
    for label in (REVEAL, WHY):
        await presses(prep, eve, label, question)
        assert "members of the workspace" in seen(eve)
        assert "Key points" not in seen(eve)
        await eve.closes()


async def test_the_answer_can_still_be_revealed_after_a_restart(
    prep: PrepTeam, bob: Person, question: Message
) -> None:
    await prep.restarts()
    await presses(prep, bob, REVEAL, question)
    assert "*Key points*" in seen(bob)

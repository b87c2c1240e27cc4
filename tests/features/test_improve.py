"""Making sample answers better from inside Slack, as people live through it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.domain.proposals import spread
from bot.domain.questions import Question
from sandbox.people import Person
from sandbox.reading import message_as_text, view_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

REVEAL, SUGGEST, REPORT = "Reveal Sample Answer", "Suggest An Improvement", "Report A Problem"
BETTER = "I would say it in one sentence. Then I would name the trade-off, and stop."


@pytest.fixture
async def question(prep: PrepTeam, alice: Person, channel: Channel) -> Message:
    """Today's question, asked by Alice's schedule: she is a reviewer."""
    await prep.sets_up(channel, alice)
    return await prep.asks(channel)


def asked(prep: PrepTeam, message: Message) -> Question:
    """The question of the bank that a message asks."""
    return next(q for q in prep.app.bank.questions if q.title in message.text)


async def presses(
    prep: PrepTeam, who: Person, label: str, on: Message | None = None, value: str | None = None
) -> None:
    assert (await who.clicks(label, on=on, value=value)).ok
    await prep.settled()


async def sends(prep: PrepTeam, who: Person) -> dict[str, str]:
    """Submit the topmost form; returns what is told at its fields."""
    form = who.view
    assert form is not None
    assert (await who.submits()).ok
    await prep.settled()
    return form.errors


async def suggests(
    prep: PrepTeam, who: Person, question: Message, answer: str = BETTER
) -> dict[str, str]:
    """Suggest an answer, from the reveal on; the reveal is closed at the end."""
    await presses(prep, who, REVEAL, question)
    await presses(prep, who, SUGGEST)
    await who.fills(answer_0=answer, answer_1=None, answer_2=None, note="It is shorter")
    told = await sends(prep, who)
    if not told:
        await who.closes(everything=True)
    return told


async def opens_queue(prep: PrepTeam, who: Person, channel: Channel) -> str:
    await who.runs("/prep suggestions", channel)
    await prep.settled()
    return seen(who)


def seen(who: Person) -> str:
    """What stands on someone's topmost modal."""
    assert who.view is not None
    return view_as_text(who.view.payload, who.view.names)


def told(prep: PrepTeam, who: Person) -> list[str]:
    """What the app wrote to someone, oldest first."""
    return [
        message_as_text({"text": m.text, "blocks": m.blocks})
        for m in who.direct_message(prep.installed).messages
        if m.app
    ]


async def revealed(prep: PrepTeam, who: Person, question: Message) -> str:
    """The sample answer as someone sees it now, its lines joined."""
    await presses(prep, who, REVEAL, question)
    shown = " ".join(seen(who).split())
    await who.closes(everything=True)
    return shown


async def again(prep: PrepTeam, **changes: Any) -> None:
    """Deliver the last press or submission once more, with changes."""
    payload = prep.slack.ledger.deliveries("interactive")[-1].payload | changes
    assert (await prep.slack.platform.courier.ask(prep.installed, "interactive", payload)).ok
    await prep.settled()


# --- from a suggestion to a roll-back -------------------------------------------------------------


async def test_a_suggestion_is_compared_accepted_shown_with_credit_and_rolled_back(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    before = await revealed(prep, bob, question)
    assert await suggests(prep, bob, question) == {}
    assert "Thank you" in told(prep, bob)[-1]
    assert "`/prep suggestions` shows it" in told(prep, alice)[-1]

    queue = await opens_queue(prep, alice, channel)
    assert "1 suggestion waits." in queue
    assert "[added: I would say it in one sentence." in " ".join(queue.split())
    assert "[removed:" in queue
    assert "Improves: It is shorter" in queue
    await presses(prep, alice, "Accept")
    assert "You accepted what was suggested" in seen(alice)
    assert "Nothing waits." in seen(alice)
    await alice.closes(everything=True)
    assert "Thank you! " in told(prep, bob)[-1]
    assert "your name at its foot" in told(prep, bob)[-1]

    after = await revealed(prep, bob, question)
    assert BETTER in after
    assert "Improved by @bob, accepted by @alice" in after

    await presses(prep, alice, REVEAL, question)
    await presses(prep, alice, "Earlier Versions")
    assert "Version 1* · stands now" in seen(alice)
    await presses(prep, alice, "Roll Back To This")
    assert "Done." in seen(alice)
    assert "Version 2* · stands now" in seen(alice)
    await alice.closes(everything=True)
    back = await revealed(prep, bob, question)
    assert BETTER not in back
    assert "Improved by" not in back
    assert asked(prep, question).key_points[0].text in before


async def test_an_accepted_answer_survives_a_restart(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await suggests(prep, bob, question)
    await opens_queue(prep, alice, channel)
    await presses(prep, alice, "Accept")
    await prep.restarts()
    assert BETTER in await revealed(prep, bob, question)


async def test_declined_with_a_reason_it_can_be_sent_again(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await suggests(prep, bob, question)
    await opens_queue(prep, alice, channel)
    await presses(prep, alice, "Decline")
    await alice.fills(reason="  ")
    assert "reason" in await sends(prep, alice)
    await alice.fills(reason="Say which trade-off you mean.")
    assert await sends(prep, alice) == {}
    assert "You declined" in seen(alice)
    assert "“Say which trade-off you mean.”" in told(prep, bob)[-1]

    letter = bob.direct_message(prep.installed).messages[-1]
    await presses(prep, bob, "Send Again", letter)
    assert BETTER in " ".join(seen(bob).split())
    await bob.fills(answer_0=BETTER + " It costs clarity for speed.")
    assert await sends(prep, bob) == {}
    assert "1 suggestion waits." in await opens_queue(prep, alice, channel)


async def test_a_reviewer_edits_and_both_are_credited(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await suggests(prep, bob, question)
    await opens_queue(prep, alice, channel)
    await presses(prep, alice, "Edit")
    await alice.fills(answer_0="Edited by a second pair of eyes.")
    assert await sends(prep, alice) == {}
    await alice.closes(everything=True)
    shown = await revealed(prep, bob, question)
    assert "Edited by a second pair of eyes." in shown
    assert "Improved by @bob, edited and accepted by @alice" in shown


# --- at the same time -----------------------------------------------------------------------------


async def test_two_suggestions_on_one_question_never_overwrite_each_other_silently(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    carol = slack.person("carol")
    slack.invites(channel, carol)
    await suggests(prep, bob, question)
    await suggests(prep, carol, question, "Carol's answer, from the same text.")
    await opens_queue(prep, alice, channel)
    first, second = queued(alice)
    await presses(prep, alice, "Accept", value=first)
    assert "Outdated: needs a look." in seen(alice)
    shown = " ".join(seen(alice).split())
    assert "[removed: I would say it" in shown
    assert "[added: Carol's answer" in shown

    await presses(prep, alice, "Accept")
    assert "Nothing was accepted yet" in seen(alice)
    assert BETTER in await revealed(prep, bob, question)
    await opens_queue(prep, alice, channel)
    await presses(prep, alice, "Accept")
    await presses(prep, alice, "Accept Anyway")
    assert "You accepted" in seen(alice)
    shown = await revealed(prep, bob, question)
    assert "Carol's answer" in shown
    assert "Improved by @carol" in shown
    assert second


async def test_a_list_opened_before_the_answer_changed_accepts_nothing_unseen(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    carol = slack.person("carol")
    slack.invites(channel, carol)
    await suggests(prep, bob, question)
    await suggests(prep, carol, question, "Carol's answer, from the same text.")
    await opens_queue(prep, alice, channel)
    first, second = queued(alice)
    await presses(prep, alice, "Accept", value=first)
    await again(prep, actions=[press("accept_suggestion", f"{second} anyway")])
    assert "the answer changed after you had opened this list" in " ".join(seen(alice).split())
    assert BETTER in await revealed(prep, bob, question)


async def test_two_reviewers_at_once_decide_once_and_the_second_is_told_by_whom(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    carol = slack.person("carol")
    slack.invites(channel, carol)
    await alice.runs("/prep reviewers @carol", channel)
    await prep.settled()
    await suggests(prep, bob, question)
    letters = len(told(prep, bob))
    await opens_queue(prep, alice, channel)
    await opens_queue(prep, carol, channel)
    await asyncio.gather(alice.clicks("Accept"), carol.clicks("Accept"))
    await prep.settled()
    views = " ".join((seen(alice) + seen(carol)).split())
    assert views.count("You accepted") == 1
    assert views.count("has accepted this one already") == 1
    assert len(told(prep, bob)) == letters + 1


async def test_a_press_or_a_form_delivered_twice_does_its_work_once(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, SUGGEST)
    await bob.fills(answer_0=BETTER, answer_1=None, answer_2=None)
    await sends(prep, bob)
    await again(prep)
    assert "1 suggestion waits." in await opens_queue(prep, alice, channel)
    await presses(prep, alice, "Accept")
    letters = len(told(prep, bob))
    await again(prep)
    assert "has accepted this one already" in seen(alice)
    assert len(told(prep, bob)) == letters


def queued(who: Person) -> list[str]:
    """The values of the Accept buttons on someone's topmost modal, oldest first."""
    assert who.view is not None
    buttons = [e for b in who.view.blocks for e in b.get("elements", [])]
    return [b["value"] for b in buttons if b.get("action_id") == "accept_suggestion"]


def press(action_id: str, value: str) -> dict[str, str]:
    return {"action_id": action_id, "value": value, "type": "button"}


# --- odd input, and no ----------------------------------------------------------------------------


async def test_a_suggestion_of_20_000_characters_is_told_at_its_field_and_nothing_is_lost(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, SUGGEST)
    form = bob.view
    assert form is not None
    long = "word " * 4_000
    # Slack's own client stops at 3,000; a client that does not must lose nothing either.
    form.state["answer_0", "answer_0"]["value"] = long
    said = await sends(prep, bob)
    assert "20,000 characters" in said["answer_0"]
    assert "Nothing is lost" in said["answer_0"]
    assert bob.view is form
    assert form.state["answer_0", "answer_0"]["value"] == long
    assert "Nothing waits." in await opens_queue(prep, alice, channel)


async def test_the_present_text_sent_back_is_told_so(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, SUGGEST)
    assert "word for word" in (await sends(prep, bob))["answer_0"]
    assert "Nothing waits." in await opens_queue(prep, alice, channel)


async def test_an_outsider_may_neither_suggest_nor_report(
    prep: PrepTeam, slack: Sandbox, bob: Person, channel: Channel, question: Message
) -> None:
    eve = slack.person("eve", team="TELSEWHERE")
    slack.invites(channel, eve)
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, SUGGEST)
    await bob.fills(answer_0=BETTER)
    theirs = prep.slack.interactions._base("block_actions", eve.user, prep.installed)["user"]
    for action_id in ("suggest_improvement", "report_problem", "earlier_versions"):
        trigger = prep.slack.interactions._trigger(prep.installed, eve.user)
        actions = [press(action_id, asked(prep, question).slug)]
        await again(prep, user=theirs, actions=actions, trigger_id=trigger)
        assert "members of the workspace" in seen(eve)
    await sends(prep, bob)
    payload = prep.slack.ledger.deliveries("interactive")[-1].payload | {"user": theirs}
    answer = await prep.slack.platform.courier.ask(prep.installed, "interactive", payload)
    assert "members of the workspace" in json.dumps(answer.body)


async def test_only_reviewers_see_the_queue_and_only_they_decide(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await suggests(prep, bob, question)
    await bob.runs("/prep suggestions", channel)
    await prep.settled()
    assert "people who set up a daily question" in prep.told(bob, channel)
    await opens_queue(prep, alice, channel)
    [value] = queued(alice)
    await alice.clicks("Decline")
    await prep.settled()
    trigger = prep.slack.interactions._trigger(prep.installed, bob.user)
    theirs = prep.slack.interactions._base("block_actions", bob.user, prep.installed)["user"]
    changes = {"user": theirs, "trigger_id": trigger}
    await again(prep, actions=[press("accept_suggestion", value)], **changes)
    assert "people who set up a daily question" in seen(bob)
    assert BETTER not in await revealed(prep, alice, question)


@pytest.mark.parametrize("value", ["", "x", "0 -", "9" * 40, "²", "<!channel>", "1"])
async def test_a_button_that_carries_nonsense_is_answered_kindly(
    prep: PrepTeam, alice: Person, channel: Channel, question: Message, value: str
) -> None:
    await opens_queue(prep, alice, channel)
    await presses(prep, alice, REVEAL, question)
    for action_id in ("accept_suggestion", "edit_suggestion", "decline_suggestion", "send_again"):
        trigger = prep.slack.interactions._trigger(prep.installed, alice.user)
        await again(prep, actions=[press(action_id, value)], trigger_id=trigger)
        assert "This suggestion is gone" in " ".join(seen(alice).split())


async def test_a_form_whose_choices_are_missing_is_told_at_its_fields(
    prep: PrepTeam, bob: Person, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, REPORT)
    form = bob.view
    assert form is not None
    form.state["problem", "problem"]["selected_option"] = {"value": "<!channel>"}
    assert await sends(prep, bob) == {"problem": "Choose what is wrong."}


async def test_a_form_about_a_question_that_left_the_bank_is_answered_kindly(
    prep: PrepTeam, bob: Person, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, SUGGEST)
    form = bob.view
    assert form is not None
    form.payload["private_metadata"] = '["left-the-bank", 0, "x"]'
    await bob.fills(answer_0=BETTER)
    await sends(prep, bob)
    assert "a question that is gone" in " ".join(seen(bob).split())


# --- reports, questions, reviewers ----------------------------------------------------------------


async def test_a_report_reaches_the_reviewers_and_its_author_hears_of_it(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel, question: Message
) -> None:
    await presses(prep, bob, REVEAL, question)
    await presses(prep, bob, REPORT)
    await bob.fills(problem="outdated", line="Nobody <!channel> does that & any more")
    assert await sends(prep, bob) == {}
    queue = " ".join((await opens_queue(prep, alice, channel)).split())
    assert "says it is *outdated*" in queue
    assert "“Nobody <!channel> does that & any more”" in queue
    await presses(prep, alice, "Mark As Solved")
    assert "is dealt with" in told(prep, bob)[-1]


@pytest.mark.usefixtures("question")
async def test_a_question_of_a_members_own_is_asked_found_and_revealed_like_others(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    for _ in range(2):
        await bob.runs("/prep add", channel)
        await prep.settled()
        await bob.fills(
            title="Our incident hand-over",
            topic="people",
            level="hard",
            text="How do you hand an incident over?",
            answer_0="I say what is known, what is not, and who decides next.",
            points="Known — and unknown\n\n- Who decides",
        )
        said = await sends(prep, bob)
        if said:
            assert "question of that title already" in said["title"]
            break
        await opens_queue(prep, alice, channel)
        assert "suggests a new question" in seen(alice)
        await presses(prep, alice, "Accept")
        await alice.closes(everything=True)
    await bob.closes(everything=True)
    bank = prep.app.bank
    assert bank.get("team-our-incident-hand-over") is None, "it belongs to this workspace alone"
    for _ in bank.matching(level=None):
        await bob.runs("/prep random people hard", channel)
        await prep.settled()
        if "Our incident hand-over" in prep.told(bob, channel):
            break
    shown = bob.ephemerals(channel)[-1]
    assert "Our incident hand-over" in shown.text
    await presses(prep, bob, REVEAL, shown)
    assert "Written by @bob, accepted by @alice" in seen(bob)
    assert "• Known — and unknown" in seen(bob)


@pytest.mark.usefixtures("question")
async def test_owners_name_reviewers_and_take_them_off_again(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    async def types(who: Person, line: str) -> str:
        await who.runs(line, channel)
        await prep.settled()
        return prep.told(who, channel)

    assert "Only the people who set up" in await types(bob, "/prep reviewers @bob")
    assert f"<@{alice.id}>" in await types(bob, "/prep reviewers")
    assert f"<@{bob.id}>" in await types(alice, "/prep reviewers @bob @bob")
    assert "I recognised nobody" in await types(alice, "/prep reviewers @nobody")
    assert "stays a reviewer" in await types(alice, "/prep reviewers remove @alice")
    assert "Nothing waits" in await opens_queue(prep, bob, channel)
    assert f"<@{bob.id}>" not in await types(alice, "/prep reviewers remove @bob")


async def test_every_shipped_answer_fits_the_form_and_comes_back_the_same(prep: PrepTeam) -> None:
    for one in prep.app.bank.questions:
        fields = spread(one.sample_answer)
        assert fields is not None, one.slug

"""One's own streak, as people in Slack ask for it."""

import pytest
from inline_snapshot import snapshot

from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."


async def asks(prep: PrepTeam, who: Person, channel: Channel, words: str) -> str:
    """Type a command, and return what only this person reads."""
    before = len(who.ephemerals(channel))
    await who.runs(f"/prep {words}", channel)
    await prep.settled()
    (told,) = who.ephemerals(channel)[before:]
    return message_as_text({"text": told.text, "blocks": told.blocks})


@pytest.fixture
async def practised(prep: PrepTeam, alice: Person, bob: Person, channel: Channel) -> Channel:
    """A channel in which Bob answers from Tuesday over a weekend to Tuesday, but not on Monday."""
    await prep.sets_up(channel, alice)
    await prep.asks(channel)
    for answered in (True, True, True, True, False, True):
        question = await prep.asks(channel)
        await prep.all_at_once(*([bob.replies(question, ANSWER)] if answered else []))
    return channel


async def test_a_member_is_told_where_they_stand(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    assert await asks(prep, bob, practised, "streak") == snapshot("""\
Your streak is *1*. Your best is 4.
You hold no freeze. A freeze forgives one missed question; every 5th answer in a row
earns one, and you can hold 2.
You have answered 5 questions here.
The open question is answered: nothing is left to do until the next one.

`/prep streak why` explains it question by question.\
""")


async def test_why_explains_it_round_by_round_newest_first(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    assert await asks(prep, bob, practised, "streak why") == snapshot("""\
Your streak, newest question first
==================================

Your streak is *1*. Your best is 4.
Your streak grows by one with each question you answer before the next one is asked. A
freeze forgives one missed question; every 5th answer in a row earns one, and you can
hold 2.

Tuesday 10 March: answered. Streak 1.
Monday 9 March: missed, streak ended. Streak 0.
Friday 6 March: answered. Streak 4.
Thursday 5 March: answered. Streak 3.
Wednesday 4 March: answered. Streak 2.
Tuesday 3 March: answered. Streak 1.\
""")
    assert (await prep.doctor()).is_well


async def test_the_open_question_is_named_until_it_is_answered(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    question = await prep.asks(practised)
    assert "reply in its thread to reach 2" in await asks(prep, bob, practised, "streak")
    assert "open until the next question. Streak 1." in await asks(
        prep, bob, practised, "streak why"
    )
    await bob.replies(question, ANSWER)
    await prep.settled()
    assert "The open question is answered" in await asks(prep, bob, practised, "streak")


async def test_an_answer_that_was_deleted_no_longer_counts(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    reply = await bob.replies(await prep.asks(practised), ANSWER)
    await prep.settled()
    assert "Your streak is *2*" in await asks(prep, bob, practised, "streak")
    await bob.deletes(reply)
    await prep.settled()
    assert "Your streak is *1*" in await asks(prep, bob, practised, "streak")


async def test_who_never_answered_is_invited(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    told = "You have not answered a question here yet."
    assert told in await asks(prep, alice, practised, "streak")
    assert told in await asks(prep, alice, practised, "streak why")


@pytest.mark.parametrize("words", ["streak", "streak why"])
async def test_a_channel_without_a_daily_question_says_how_to_begin(
    prep: PrepTeam, bob: Person, slack: Sandbox, words: str
) -> None:
    elsewhere = slack.channel("elsewhere", members=[bob])
    assert "/prep setup" in await asks(prep, bob, elsewhere, words)


async def test_a_command_that_is_delivered_twice_says_the_same_twice(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    await asks(prep, bob, practised, "streak")
    payload = prep.slack.ledger.deliveries("slash_commands")[-1].payload
    assert (await prep.slack.platform.courier.ask(prep.installed, "slash_commands", payload)).ok
    await prep.settled()
    first, second = bob.ephemerals(practised)[-2:]
    assert first.text == second.text
    assert await prep.streak_of(bob, practised) == 1


@pytest.mark.parametrize("given", ["Why?", "  WHY  ", "why!"])
async def test_why_is_understood_as_people_type_it(
    prep: PrepTeam, bob: Person, practised: Channel, given: str
) -> None:
    assert "newest question first" in await asks(prep, bob, practised, f"streak {given}")


@pytest.mark.parametrize(
    "given", ["when", "x" * 3_000, "<!channel> @everyone", "\x00\x07\u202e", "why why", "``` `"]
)
async def test_other_words_are_answered_with_what_works(
    prep: PrepTeam, bob: Person, practised: Channel, given: str
) -> None:
    told = await asks(prep, bob, practised, f"streak {given}")
    assert "/prep streak why" in told
    assert len(told) < 250
    assert "<!" not in bob.ephemerals(practised)[-1].text

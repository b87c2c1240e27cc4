"""Replying in the thread to practise."""

from sandbox.people import Person
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."


async def test_a_reply_is_marked_and_its_author_hears_the_streak(
    prep: PrepTeam, alice: Person, bob: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    assert prep.ticked(reply)
    assert "Your streak starts: 1 question" in prep.told(bob, channel)
    assert await prep.streak_of(bob, channel) == 1
    assert (await prep.doctor()).is_well

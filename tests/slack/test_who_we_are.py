"""The app asks Slack who it is as it starts, and never again: by HTTP and by Socket Mode."""

from datetime import timedelta

import pytest

from bot.settings import Settings
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam, with_socket

ANSWER = "I would begin by asking how the system is used"
EACH = 15


@pytest.fixture(params=["HTTP", "Socket Mode"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """What the environment says, for one way of reaching the app and for the other."""
    return settings if request.param == "HTTP" else with_socket(settings)


async def test_nothing_asks_slack_who_we_are_for_each_event(
    prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person, channel: Channel
) -> None:
    assert len(slack.ledger.calls("auth.test")) == 1
    await prep.sets_up(channel, alice)
    question = await prep.asks(channel)
    slack.ledger.clear()
    for _ in range(EACH):
        reply = await bob.replies(question, ANSWER)
        await bob.edits(reply, f"{ANSWER}, and by whom")
        await bob.deletes(reply)
        await bob.says(channel, "just talking")
        await bob.opens_home()
        await bob.runs("/prep streak", channel)
        await bob.clicks("Why It Is Asked", on=question)
        await prep.settled()
        await bob.closes(everything=True)
        await prep.moves_to(prep.clock.now() + timedelta(hours=3))
    slack.archive(channel)
    await prep.settled()
    assert len(slack.ledger.deliveries()) > 7 * EACH
    assert slack.ledger.calls("auth.test") == []

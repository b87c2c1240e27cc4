"""One press that reaches two processes: what it does is seen once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from bot.settings import Process
from bot.wiring import Prep
from proof.postgresql import PostgreSQL
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

pytestmark = pytest.mark.postgresql  # SQLite is for one process


@pytest.fixture
def database_url(postgresql: PostgreSQL) -> Iterator[str]:
    """A database that several processes can share."""
    with postgresql.database() as url:
        yield url


@pytest.fixture
async def twin(prep: PrepTeam) -> AsyncIterator[Prep]:
    """A second process of the app, behind an address of its own."""
    app = Prep(prep.settings, prep.clock, process=Process.WEB, rng=Random(8))
    await app.start()
    yield app
    await app.stop()


async def delivered_to_both(
    prep: PrepTeam, twin: Prep, payload: dict[str, Any], times: int = 3
) -> None:
    """Deliver a press to both processes at the same moment, several times to each."""
    there = replace(prep.installed, request_url=f"http://127.0.0.1:{twin.port}/slack/events")
    ask = prep.slack.platform.courier.ask
    answers = await asyncio.gather(
        *(ask(app, "interactive", payload) for app in [prep.installed, there] * times)
    )
    assert all(answer.ok for answer in answers)
    await prep.settled()
    await twin.guard.idle()
    await prep.settled()


def last_press(prep: PrepTeam) -> dict[str, Any]:
    """What Slack told of the button pressed last."""
    return dict(prep.slack.ledger.deliveries("interactive")[-1].payload)


def posted(channel: Channel, words: str) -> list[Message]:
    """The messages of the app that everybody sees and that say these words."""
    return [message for message in channel.messages if message.app and words in message.text]


@pytest.fixture
async def press_of_show(prep: PrepTeam, alice: Person, channel: Channel) -> dict[str, Any]:
    """A press of Show In Channel that did not reach anybody."""
    await prep.sets_up(channel, alice)
    await alice.replies(await prep.asks(channel), "A mutex guards one resource at a time.")
    await prep.settled()
    await alice.runs("/prep leaderboard", channel)
    await prep.settled()
    return await _lost(prep, alice, "Show In Channel", channel)


@pytest.fixture
async def press_of_post(
    prep: PrepTeam, bob: Person, channel: Channel, slack: Sandbox
) -> dict[str, Any]:
    """A press of Post Here that did not reach anybody."""
    slack.invites(channel, prep.installed)
    await bob.runs("/prep random python", channel)
    await prep.settled()
    return await _lost(prep, bob, "Post Here", channel)


async def _lost(prep: PrepTeam, who: Person, label: str, channel: Channel) -> dict[str, Any]:
    address, prep.installed.request_url = prep.installed.request_url, None
    await who.clicks(label, on=who.ephemerals(channel)[-1])
    prep.installed.request_url = address
    return last_press(prep)


async def test_a_board_is_shown_once(
    prep: PrepTeam, twin: Prep, channel: Channel, press_of_show: dict[str, Any]
) -> None:
    await delivered_to_both(prep, twin, press_of_show)
    assert len(posted(channel, "Shared by")) == 1


async def test_a_question_is_posted_once(
    prep: PrepTeam, twin: Prep, channel: Channel, press_of_post: dict[str, Any]
) -> None:
    await delivered_to_both(prep, twin, press_of_post)
    assert len(posted(channel, "shared a question to practise")) == 1


async def test_two_presses_of_a_hurried_member_post_once_though_two_processes_get_them(
    prep: PrepTeam, twin: Prep, bob: Person, channel: Channel, press_of_post: dict[str, Any]
) -> None:
    another = prep.slack.interactions._trigger(prep.installed, bob.user)
    await asyncio.gather(
        delivered_to_both(prep, twin, press_of_post),
        delivered_to_both(prep, twin, press_of_post | {"trigger_id": another}),
    )
    assert len(posted(channel, "shared a question to practise")) == 1
    assert bob.view is not None
    assert "a moment ago" in bob.view.text


async def test_what_one_process_could_not_post_the_other_posts_at_the_next_press(
    prep: PrepTeam,
    twin: Prep,
    bob: Person,
    channel: Channel,
    slack: Sandbox,
    press_of_post: dict[str, Any],
) -> None:
    slack.faults.on("chat.postMessage").rate_limited(5)
    await delivered_to_both(prep, twin, press_of_post)
    assert posted(channel, "shared a question") == []
    prep.clock.move_on(timedelta(seconds=5))
    another = prep.slack.interactions._trigger(prep.installed, bob.user)
    await delivered_to_both(prep, twin, press_of_post | {"trigger_id": another})
    assert len(posted(channel, "shared a question to practise")) == 1

"""The app's Home, as people in Slack live with it."""

import json

import pytest
from inline_snapshot import snapshot

from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."
BOARD_UNKNOWN = "The board could not be read just now."
FIRST_STEPS = "Start your first streak"


@pytest.fixture
async def practised(prep: PrepTeam, alice: Person, bob: Person, channel: Channel) -> Channel:
    """A channel in which Bob answered two questions, and Alice the second."""
    await prep.sets_up(channel, alice)
    await bob.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    second = await prep.asks(channel)
    await prep.all_at_once(bob.replies(second, ANSWER), alice.replies(second, ANSWER))
    return channel


@pytest.fixture
async def secret(prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person) -> Channel:
    """A private channel of Alice and Bob with the app, in which both answered a question."""
    place = slack.channel("staff-only", members=[alice, bob, prep.installed], private=True)
    await prep.sets_up(place, alice)
    question = await prep.asks(place)
    await prep.all_at_once(bob.replies(question, ANSWER), alice.replies(question, ANSWER))
    return place


async def at_home(prep: PrepTeam, who: Person) -> str:
    """Open the Home, and return what stands there then."""
    await who.opens_home()
    await prep.settled()
    return standing_at_home(who)


def standing_at_home(who: Person) -> str:
    """What stands on someone's Home."""
    assert who.home is not None
    return who.home.text


async def test_a_newcomer_is_shown_how_to_begin(
    prep: PrepTeam, practised: Channel, slack: Sandbox
) -> None:
    carol = slack.person("carol")
    slack.invites(practised, carol)
    told = await at_home(prep, carol)
    assert told.startswith(FIRST_STEPS)
    assert "/prep setup" in told
    assert "@" not in told


@pytest.mark.usefixtures("practised")
async def test_a_member_sees_where_they_stand(prep: PrepTeam, bob: Person) -> None:
    assert await at_home(prep, bob) == snapshot("""\
Your practice
=============

*#interview-prep*
You have answered the open question.
The next one comes Wednesday, 4 March at 09:00.
*Streak*   *Best*
2          2

*Freezes*  *Answered*
0          2

*Leaderboard*
1. @bob: streak *2*, best 2, 2 in the last 30 days
2. @alice: streak *1*, best 1, 1 in the last 30 days

────────────────────────────────────────

`/prep random` gives you a question to practise right away.

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

Updated 3 March at 08:00 UTC\
""")


async def test_two_members_see_their_own_numbers(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    await prep.asks(practised)
    assert "reply in its thread to reach 3" in await at_home(prep, bob)
    assert "reply in its thread to reach 2" in await at_home(prep, alice)
    assert "reply in its thread to reach 3" in standing_at_home(bob)


async def test_an_answer_is_there_when_home_is_opened_again(
    prep: PrepTeam, bob: Person, practised: Channel
) -> None:
    question = await prep.asks(practised)
    assert "A question is open" in await at_home(prep, bob)
    reply = await bob.replies(question, ANSWER)
    await prep.settled()
    assert "You have answered the open question." in await at_home(prep, bob)
    await bob.deletes(reply)
    await prep.settled()
    assert "A question is open" in await at_home(prep, bob)


async def test_a_missed_question_ends_the_streak_at_home_at_once(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    await prep.asks(practised)
    await prep.asks(practised)
    assert "@alice: streak *0*, best 1" in await at_home(prep, alice)


async def test_a_private_channel_is_not_shown_to_someone_who_never_answered_there(
    prep: PrepTeam, alice: Person, secret: Channel, slack: Sandbox
) -> None:
    carol = slack.person("carol")
    told = await at_home(prep, carol)
    assert told.startswith(FIRST_STEPS)
    assert carol.home is not None
    assert [one for one in (secret.id, alice.id) if one in json.dumps(carol.home.payload)] == []


async def test_who_left_a_private_channel_no_longer_sees_its_board(
    prep: PrepTeam, alice: Person, bob: Person, secret: Channel
) -> None:
    assert "#staff-only" in await at_home(prep, bob)
    await bob.leaves(secret)
    assert (await at_home(prep, bob)).startswith(FIRST_STEPS)
    assert bob.home is not None
    assert [one for one in (secret.id, alice.id) if one in json.dumps(bob.home.payload)] == []
    assert "@bob" in await at_home(prep, alice)


async def test_channels_beyond_the_first_page_are_known_too(
    prep: PrepTeam, bob: Person, slack: Sandbox, alice: Person
) -> None:
    for number in range(205):
        slack.channel(f"elsewhere-{number}", members=[bob])
    last = slack.channel("interview-prep", members=[alice, bob])
    await prep.sets_up(last, alice)
    await bob.replies(await prep.asks(last), ANSWER)
    await prep.settled()
    told = await at_home(prep, bob)
    assert "#interview-prep" in told
    assert "1. @bob" in told


@pytest.mark.parametrize("trouble", ["rate_limited", "server_error"])
@pytest.mark.usefixtures("practised")
async def test_where_slack_does_not_tell_the_channels_nobody_else_is_named(
    prep: PrepTeam, bob: Person, trouble: str
) -> None:
    getattr(prep.slack.faults.on("users.conversations"), trouble)()
    told = await at_home(prep, bob)
    assert BOARD_UNKNOWN in told
    assert "You have answered the open question." in told
    assert "@alice" not in told
    await prep.moves_on(seconds=30)
    assert "@alice" in await at_home(prep, bob)


@pytest.mark.usefixtures("practised")
async def test_an_event_delivered_twice_leaves_the_same_home(prep: PrepTeam, bob: Person) -> None:
    once = await at_home(prep, bob)
    prep.slack.faults.duplicate_events(2, event_type="app_home_opened")
    assert await at_home(prep, bob) == once
    assert len(prep.slack.ledger.deliveries(event_type="app_home_opened")) == 3


@pytest.mark.usefixtures("practised")
async def test_a_home_that_could_not_be_published_is_there_next_time(
    prep: PrepTeam, bob: Person, caplog: pytest.LogCaptureFixture
) -> None:
    prep.slack.faults.on("views.publish").api_error("internal_error")
    await bob.opens_home()
    await prep.settled()
    assert bob.home is None
    assert "failed" in caplog.messages
    assert "#interview-prep" in await at_home(prep, bob)


@pytest.mark.usefixtures("practised")
async def test_the_event_is_acknowledged_before_anything_is_published(
    prep: PrepTeam, bob: Person
) -> None:
    prep.slack.faults.on("views.publish").api_error("internal_error")
    await bob.opens_home()
    await prep.settled()
    (delivery,) = prep.slack.ledger.deliveries(event_type="app_home_opened")
    assert (delivery.acknowledged, delivery.attempt) == (True, 0)


@pytest.mark.parametrize("tab", ["messages", "about", ""])
async def test_another_tab_publishes_nothing(prep: PrepTeam, bob: Person, tab: str) -> None:
    await bob.opens_home(tab=tab)
    await prep.settled()
    assert bob.home is None
    assert prep.slack.ledger.calls("views.publish") == []


async def test_a_paused_schedule_says_so(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    await alice.runs("/prep setup", practised)
    await prep.settled()
    await alice.chooses("state", "Paused")
    await alice.submits()
    await prep.settled()
    assert "The questions here are paused" in await at_home(prep, bob)


@pytest.mark.usefixtures("practised")
async def test_no_sample_answer_is_on_a_home(prep: PrepTeam, bob: Person) -> None:
    await at_home(prep, bob)
    assert bob.home is not None
    shown = json.dumps(bob.home.payload)
    leaks = [
        point.text
        for question in prep.app.bank.questions
        for point in question.key_points
        if point.text in shown
    ]
    assert leaks == []

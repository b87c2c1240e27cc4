"""The board, as people in Slack live with it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.domain.gestures import AGAIN_AFTER
from bot.features.leaderboard.view import SHOWN
from bot.slack import outbound
from sandbox.faults import MethodFaults
from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message
from tests.prep_team import PrepTeam

ANSWER = "A mutex guards one resource at a time."
SHOW = "Show In Channel"


@pytest.fixture
async def practised(prep: PrepTeam, alice: Person, bob: Person, channel: Channel) -> Channel:
    """A channel in which Bob answered two questions, and Alice the second."""
    await prep.sets_up(channel, alice)
    await bob.replies(await prep.asks(channel), ANSWER)
    await prep.settled()
    second = await prep.asks(channel)
    await prep.all_at_once(bob.replies(second, ANSWER), alice.replies(second, ANSWER))
    await prep.moves_on(hours=1)
    return channel


async def asks_for_the_board(prep: PrepTeam, who: Person, channel: Channel) -> Message:
    """Type the command, and return what only this person sees."""
    await who.runs("/prep leaderboard", channel)
    await prep.settled()
    return who.ephemerals(channel)[-1]


async def shows(prep: PrepTeam, who: Person, message: Message) -> None:
    """Press the button under a private board."""
    assert (await who.clicks(SHOW, on=message)).ok
    await prep.settled()


async def delivered_again(prep: PrepTeam, **changes: Any) -> None:
    """Deliver the last press of a button once more, with parts of it changed."""
    payload = dict(prep.slack.ledger.deliveries("interactive")[-1].payload) | changes
    answer = await prep.slack.platform.courier.ask(prep.installed, "interactive", payload)
    assert answer.ok
    await prep.settled()


async def pressed_anew(prep: PrepTeam, who: Person, **changes: Any) -> None:
    """Deliver that press as another one of this person, with parts of it changed."""
    trigger_id = prep.slack.interactions._trigger(prep.installed, who.user)
    user = {"id": who.id, "team_id": who.user.team_id}
    await delivered_again(prep, trigger_id=trigger_id, user=user, **changes)


def boards(channel: Channel) -> list[Message]:
    """The boards that everyone in a channel sees."""
    return [message for message in channel.messages if "Shared by" in message.text]


def read(prep: PrepTeam, message: Message) -> str:
    """Return a message as a person reads it."""
    names = prep.slack.workspace.names()
    return message_as_text({"text": message.text, "blocks": message.blocks}, names)


def notice(who: Person) -> str:
    """Return what a person is told in a modal."""
    assert who.view is not None
    return " ".join(who.view.text.split())


async def test_a_member_sees_the_board_and_nobody_else_does(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    before = len(practised.messages)
    board = await asks_for_the_board(prep, alice, practised)
    assert read(prep, board) == snapshot("""\
Leaderboard
===========

1. @bob: streak *2*, best 2, 2 in the last 30 days
2. @alice: streak *1*, best 1, 1 in the last 30 days

A streak counts questions, not days. Equal streaks share a rank. The last number counts
the questions answered in the last 30 days.

[ Show In Channel ]\
""")
    assert len(practised.messages) == before
    assert board not in bob.ephemerals(practised)


async def test_the_short_word_means_the_same(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    long = await asks_for_the_board(prep, alice, practised)
    await alice.runs("/prep BOARD", practised)
    await prep.settled()
    assert read(prep, alice.ephemerals(practised)[-1]) == read(prep, long)


async def test_a_shared_board_stands_in_the_channel_and_the_private_one_is_put_away(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    private = await asks_for_the_board(prep, alice, practised)
    await shows(prep, alice, private)
    (public,) = boards(practised)
    assert practised.messages[-1] is public
    assert read(prep, public) == snapshot("""\
Leaderboard
===========

1. bob: streak *2*, best 2, 2 in the last 30 days
2. alice: streak *1*, best 1, 1 in the last 30 days

Shared by alice · A streak counts questions, not days. Equal streaks share a rank. The
last number counts the questions answered in the last 30 days.\
""")
    assert read(prep, private) == SHOWN


async def test_a_shared_board_calls_people_by_name_and_rings_nobody(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    alice.user.name, bob.user.name = "", "@here <!channel>"
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    (public,) = boards(practised)
    told = json.dumps([public.text, public.blocks], ensure_ascii=False)
    assert "1. @\u2060here &lt;!channel&gt;: streak" in told
    assert "2. Alice: streak" in told, "without a display name, the full one"
    for ringing in ("<@", "<!", "@here"):
        assert ringing not in told


@pytest.mark.parametrize(
    "trouble",
    [
        lambda faults: faults.rate_limited(30, times=2),
        lambda faults: faults.api_error("user_not_found", times=2),
        lambda faults: faults.server_error(times=2),
        lambda faults: faults.resets(times=9),
    ],
)
async def test_whoever_slack_does_not_name_does_not_hold_the_board_up(
    prep: PrepTeam,
    alice: Person,
    practised: Channel,
    trouble: Callable[[MethodFaults], None],
) -> None:
    trouble(prep.slack.faults.on("users.info"))
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    (public,) = boards(practised)
    assert "1. a member: streak *2*" in public.text
    assert public.text.endswith("Shared by a member")


async def test_a_silent_slack_does_not_hold_the_board_up(
    prep: PrepTeam, alice: Person, practised: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "NAMES_TIMEOUT_S", 0.05)
    prep.slack.faults.on("users.info").times_out(times=2)
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    (public,) = boards(practised)
    assert "1. a member: streak *2*" in public.text


async def test_a_missed_question_is_on_the_board_as_soon_as_the_next_one_opens(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    await alice.replies(await prep.asks(practised), ANSWER)
    await prep.settled()
    await prep.asks(practised)
    board = read(prep, await asks_for_the_board(prep, bob, practised))
    assert "1. @alice: streak *2*" in board
    assert "2. @bob: streak *0*, best 2" in board
    assert (await prep.doctor()).is_well


async def test_members_beyond_the_tenth_row_are_told_their_place(
    prep: PrepTeam, slack: Sandbox, practised: Channel
) -> None:
    crowd = [slack.person(f"member{n}") for n in range(13)]
    slack.invites(practised, *crowd)
    question = prep.questions(practised)[-1]
    await prep.all_at_once(*(one.replies(question, ANSWER) for one in crowd))
    await prep.asks(practised)
    await prep.asks(practised)
    late = slack.person("late")
    slack.invites(practised, late)
    before = read(prep, await asks_for_the_board(prep, late, practised))
    assert "You are not on the board yet" in before
    after = [read(prep, await asks_for_the_board(prep, one, practised)) for one in crowd]
    told = [board for board in after if "You are 1st: streak *0*, best 1" in board]
    assert len(told) == 5, "ten of fifteen are listed, and two of those are Alice and Bob"


async def test_a_channel_without_a_daily_question_says_how_to_begin(
    prep: PrepTeam, alice: Person, slack: Sandbox
) -> None:
    elsewhere = slack.channel("elsewhere", members=[alice])
    for place in (elsewhere, alice.direct_message()):
        told = await asks_for_the_board(prep, alice, place)
        assert "no daily question in this channel" in told.text
        assert "/prep setup" in told.text


async def test_before_the_first_answer_the_board_invites(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await prep.sets_up(channel, alice)
    board = await asks_for_the_board(prep, alice, channel)
    assert "Nobody is on this board yet" in board.text
    assert SHOW not in read(prep, board)


async def test_a_double_click_shows_the_board_once(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    private = await asks_for_the_board(prep, alice, practised)
    await prep.all_at_once(*(alice.clicks(SHOW, on=private) for _ in range(5)))
    assert len(boards(practised)) == 1
    assert read(prep, private) == SHOWN


async def test_a_press_that_is_delivered_again_shows_nothing_and_says_nothing(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    again = await asks_for_the_board(prep, alice, practised)
    await delivered_again(prep)
    await prep.restarts()
    await delivered_again(prep)
    await prep.moves_on(hours=1)
    await delivered_again(prep)
    assert len(boards(practised)) == 1
    assert alice.view is None
    assert alice.ephemerals(practised)[-1] is again


async def test_a_minute_later_the_board_may_be_shown_again(
    prep: PrepTeam, alice: Person, bob: Person, practised: Channel
) -> None:
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    await shows(prep, bob, await asks_for_the_board(prep, bob, practised))
    assert len(boards(practised)) == 1
    await prep.moves_on(seconds=AGAIN_AFTER.total_seconds())
    await shows(prep, bob, await asks_for_the_board(prep, bob, practised))
    assert len(boards(practised)) == 2


async def test_a_busy_slack_costs_a_second_press_and_nothing_else(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    private = await asks_for_the_board(prep, alice, practised)
    prep.slack.faults.on("chat.postMessage").rate_limited(30)
    await shows(prep, alice, private)
    assert "nothing was posted. Please try again in 30 seconds" in notice(alice)
    assert boards(practised) == []
    await alice.closes()
    await prep.moves_on(seconds=30)
    await shows(prep, alice, private)
    assert len(boards(practised)) == 1


async def test_a_post_of_unknown_fate_is_repeated_by_nobody_but_the_member(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    private = await asks_for_the_board(prep, alice, practised)
    prep.slack.faults.on("chat.postMessage").resets(after_effect=True)
    await shows(prep, alice, private)
    assert "look in the channel before you try again" in notice(alice)
    await alice.closes()
    await delivered_again(prep)
    assert len(boards(practised)) == 1
    await shows(prep, alice, private)
    assert len(boards(practised)) == 2, "she has looked, and means it"


async def test_an_app_that_was_removed_from_the_channel_asks_to_be_invited(
    prep: PrepTeam, alice: Person, practised: Channel
) -> None:
    private = await asks_for_the_board(prep, alice, practised)
    prep.slack.kicks(practised, prep.installed)
    await prep.settled()
    await shows(prep, alice, private)
    assert "/invite @Prep" in notice(alice)
    assert boards(practised) == []


@pytest.fixture
async def shown_before(prep: PrepTeam, alice: Person, practised: Channel) -> Channel:
    """A channel whose board Alice showed so long ago that it may be shown again."""
    await shows(prep, alice, await asks_for_the_board(prep, alice, practised))
    await prep.moves_on(seconds=AGAIN_AFTER.total_seconds())
    return practised


async def test_another_press_shows_the_board_again_by_then(
    prep: PrepTeam, alice: Person, shown_before: Channel
) -> None:
    await pressed_anew(prep, alice)
    assert len(boards(shown_before)) == 2


async def test_a_guest_of_a_shared_channel_is_refused(
    prep: PrepTeam, shown_before: Channel, slack: Sandbox
) -> None:
    guest = slack.person("guest", team="T0GUESTS")
    slack.invites(shown_before, guest)
    await pressed_anew(prep, guest)
    assert "members of the workspace" in notice(guest)
    assert len(boards(shown_before)) == 1


@pytest.mark.parametrize(
    "value", ["", "0", "999999", "-1", "٣", "1.5", "9" * 40, "<!channel>", "1; DROP TABLE rounds"]
)
async def test_a_button_that_names_no_schedule_of_ours_shows_nothing(
    prep: PrepTeam, alice: Person, shown_before: Channel, value: str
) -> None:
    pressed = prep.slack.ledger.deliveries("interactive")[-1].payload["actions"][0]
    await pressed_anew(prep, alice, actions=[pressed | {"value": value}])
    assert "this board belongs to is gone" in notice(alice)
    assert len(boards(shown_before)) == 1


async def test_a_board_is_not_shown_in_another_channel(
    prep: PrepTeam, alice: Person, shown_before: Channel, slack: Sandbox
) -> None:
    elsewhere = slack.channel("elsewhere", members=[alice, prep.installed])
    await pressed_anew(prep, alice, channel={"id": elsewhere.id, "name": elsewhere.name})
    assert "belongs to another channel" in notice(alice)
    assert boards(elsewhere) == []
    assert len(boards(shown_before)) == 1

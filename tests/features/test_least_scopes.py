"""Each scope and event is taken away in turn: a whole day of every feature is lived without it.

What needs it says so kindly or goes on without, nothing is lost, and everything else is as before.
A scope or event without which nothing changes would have no business in the manifest.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.domain.rounds import RoundState
from bot.store import schedules, schema
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel, Message, RefusedError
from tests.agreements.test_manifest import EVENTS, SCOPES, SCOPES_PAGE
from tests.jobs.one_question import ANSWER
from tests.prep_team import PrepTeam, berlin

BETTER = "I would say it in one sentence. Then I would name the trade-off, and stop."


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """A migrated database. Which kind it is makes no difference to what Slack allows."""
    url = f"sqlite:///{tmp_path / 'prep.db'}"
    schema.upgrade(url)
    return url


@dataclass(frozen=True)
class Team:
    """Two people who practise in a public and in a private channel, where all is set up."""

    prep: PrepTeam
    slack: Sandbox
    alice: Person
    bob: Person
    public: Channel
    private: Channel

    @property
    def channels(self) -> tuple[Channel, Channel]:
        """Both channels."""
        return self.public, self.private


@pytest.fixture
async def team(prep: PrepTeam, slack: Sandbox, alice: Person, bob: Person) -> Team:
    """A team that has answered one question in each channel. It is Monday, 9 o'clock."""
    public = slack.channel("interview-prep", members=[alice, bob])
    private = slack.channel("hiring", members=[alice, bob, prep.installed], private=True)
    for channel in (public, private):
        await prep.sets_up(channel, alice)
    await prep.moves_to(berlin(3, 2, 9))
    for channel in (public, private):
        await bob.replies(prep.questions(channel)[-1], ANSWER)
    await prep.settled()
    return Team(prep, slack, alice, bob, public, private)


Conversation = Callable[[Team], Awaitable[list[str]]]
"""Has people do something; what it returns is amiss."""


def shown(who: Person) -> str:
    """What stands on somebody's topmost modal, and at its fields, on one line."""
    if who.view is None:
        return ""
    return " ".join([*who.view.text.split(), *who.view.errors.values()])


async def puts_away(who: Person) -> None:
    if who.view is not None:
        await who.closes(everything=True)


async def types(team: Team, who: Person, line: str, channel: Channel) -> list[Message]:
    """Type a command, and return the private replies to it."""
    before = len(who.ephemerals(channel))
    await who.runs(line, channel)
    await team.prep.settled()
    return who.ephemerals(channel)[before:]


async def presses(team: Team, who: Person, label: str, on: Message | None = None) -> None:
    await who.clicks(label, on=on)
    await team.prep.settled()


def heard(who: Person) -> str:
    """What the app wrote to somebody in their direct messages."""
    return " ".join(m.text for m in who.direct_message().messages if m.app is not None)


# --- a day of every feature -----------------------------------------------------------------------


async def help_(team: Team) -> list[str]:
    [reply] = await types(team, team.bob, "/prep help", team.public)
    return [] if "/prep random" in reply.text else [reply.text]


async def setup(team: Team) -> list[str]:
    amiss = []
    asking = team.slack.channel("algorithms", members=[team.bob])
    closed = team.slack.channel("panel", members=[team.bob, team.prep.installed], private=True)
    for place in (asking, closed):
        await team.bob.runs("/prep setup", place)
        await team.prep.settled()
        if "America/New York" not in shown(team.bob):
            amiss.append(f"#{place.name}: the form begins in another zone")
        await team.bob.submits()
        await team.prep.settled()
        if team.bob.view is not None:
            amiss.append(f"#{place.name}: {' '.join(team.bob.view.errors.values())}")
        elif not any("set up a daily" in message.text for message in place.messages):
            amiss.append(f"#{place.name}: the channel was not told")
        await puts_away(team.bob)
    return amiss


async def daily_question(team: Team) -> list[str]:
    """Tuesday's question comes; of Wednesday's posting the app learns only afterwards."""
    amiss = []
    before = {channel.id: len(team.prep.questions(channel)) for channel in team.channels}
    await team.prep.moves_to(berlin(3, 3, 9))
    for channel in team.channels:
        if len(team.prep.questions(channel)) == before[channel.id]:
            amiss.append(f"#{channel.name}: no question")
        team.slack.faults.on("chat.postMessage", channel=channel.id).resets(after_effect=True)
    await team.prep.moves_to(berlin(3, 4, 9))
    await team.prep.moves_on(minutes=5)
    if unknown := (await team.prep.doctor()).rounds.get(RoundState.UNKNOWN):
        amiss.append(f"{unknown} posted, or not")
    [reply] = await types(team, team.bob, "/prep today", team.public)
    return amiss if "Open now" in reply.text else [*amiss, reply.text]


async def answers(team: Team) -> list[str]:
    amiss = []
    for channel in team.channels:
        before = len(team.bob.ephemerals(channel))
        answer = await team.bob.replies(team.prep.questions(channel)[-1], ANSWER)
        await team.prep.settled()
        if not team.prep.ticked(answer):
            amiss.append(f"#{channel.name}: no mark")
        told = team.bob.ephemerals(channel)[before:]
        if not any("Counted" in message.text for message in told):
            amiss.append(f"#{channel.name}: no private line")
    return amiss


async def reveal(team: Team) -> list[str]:
    await presses(team, team.bob, "Reveal Sample Answer", team.prep.questions(team.public)[-1])
    told = shown(team.bob)
    await puts_away(team.bob)
    return [] if "*Key points*" in told else [told]


async def shares(team: Team, line: str, label: str) -> tuple[list[Message], str]:
    """Type a command and press a button under its reply; returns what the channel sees of it, and
    what stands on the presser's modal."""
    [reply] = await types(team, team.bob, line, team.public)
    before = len(team.public.messages)
    await presses(team, team.bob, label, reply)
    told = shown(team.bob)
    await puts_away(team.bob)
    return team.public.messages[before:], told


async def random_question(team: Team) -> list[str]:
    posted, told = await shares(team, "/prep random", "Post Here")
    return [] if posted else [told]


async def leaderboard(team: Team) -> list[str]:
    boards, told = await shares(team, "/prep leaderboard", "Show In Channel")
    return [board.text for board in boards if "bob" not in board.text] if boards else [told]


async def streak(team: Team) -> list[str]:
    [reply] = await types(team, team.bob, "/prep streak", team.public)
    return [] if "streak" in reply.text else [reply.text]


async def home(team: Team) -> list[str]:
    await team.bob.opens_home()
    await team.prep.settled()
    if team.bob.home is None:
        return ["nothing is shown"]
    amiss = re.findall(r"The board could not be read[^\n]*", team.bob.home.text)
    return sorted(set(amiss))


async def improve(team: Team) -> list[str]:
    await presses(team, team.bob, "Reveal Sample Answer", team.prep.questions(team.public)[-1])
    await presses(team, team.bob, "Suggest An Improvement")
    await team.bob.fills(answer_0=BETTER, answer_1=None, answer_2=None, note="It is shorter")
    await team.bob.submits()
    await team.prep.settled()
    await puts_away(team.bob)
    amiss = [] if "Thank you" in heard(team.bob) else ["its author was not thanked"]
    await team.bob.runs("/prep add", team.public)
    await team.prep.settled()
    form = shown(team.bob)
    await puts_away(team.bob)
    return amiss if "question" in form else [*amiss, form]


async def suggestions(team: Team) -> list[str]:
    await team.alice.runs("/prep suggestions", team.public)
    await team.prep.settled()
    await presses(team, team.alice, "Accept")
    await puts_away(team.alice)
    return [] if "accepted" in heard(team.bob) else ["its author was not told"]


async def reviewers(team: Team) -> list[str]:
    [reply] = await types(team, team.bob, "/prep reviewers", team.public)
    return [] if "alice" in reply.text or team.alice.id in reply.text else [reply.text]


async def installation(team: Team) -> list[str]:
    """Both channels are lost, and their owner is told at once."""
    for channel in team.channels:
        team.slack.archive(channel)
    await team.prep.settled()
    return [
        f"#{channel.name}: its owner was not told"
        for channel in team.channels
        if f"<#{channel.id}>" not in heard(team.alice)
    ]


DAY: Mapping[str, Conversation] = {
    "help": help_,
    "setup": setup,
    "daily_question": daily_question,
    "answers": answers,
    "reveal": reveal,
    "random_question": random_question,
    "leaderboard": leaderboard,
    "streak": streak,
    "home": home,
    "improve": improve,
    "suggestions": suggestions,
    "reviewers": reviewers,
}
REINSTALL = "install it again from its manifest"
LEFT_UNDONE = f"so it was left undone, and nothing is lost. Whoever runs Prep here can {REINSTALL}"
NOT_IN_THE_FORM = (
    "Slack has not given me all I need there. "
    f"Please ask whoever runs Prep here to {REINSTALL}, then save again."
)


async def amiss_in(conversation: Conversation, team: Team) -> list[str]:
    """What is amiss in a conversation; that Slack itself refuses it is amiss too."""
    try:
        return await conversation(team)
    except RefusedError as refused:
        return [f"Slack: {refused}"]


async def a_day(team: Team, lost: str | None = None) -> dict[str, list[str]]:
    """Live through every feature, without one scope; returns what was amiss, by room.

    On Thursday morning the scope is there again, and nothing has been lost. Then both channels are.
    """
    whole = team.prep.installed.spec
    partly = replace(whole, scopes=tuple(scope for scope in whole.scopes if scope != lost))
    team.prep.installed.spec = partly
    found = {room: await amiss_in(conversation, team) for room, conversation in DAY.items()}
    await nothing_loops(team)
    team.prep.installed.spec = whole
    await nothing_is_lost(team)
    team.prep.installed.spec = partly
    found["installation"] = await amiss_in(installation, team)
    return {room: amiss for room, amiss in found.items() if amiss}


async def nothing_loops(team: Team) -> None:
    """Assert that what Slack refuses for good is not asked for again and again."""
    for _ in range(5):
        await team.prep.moves_on(minutes=1)
    before = len(refused_calls(team))
    for _ in range(5):
        await team.prep.moves_on(minutes=1)
    # A round whose outcome is unknown is looked for now and then, ever more rarely.
    assert len(refused_calls(team)) <= before + 3


def refused_calls(team: Team) -> list[str]:
    """The calls for which a scope was missing."""
    calls = team.slack.ledger.calls()
    return [call.method for call in calls if call.result.get("error") == "missing_scope"]


async def nothing_is_lost(team: Team) -> None:
    """Assert that Thursday's questions come, that every post is accounted for, and every streak."""
    await team.prep.moves_to(berlin(3, 5, 9))
    for channel in team.channels:
        question = team.prep.questions(channel)[-1]
        answer = await team.bob.replies(question, ANSWER)
        await team.prep.settled()
        assert team.prep.ticked(answer)
    report = await team.prep.doctor()
    assert report.is_well
    assert RoundState.UNKNOWN not in report.rounds


async def test_with_all_that_the_manifest_asks_for_nothing_is_amiss(
    team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    assert await a_day(team) == {}
    assert not {"failed", "job_failed", "scope_missing"} & set(caplog.messages)


SAID = {
    "channels:history": {"setup": NOT_IN_THE_FORM},
    "channels:join": {"setup": "Please type /invite @prep in that channel, then save again."},
    "channels:read": {"setup": NOT_IN_THE_FORM, "home": "or ask whoever runs Prep."},
    "chat:write": {
        "setup": NOT_IN_THE_FORM,
        "random_question": f"permission for that (chat:write), {LEFT_UNDONE}",
        "leaderboard": f"permission for that (chat:write), {LEFT_UNDONE}",
    },
    "commands": {"help": "Slack: /prep is not a valid command."},
    "groups:history": {"setup": NOT_IN_THE_FORM},
    "groups:read": {"setup": NOT_IN_THE_FORM, "home": "or ask whoever runs Prep."},
    "reactions:write": {"answers": "no mark"},
    "users:read": {"leaderboard": "a member: streak", "setup": "begins in another zone"},
}
"""What is said, or shown instead, where a scope is missing."""


@pytest.mark.parametrize("scope", SCOPES)
async def test_without_a_scope_its_features_say_so_kindly_and_all_else_is_as_before(
    team: Team, scope: str, caplog: pytest.LogCaptureFixture
) -> None:
    found = await a_day(team, lost=scope)
    for room, words in SAID[scope].items():
        assert words in " ".join(found[room]), room
    assert set(found) == rooms_of(scope), "docs/scopes.md says what each scope is for"
    assert not {"failed", "job_failed"} & set(caplog.messages)
    named = {getattr(record, "needed", scope) for record in caplog.records}
    assert named == {scope}


def rooms_of(name: str) -> set[str]:
    """What a scope is for, as the page about scopes has it."""
    [rooms] = re.findall(rf"^\| `{re.escape(name)}` \| .+ \| (.+) \|$", SCOPES_PAGE, re.MULTILINE)
    return set(rooms.split(", "))


# --- events ---------------------------------------------------------------------------------------


async def hears_an_answer(team: Team, channel: Channel) -> bool:
    answer = await team.bob.replies(team.prep.questions(channel)[-1], ANSWER)
    await team.prep.settled()
    return team.prep.ticked(answer)


async def hears_of_a_loss(team: Team, happens: Callable[[], None]) -> bool:
    happens()
    await team.prep.settled()
    return STOPPED in heard(team.alice)


async def hears_of_the_end(team: Team, happens: Callable[[], None], beside: str) -> bool:
    """`beside` is what Slack tells in the same breath, or fails to tell."""
    team.slack.faults.drop_events(event_type=beside)
    happens()
    await team.prep.settled()
    calls = len(team.slack.ledger.calls())
    await team.prep.moves_to(berlin(3, 3, 9))
    return len(team.slack.ledger.calls()) == calls


async def follows_a_channel(team: Team) -> bool:
    new = team.slack.channel("the-same", members=[team.bob, team.prep.installed])
    event = {
        "type": "channel_id_changed",
        "old_channel_id": team.public.id,
        "new_channel_id": new.id,
        "event_ts": team.slack.workspace.new_ts(),
    }
    team.slack.platform.events.to_app(team.prep.installed, event)
    await team.prep.settled()
    every = await team.prep.app.database.read(schedules.everywhere)
    return new.id in {one.channel_id for one in every}


async def shows_a_home(team: Team) -> bool:
    await team.bob.opens_home()
    await team.prep.settled()
    return team.bob.home is not None


STOPPED = "has stopped"
HEARD: Mapping[str, Callable[[Team], Awaitable[bool]]] = {
    "app_home_opened": shows_a_home,
    "app_uninstalled": lambda team: hears_of_the_end(
        team, lambda: team.slack.uninstall(team.prep.installed), beside="tokens_revoked"
    ),
    "channel_archive": lambda team: hears_of_a_loss(team, lambda: team.slack.archive(team.public)),
    "channel_deleted": lambda team: hears_of_a_loss(team, lambda: team.slack.remove(team.public)),
    "channel_id_changed": follows_a_channel,
    "channel_left": lambda team: hears_of_a_loss(
        team, lambda: team.slack.kicks(team.public, team.prep.installed)
    ),
    "group_archive": lambda team: hears_of_a_loss(team, lambda: team.slack.archive(team.private)),
    "group_deleted": lambda team: hears_of_a_loss(team, lambda: team.slack.remove(team.private)),
    "group_left": lambda team: hears_of_a_loss(
        team, lambda: team.slack.kicks(team.private, team.prep.installed)
    ),
    "message.channels": lambda team: hears_an_answer(team, team.public),
    "message.groups": lambda team: hears_an_answer(team, team.private),
    "tokens_revoked": lambda team: hears_of_the_end(
        team, lambda: team.slack.uninstall(team.prep.installed), beside="app_uninstalled"
    ),
}
"""Of each event, whether the app hears of what happens as it happens."""


@pytest.mark.parametrize("subscribed", [True, False])
@pytest.mark.parametrize("event", EVENTS)
async def test_each_event_is_needed_to_hear_of_something_at_once_and_without_it_nothing_is_lost(
    team: Team, event: str, subscribed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    spec = team.prep.installed.spec
    if not subscribed:
        kept = tuple(other for other in spec.events if other != event)
        team.prep.installed.spec = replace(spec, events=kept)
    assert await HEARD[event](team) == subscribed
    await team.prep.moves_to(berlin(3, 3, 9, 1))
    if event.endswith(("archive", "deleted", "left")):
        assert STOPPED in heard(team.alice), "at the latest, the next question finds it out"
    assert (await team.prep.doctor()).is_well
    assert await team.prep.streak_of(team.bob, team.private) == 1
    assert "failed" not in caplog.messages

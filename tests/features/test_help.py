"""Finding out what Prep can do."""

import pytest
from inline_snapshot import snapshot

from sandbox.people import Person
from sandbox.reading import message_as_text
from sandbox.workspace import Channel
from tests.prep_team import PrepTeam


async def types(prep: PrepTeam, who: Person, channel: Channel, line: str) -> str:
    """Type a line, and return what only this person reads."""
    before = len(who.ephemerals(channel))
    await who.runs(line, channel)
    await prep.settled()
    (told,) = who.ephemerals(channel)[before:]
    return message_as_text({"text": told.text, "blocks": told.blocks})


@pytest.mark.parametrize("line", ["/prep help", "/prep", "/prep   ", "/prep HELP me please"])
async def test_the_help_is_one_word_away_or_none(
    prep: PrepTeam, alice: Person, channel: Channel, line: str
) -> None:
    told = await types(prep, alice, channel, line)
    assert told.startswith("This is what Prep can do:")


async def test_the_help_lists_what_works(prep: PrepTeam, alice: Person, channel: Channel) -> None:
    assert await types(prep, alice, channel, "/prep help") == snapshot("""\
This is what Prep can do:

`/prep today`: links to the question that is open in this channel
`/prep random [topic] [level]`: gives you a question to practise, privately
`/prep streak [why]`: shows your streak; with `why`, how it came about
`/prep leaderboard`: shows this channel's streaks
`/prep setup`: starts, changes or pauses a channel's daily question
`/prep add`: lets you write a question for your workspace
`/prep suggestions`: shows reviewers what members suggested
`/prep reviewers [@name]`: shows who looks at suggestions, or names more people
`/prep help`: shows this list

To practise, reply in the thread of the daily question.\
""")


async def test_a_slip_of_the_finger_is_named_with_what_was_meant(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    told = await types(prep, alice, channel, "/prep leaderbord now")
    assert told.startswith("I don't know `leaderbord`. Did you mean `/prep leaderboard`?")
    assert "`/prep today`" in told


@pytest.mark.parametrize(
    ("typed", "meant"), [("hlep", "help"), ("halp", "help"), ("bord", "leaderboard")]
)
async def test_help_itself_and_short_words_are_near_too(
    prep: PrepTeam, alice: Person, channel: Channel, typed: str, meant: str
) -> None:
    told = await types(prep, alice, channel, f"/prep {typed}")
    assert told.startswith(f"I don't know `{typed}`. Did you mean `/prep {meant}`?\n")


async def test_a_word_like_no_other_gets_the_list(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    told = await types(prep, alice, channel, "/prep weather")
    assert told.startswith("I don't know `weather`.\n")
    assert "`/prep leaderboard`" in told


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("x" * 3_000, f"I don't know `{'x' * 39}…`."),
        ("<!channel>", "I don't know `<!channel>`."),
        ("@everyone wake up", "I don't know `@everyone`."),
        ("wea\x00\x07ther", "I don't know `weather`."),
        ("`*boo*`", "I don't know `'*boo*'`."),
        ("R&D", "I don't know `R&D`."),
        ("\u202e\u200b", "This is what Prep can do:"),
    ],
)
async def test_odd_words_stay_words(
    prep: PrepTeam, alice: Person, channel: Channel, words: str, named: str
) -> None:
    told = await types(prep, alice, channel, f"/prep {words}")
    assert told.startswith(f"{named}\n")
    assert "<" not in alice.ephemerals(channel)[-1].text
    assert channel.messages == []


async def test_a_command_that_is_delivered_twice_is_answered_twice_and_does_nothing(
    prep: PrepTeam, alice: Person, channel: Channel
) -> None:
    await types(prep, alice, channel, "/prep help")
    payload = prep.slack.ledger.deliveries("slash_commands")[-1].payload
    assert (await prep.slack.platform.courier.ask(prep.installed, "slash_commands", payload)).ok
    await prep.settled()
    first, second = alice.ephemerals(channel)
    assert first.text == second.text
    assert channel.messages == []

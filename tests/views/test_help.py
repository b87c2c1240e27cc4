"""How the help looks."""

import pytest
from inline_snapshot import snapshot

from bot.domain.help import HelpLine
from bot.features.help import view
from bot.slack.blocks import Message
from sandbox.block_rules import faults_in_message
from sandbox.reading import message_as_text

COMMANDS = (
    HelpLine("random [topic] [level]", "gives you a question to practise"),
    HelpLine("leaderboard", "shows this channel's streaks"),
)


def read(message: Message) -> str:
    assert faults_in_message(message.payload()) == []
    return message_as_text(message.payload())


def test_the_help_lists_every_command_with_its_purpose() -> None:
    assert read(view.everything(COMMANDS)) == snapshot("""\
This is what Prep can do:

`/prep random [topic] [level]`: gives you a question to practise
`/prep leaderboard`: shows this channel's streaks

To practise, reply in the thread of the daily question.\
""")


def test_the_text_of_the_help_says_all_that_its_blocks_say() -> None:
    message = view.everything(COMMANDS)
    assert read(message).split() == message_as_text({"text": message.payload()["text"]}).split()


def test_a_near_command_is_named_before_the_list() -> None:
    assert read(view.not_understood("leaderbord", COMMANDS[1], COMMANDS)) == snapshot("""\
I don't know `leaderbord`. Did you mean `/prep leaderboard`?

`/prep random [topic] [level]`: gives you a question to practise
`/prep leaderboard`: shows this channel's streaks

To practise, reply in the thread of the daily question.\
""")


def test_without_a_near_command_only_the_list_is_offered() -> None:
    assert read(view.not_understood("weather", None, COMMANDS)).splitlines()[0] == snapshot(
        "I don't know `weather`."
    )


@pytest.mark.parametrize("words", ["<!channel>", "<@U1|bob>", "x" * 3_000, "a & b", "\x00\x07"])
@pytest.mark.parametrize("near", [None, COMMANDS[0]])
def test_a_persons_words_stay_words(words: str, near: HelpLine | None) -> None:
    payload = view.not_understood(words, near, COMMANDS).payload()
    assert faults_in_message(payload) == []
    assert "<" not in str(payload)
    assert "\\x" not in str(payload)


def test_a_help_without_commands_still_says_how_to_practise() -> None:
    assert "reply in the thread" in read(view.everything(()))


def test_a_help_longer_than_one_section_is_shown_whole() -> None:
    many = [HelpLine(f"command{n} [word]", "does one thing out of very many") for n in range(150)]
    assert read(view.everything(many)).count("does one thing") == len(many)

"""The help is made of the table that routes the commands."""

from bot.domain.ids import ChannelId, InstallationId, MemberId
from bot.domain.installations import Installation
from bot.slack.inbound import CommandCall
from tests.agreements.table import COMMANDS, REPLIES, ROUTES

HERE = Installation(InstallationId(1), "T1", None, MemberId("U0PREP"))
CALL = CommandCall(HERE, MemberId("U1"), ChannelId("C1"), "help", "1.2.3", "https://nowhere")


async def test_the_help_lists_every_command_and_nothing_else() -> None:
    REPLIES.texts.clear()
    await COMMANDS["help"].run(CALL, "")
    [shown] = REPLIES.texts
    listed = [line for line in shown.splitlines() if line.startswith("`/prep ")]
    assert listed == [f"`/prep {c.usage}`: {c.purpose}" for c in COMMANDS.values()]


async def test_what_nobody_understands_gets_the_same_list() -> None:
    REPLIES.texts.clear()
    await ROUTES.otherwise(CALL, "leaderbord")
    [shown] = REPLIES.texts
    assert "`/prep leaderboard`?" in shown
    assert all(f"`/prep {command.usage}`" in shown for command in COMMANDS.values())


def test_every_command_begins_with_its_word_and_completes_a_line() -> None:
    for command in COMMANDS.values():
        assert command.usage.split()[0] == command.word
        assert command.purpose[0].islower()
        assert not command.purpose.endswith(".")


def test_another_word_for_a_command_reaches_the_same_one() -> None:
    for word, command in ROUTES.commands.items():
        assert ROUTES.commands[command.word] is command, word

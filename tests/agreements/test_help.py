"""The help is made of the table that routes the commands."""

from bot.domain.help import HelpLine
from bot.features.help import view
from bot.slack.blocks import as_markup
from tests.agreements.table import COMMANDS, ROUTES


def test_every_command_is_in_the_help() -> None:
    shown = as_markup(
        view.command_list([HelpLine(c.usage, c.purpose) for c in COMMANDS.values()]).text
    ).source
    for command in COMMANDS.values():
        assert f"/prep {command.usage}" in shown
        assert command.usage.split()[0] == command.word
        assert command.purpose[0].islower()
        assert not command.purpose.endswith(".")


def test_another_word_for_a_command_reaches_the_same_one() -> None:
    for word, command in ROUTES.commands.items():
        assert ROUTES.commands[command.word] is command, word

"""The help: what Prep can do, and how to ask for it."""

from collections.abc import Sequence

from bot.domain.help import HelpLine
from bot.slack.blocks import Markup, Message, context, lines, mrkdwn, section, sections
from bot.slack.names import COMMAND

PRACTICE = "To practise, reply in the thread of the daily question."


def everything(commands: Sequence[HelpLine]) -> Message:
    """List every command."""
    return _listing(mrkdwn("This is what Prep can do:"), commands)


def not_understood(words: str, nearest: HelpLine | None, commands: Sequence[HelpLine]) -> Message:
    """Say which word is not a command, name the nearest that is, and list them all."""
    lead = mrkdwn("I don't know `{words}`.", words=words)
    if nearest is not None:
        lead += mrkdwn(" Did you mean `{command} {word}`?", command=COMMAND, word=nearest.word)
    return _listing(lead, commands)


def _listing(lead: Markup, commands: Sequence[HelpLine]) -> Message:
    listed = lines(*(_line(command) for command in commands))
    text = lines(lead, listed, PRACTICE) if commands else lines(lead, PRACTICE)
    return Message(text, (section(lead), *sections(listed), context(PRACTICE)))


def _line(command: HelpLine) -> Markup:
    return mrkdwn(
        "`{command} {usage}`: {purpose}",
        command=COMMAND,
        usage=command.usage,
        purpose=command.purpose,
    )

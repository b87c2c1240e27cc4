"""`/prep help`, and whatever follows `/prep` that nobody understands."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.help import HelpLine, nearest
from bot.features.help import view
from bot.slack.echo import as_read, echo
from bot.slack.inbound import CommandCall
from bot.slack.outbound import Slack


@dataclass(frozen=True, slots=True)
class HelpListener:
    """Says what works. `commands` come from the table that routes them."""

    commands: Sequence[HelpLine]
    slack: Slack

    async def on_help(self, call: CommandCall, _given: str) -> None:
        """List every command."""
        await self.slack.respond(call.response_url, view.everything(self.commands))

    async def on_unknown(self, call: CommandCall, given: str) -> None:
        """Name the command that was meant, if one is near, and list them all."""
        word = echo("".join(as_read(given).split()[:1]))
        if not word:
            await self.on_help(call, given)
            return
        message = view.not_understood(word, nearest(word, self.commands), self.commands)
        await self.slack.respond(call.response_url, message)

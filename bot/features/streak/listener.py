"""`/prep streak` and `/prep streak why`."""

from dataclasses import dataclass

from bot.features.streak import view
from bot.features.streak.service import StreakService
from bot.slack.blocks import Message
from bot.slack.echo import as_read, echo
from bot.slack.inbound import CommandCall
from bot.slack.outbound import Slack


@dataclass(frozen=True, slots=True)
class StreakListener:
    """Tells members their own streak, privately."""

    service: StreakService
    slack: Slack

    async def on_streak(self, call: CommandCall, given: str) -> None:
        """Tell the streak, explain it after "why", and say what works after anything else."""
        match given.strip(" ?!.").casefold():
            case "":
                message = await self._report(call)
            case "why":
                message = await self._history(call)
            case _:
                message = view.usage(echo(as_read(given)))
        await self.slack.respond(call.response_url, message)

    async def _report(self, call: CommandCall) -> Message:
        return view.report(
            await self.service.report(call.installation.id, call.channel_id, call.member_id)
        )

    async def _history(self, call: CommandCall) -> Message:
        return view.history(
            await self.service.history(call.installation.id, call.channel_id, call.member_id)
        )

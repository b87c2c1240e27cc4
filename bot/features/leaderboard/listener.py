"""`/prep leaderboard`, and showing its board to the channel."""

from dataclasses import dataclass

from bot.domain.gestures import Gesture, Press
from bot.domain.ids import ScheduleId
from bot.domain.ranking import Board
from bot.domain.refusals import OfAnotherWorkspace
from bot.domain.rounds import Accepted
from bot.features.leaderboard import view
from bot.features.leaderboard.service import Leaderboard
from bot.slack.guard import Guard
from bot.slack.inbound import Click, CommandCall
from bot.slack.outbound import Slack
from bot.slack.posting import must_be_posted

MOST_DIGITS = 18
"""Of a schedule's number; what is longer is none, and no database would take it."""


@dataclass(frozen=True, slots=True)
class LeaderboardListener:
    """Shows boards: to one member, and at their wish to the channel."""

    service: Leaderboard
    slack: Slack
    guard: Guard

    async def on_leaderboard(self, call: CommandCall, _given: str) -> None:
        """Show the board of the channel where it was asked for, privately."""
        board = await self.service.of_channel(call.installation.id, call.channel_id, call.member_id)
        await self.slack.respond(call.response_url, view.private(board))

    async def on_show(self, click: Click) -> None:
        """Post a board in its channel, once however often the button is pressed."""
        if click.is_outsider:
            raise OfAnotherWorkspace
        board = await self.service.to_show(
            click.installation.id, click.channel_id, _schedule(click.value)
        )
        gesture = Gesture(click.installation.id, click.trigger_id, f"board:{board.schedule_id}")
        press = await self.service.take(gesture)
        if press is Press.NEW:
            await self._post(board, click, gesture)
        if press is not Press.ECHO:
            self._put_away(click)

    async def _post(self, board: Board, click: Click, gesture: Gesture) -> None:
        members = [click.member_id, *(row.standing.member_id for row in board.rows)]
        names = await self.slack.names_of(click.installation.id, members)
        message = view.public(board, click.member_id, names)
        outcome = await self.slack.post(click.installation.id, board.channel_id, message)
        if not isinstance(outcome, Accepted):
            await self.service.allow_again(gesture)
        must_be_posted(outcome)

    def _put_away(self, click: Click) -> None:
        """Replace the private board, so that its button is not pressed again.

        As a follow-up: should it fail, "please try again" would be the wrong thing to say.
        """
        url = click.response_url
        if url is not None:
            self.guard.follow_up(
                "board put away", lambda: self.slack.respond(url, view.shown(), replace=True)
            )


def _schedule(value: str) -> ScheduleId | None:
    if value.isascii() and value.isdecimal() and len(value) <= MOST_DIGITS:
        return ScheduleId(int(value))
    return None

"""What a member sees of a board, and what the channel does."""

from collections.abc import Mapping

from bot.domain.counting import said
from bot.domain.ids import MemberId
from bot.domain.ranking import Board
from bot.slack.blocks import (
    Markup,
    Message,
    actions,
    button,
    context,
    header,
    lines,
    mrkdwn,
    section,
)
from bot.slack.board_rows import LEGEND, SETTLING, board_rows, by_name, own_row
from bot.slack.names import Action

TITLE = "Leaderboard"
EMPTY = (
    "Nobody is on this board yet. "
    "Reply in the thread of the daily question, and the first place is yours."
)
NOT_ON_BOARD = "You are not on the board yet: reply in the thread of one question and you are."
SHOWN = "The board is in the channel now."


def private(board: Board) -> Message:
    """Show a member the board of a channel, and where they stand on it."""
    if not board.rows:
        return Message(EMPTY, (section(EMPTY),))
    rows, own = board_rows(board), _own(board)
    text = lines(f"{TITLE}:", rows, *own)
    share = button("Show In Channel", Action.SHOW_BOARD, str(board.schedule_id))
    blocks = (
        header(TITLE),
        section(rows),
        *(section(line) for line in own),
        context(_legend(board)),
        actions(share),
    )
    return Message(text, blocks)


def public(board: Board, shared_by: MemberId, names: Mapping[MemberId, str]) -> Message:
    """Show the whole channel its board, and who shared it, by name: no board rings ten phones."""
    naming = by_name(names)
    rows = board_rows(board, naming)
    attribution = mrkdwn("Shared by {member}", member=naming(shared_by))
    text = lines(f"{TITLE}:", rows, attribution)
    return Message(text, (header(TITLE), section(rows), context(attribution, _legend(board))))


def shown() -> Message:
    """Take the place of a board that is in the channel now."""
    return Message(SHOWN, (section(SHOWN),))


def _own(board: Board) -> tuple[Markup | str, ...]:
    """Say where the reader stands, unless the rows say it."""
    if board.mine is None:
        return (NOT_ON_BOARD,)
    own = own_row(board)
    return (own,) if own else ()


def _legend(board: Board) -> str:
    legend = f"{SETTLING} {LEGEND}" if board.settling else LEGEND
    if board.members > len(board.rows):
        return f"The first {len(board.rows)} of {said(board.members)} members. {legend}"
    return legend

"""The board: lines that read the same aloud as on the screen.

Slack's table block is not used: it is documented for messages and the Home tab, not for the private
replies this is, and a preformatted table could not mention anybody.
"""

from bot.domain.ids import MemberId
from bot.domain.ranking import Board, BoardRow, Standing
from bot.slack.blocks import (
    Markup,
    Message,
    actions,
    button,
    context,
    header,
    lines,
    mention,
    mrkdwn,
    section,
)
from bot.slack.names import Action

TITLE = "Leaderboard"
LEGEND = (
    "A streak counts questions, not days. Equal streaks share a rank. "
    "The last number counts the questions answered in the last 30 days."
)
EMPTY = (
    "Nobody is on this board yet. "
    "Reply in the thread of the daily question, and the first place is yours."
)
NOT_ON_BOARD = "You are not on the board yet: reply in the thread of one question and you are."
SHOWN = "The board is in the channel now."
FIGURE_SPACE = "\u2007"
"""As wide as a digit, so that ranks of one and of two digits line up."""


def private(board: Board) -> Message:
    """Show a member the board of a channel, and where they stand on it."""
    if not board.rows:
        return Message(EMPTY, (section(EMPTY),))
    rows, own = _rows(board), _own(board)
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


def public(board: Board, shared_by: MemberId) -> Message:
    """Show the whole channel its board, and who shared it."""
    rows = _rows(board)
    attribution = mrkdwn("Shared by {member}", member=mention(shared_by))
    text = lines(f"{TITLE}:", rows, attribution)
    return Message(text, (header(TITLE), section(rows), context(attribution, _legend(board))))


def shown() -> Message:
    """Take the place of a board that is in the channel now."""
    return Message(SHOWN, (section(SHOWN),))


def _rows(board: Board) -> Markup:
    width = max(len(str(row.rank)) for row in board.rows)
    return lines(*(_row(row, width) for row in board.rows))


def _row(row: BoardRow, width: int) -> Markup:
    return mrkdwn(
        "{rank}. {member}: {numbers}",
        rank=str(row.rank).rjust(width, FIGURE_SPACE),
        member=mention(row.standing.member_id),
        numbers=_numbers(row.standing),
    )


def _numbers(standing: Standing) -> Markup:
    return mrkdwn(
        "streak *{streak}*, best {best}, {recent} in the last 30 days",
        streak=standing.streak,
        best=standing.best,
        recent=standing.recent,
    )


def _own(board: Board) -> tuple[Markup | str, ...]:
    """Say where the reader stands, unless the rows say it."""
    if board.mine is None:
        return (NOT_ON_BOARD,)
    if board.mine in board.rows:
        return ()
    return (
        mrkdwn(
            "You are {rank}: {numbers}",
            rank=_ordinal(board.mine.rank),
            numbers=_numbers(board.mine.standing),
        ),
    )


def _legend(board: Board) -> str:
    if board.members > len(board.rows):
        return f"The first {len(board.rows)} of {board.members} members. {LEGEND}"
    return LEGEND


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"

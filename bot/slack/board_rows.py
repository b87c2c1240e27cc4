"""The rows of a board: the same wherever one is shown, and the same aloud as on the screen.

Slack's table block is not used: it is documented for messages and the Home tab, not for private
replies, and a preformatted table could not mention anybody.
"""

from collections.abc import Callable, Mapping

from bot.domain.counting import MOST_COUNTED
from bot.domain.ids import MemberId
from bot.domain.ranking import Board, BoardRow, Standing
from bot.slack.blocks import Markup, Text, lines, mention, mrkdwn
from bot.slack.echo import echo

Naming = Callable[[MemberId], Text]
"""How members are called: by a mention, which notifies them wherever others see it, or by name."""

LEGEND = (
    "A streak counts questions, not days. Equal streaks share a rank. "
    "The last number counts the questions answered in the last 30 days."
)
SETTLING = "A question has just closed: places may still change."
FIGURE_SPACE = "\u2007"
"""As wide as a digit, so that ranks of one and of two digits line up."""
WORD_JOINER = "\u2060"
SOMEBODY = "a member"
"""Who Slack did not name in time."""


def board_rows(board: Board, naming: Naming = mention) -> Markup:
    """List the first rows, a line each. The board must have one at least."""
    width = max(len(str(row.rank)) for row in board.rows)
    return lines(*(_row(row, width, naming) for row in board.rows))


def by_name(names: Mapping[MemberId, str]) -> Naming:
    """Call members by the names they chose, which notify nobody; those not in `names` "a member".

    Slack makes mentions and links even of plain text that begins with @ or #, unless something that
    nobody sees comes after the sign (source: `verbatim` in the reference of text objects).
    """

    def naming(member: MemberId) -> str:
        name = echo(names.get(member, ""))
        return name.replace("@", f"@{WORD_JOINER}").replace("#", f"#{WORD_JOINER}") or SOMEBODY

    return naming


def own_row(board: Board) -> Markup | None:
    """Say where the reader stands; None if the rows say it, or if they are not on the board."""
    if board.mine is None or board.mine in board.rows:
        return None
    rank = board.mine.rank
    return mrkdwn(
        "You are {place}: {numbers}",
        place=_ordinal(rank) if rank <= MOST_COUNTED else f"past the first {MOST_COUNTED:,}",
        numbers=_numbers(board.mine.standing),
    )


def _row(row: BoardRow, width: int, naming: Naming) -> Markup:
    return mrkdwn(
        "{rank}. {member}: {numbers}",
        rank=str(row.rank).rjust(width, FIGURE_SPACE),
        member=naming(row.standing.member_id),
        numbers=_numbers(row.standing),
    )


def _numbers(standing: Standing) -> Markup:
    return mrkdwn(
        "streak *{streak}*, best {best}, {recent} in the last 30 days",
        streak=standing.streak,
        best=standing.best,
        recent=standing.recent,
    )


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"

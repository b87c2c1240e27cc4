"""What a member sees on the app's Home."""

from datetime import UTC, datetime

from bot.domain.counting import said
from bot.domain.home import HomeSchedule, MemberHome
from bot.domain.ranking import Board, Standing
from bot.domain.schedules import Schedule, ScheduleState
from bot.domain.streak_report import LatestRound
from bot.slack.blocks import (
    Home,
    Json,
    Markup,
    channel,
    context,
    divider,
    header,
    lines,
    local_moment,
    mrkdwn,
    section,
)
from bot.slack.board_rows import LEGEND, SETTLING, board_rows, own_row
from bot.slack.names import COMMAND

TITLE = "Your practice"
FIRST_STEPS = "Start your first streak"
BEGIN = lines(
    "You have no streak yet in the channels you are in. It begins with one reply:",
    "1. Open the channel where Prep asks the daily question.",
    "2. Reply in the thread of that question, in your own words.",
    mrkdwn("3. Prep marks your reply with ✅, and your streak is *1*."),
)
EXAMPLE = lines(
    mrkdwn("For example, Prep asks: _What does a mutex protect?_"),
    mrkdwn("You reply: _Data that two threads would otherwise change at the same time._"),
)
RANDOM = mrkdwn("`{command} random` gives you a question to practise right away.", command=COMMAND)
SETUP = mrkdwn("`{command} setup` starts a daily question in a channel of yours.", command=COMMAND)
BOARD_UNKNOWN = (
    "The board could not be read just now. Open Home in a minute, or ask whoever runs Prep."
)


def home(facts: MemberHome) -> Home:
    """Show a member where they stand; one who has no streak is shown how to begin."""
    updated = mrkdwn("Updated {when}", when=local_moment(facts.at, _utc(facts.at)))
    if not facts.schedules:
        steps = (section(BEGIN), section(EXAMPLE), section(lines(RANDOM, SETUP)))
        return Home((header(FIRST_STEPS), *steps, context(updated)))
    parts = [block for one in facts.schedules for block in (*_schedule(one), divider())]
    left_out = [section(_more(facts.more))] if facts.more else []
    legend = [context(LEGEND)] if any(one.board for one in facts.schedules) else []
    return Home((header(TITLE), *parts, *left_out, section(RANDOM), *legend, context(updated)))


def _schedule(part: HomeSchedule) -> list[Json]:
    where = mrkdwn("*{channel}*", channel=channel(part.schedule.channel_id))
    told = lines(where, _latest(part), _next(part.schedule))
    return [section(told, fields=_numbers(part.standing)), *_board(part)]


def _latest(part: HomeSchedule) -> str:
    match part.latest:
        case LatestRound.ANSWERED:
            return "You have answered the open question."
        case LatestRound.WAITING:
            grown = part.standing.streak + 1
            return f"A question is open: reply in its thread to reach {grown}."
        case LatestRound.NOT_OPEN:
            return "No question is open right now."


def _next(schedule: Schedule) -> Markup:
    if schedule.next_due is not None:
        local = schedule.next_due.at.astimezone(schedule.timing.zone)
        when = local_moment(schedule.next_due.at, f"{local:%A, %-d %B at %H:%M}")
        return mrkdwn("The next one comes {when}.", when=when)
    ended = "have stopped" if schedule.state is ScheduleState.STOPPED else "are paused"
    return mrkdwn(
        "The questions here {ended}; `{command} setup` starts them again.",
        ended=ended,
        command=COMMAND,
    )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%-d %B at %H:%M} UTC"


def _numbers(standing: Standing) -> tuple[Markup, ...]:
    return (
        mrkdwn("*Streak*\n{number}", number=standing.streak),
        mrkdwn("*Best*\n{number}", number=standing.best),
        mrkdwn("*Freezes*\n{number}", number=standing.freezes),
        mrkdwn("*Answered*\n{number}", number=standing.answered),
    )


def _board(part: HomeSchedule) -> list[Json]:
    board = part.board
    if board is None or not board.rows:
        return [context(BOARD_UNKNOWN)]
    own = own_row(board)
    title = mrkdwn("*Leaderboard*{extent}", extent=_extent(board))
    below: list[Markup | str] = [own] if own else []
    below += [SETTLING] if board.settling else []
    return [section(lines(title, board_rows(board), *below))]


def _extent(board: Board) -> str:
    if board.members > len(board.rows):
        return f", the first {len(board.rows)} of {said(board.members)}"
    return ""


def _more(count: int) -> Markup:
    return mrkdwn(
        "And {count} more: `{command} streak` in a channel shows yours there.",
        count=count,
        command=COMMAND,
    )

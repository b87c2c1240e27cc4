"""Whom a sample answer is owed to, as one line at its foot."""

from bot.domain.questions import Credit
from bot.slack.blocks import Markup, mention, mrkdwn


def credit_line(credit: Credit, *, is_first: bool = False) -> Markup:
    """Name who improved an answer and who accepted it; `is_first`: who wrote it."""
    return mrkdwn(
        "{did} by {author}, {accepted} by {reviewer}",
        did="Written" if is_first else "Improved",
        author=mention(credit.improved_by),
        accepted="edited and accepted" if credit.edited else "accepted",
        reviewer=mention(credit.accepted_by),
    )

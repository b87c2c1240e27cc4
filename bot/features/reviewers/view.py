"""Who looks at suggestions, in words."""

from collections.abc import Sequence

from bot.domain.ids import MemberId
from bot.domain.library import Reviewers
from bot.slack.blocks import Markup, Message, context, lines, mention, mrkdwn, sections
from bot.slack.names import COMMAND

HOW = mrkdwn(
    "`{command} reviewers @name` adds people, `{command} reviewers remove @name` takes them off.",
    command=COMMAND,
)


def listing(known: Reviewers, lead: str = "") -> Message:
    """Name the reviewers."""
    told = lines(*([lead] if lead else []), _who(known))
    return Message(told, (*sections(told), context(HOW)))


def _who(known: Reviewers) -> Markup:
    if not known.owners and not known.named:
        return mrkdwn(
            "Nobody looks at suggestions yet. `{command} setup` starts a daily question, and makes "
            "whoever does it a reviewer.",
            command=COMMAND,
        )
    said = mrkdwn("Reviewers, as they set up a daily question: {all}", all=_all(known.owners))
    if not known.named:
        return said
    return lines(said, mrkdwn("Reviewers who were named: {all}", all=_all(known.named)))


def _all(members: Sequence[MemberId]) -> Markup:
    if not members:
        return mrkdwn("nobody")
    whole = mention(members[0])
    for member in members[1:]:
        whole += mrkdwn(", {member}", member=mention(member))
    return whole

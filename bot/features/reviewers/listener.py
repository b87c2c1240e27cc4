"""`/prep reviewers`: who they are, and who more."""

import re
from dataclasses import dataclass

from bot.domain.ids import MemberId
from bot.domain.refusals import NobodyNamed
from bot.features.reviewers import view
from bot.features.reviewers.service import Reviewers
from bot.slack.inbound import CommandCall
from bot.slack.outbound import Slack

MOST_AT_ONCE = 20
REMOVE = "remove"
_MENTION = re.compile(r"<@([A-Z0-9]{1,64})(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class ReviewersListener:
    """Lists reviewers, and lets those who set up a daily question name others."""

    reviewers: Reviewers
    slack: Slack

    async def on_reviewers(self, call: CommandCall, given: str) -> None:
        """List reviewers, add some, or with `remove` take some off. Raises Refusal."""
        word, _, rest = given.partition(" ")
        whose = (call.installation.id, call.member_id)
        if not given:
            told = view.listing(await self.reviewers.known(call.installation.id))
        elif word.lower() == REMOVE:
            told = view.listing(await self.reviewers.remove(*whose, _named(call, rest)), "Done.")
        else:
            told = view.listing(await self.reviewers.name(*whose, _named(call, given)), "Done.")
        await self.slack.respond(call.response_url, told)


def _named(call: CommandCall, words: str) -> tuple[MemberId, ...]:
    """Read the people in a command's words, as Slack writes them. Raises NobodyNamed."""
    found = dict.fromkeys(MemberId(one) for one in _MENTION.findall(words))
    found.pop(call.installation.bot_user_id, None)
    if not found:
        raise NobodyNamed
    return tuple(found)[:MOST_AT_ONCE]

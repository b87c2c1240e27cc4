"""The buttons Earlier Versions and Roll Back To This."""

from dataclasses import dataclass

from bot.domain.refusals import OfAnotherWorkspace, VersionGone
from bot.features.versions import view
from bot.features.versions.service import Versions, Wish
from bot.slack.inbound import Click
from bot.slack.opening import refresh_modal, show_modal
from bot.slack.outbound import Slack

LONGEST_NUMBER = 9
"""Digits of a version's number."""


@dataclass(frozen=True, slots=True)
class VersionsListener:
    """Shows what an answer was, and lets reviewers bring it back."""

    versions: Versions
    slack: Slack

    async def on_versions(self, click: Click) -> None:
        """Show the versions of an answer. Raises Refusal."""
        _refuse_outsiders(click)
        history = await self.versions.history(click.installation.id, click.member_id, click.value)
        await show_modal(self.slack, click, view.history_modal(history))

    async def on_roll_back(self, click: Click) -> None:
        """Bring a version back, and show the versions then. Raises Refusal."""
        _refuse_outsiders(click)
        wish = _wish(click)
        done = await self.versions.roll_back(wish)
        history = await self.versions.history(click.installation.id, click.member_id, wish.question)
        modal = view.history_modal(history, view.DONE if done else view.OVERTAKEN)
        await refresh_modal(self.slack, click.installation.id, click.view_id, modal)


def _wish(click: Click) -> Wish:
    number, _, rest = click.value.partition(" ")
    standing, _, question = rest.partition(" ")
    for digits in (number, standing):
        if not (digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER):
            raise VersionGone
    installation = click.installation.id
    return Wish(installation, click.member_id, question, int(number), int(standing))


def _refuse_outsiders(click: Click) -> None:
    if click.is_outsider:
        raise OfAnotherWorkspace

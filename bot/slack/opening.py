"""Opening a modal for whoever just acted, wherever they acted from."""

import logging

from bot.domain.ids import InstallationId
from bot.domain.refusals import TooLateToOpen
from bot.slack.blocks import Modal
from bot.slack.failures import SlackRefusedError
from bot.slack.inbound import Click, CommandCall
from bot.slack.outbound import Slack

log = logging.getLogger(__name__)

USED_TRIGGER = frozenset({"trigger_exchanged", "exchanged_trigger_id"})
"""Slack's words for a trigger that opened something already."""
OLD_TRIGGER = frozenset({"trigger_expired", "expired_trigger_id", "invalid_trigger_id"})
"""Slack's words for a trigger that can open nothing any more."""


async def show_modal(slack: Slack, whose: Click | CommandCall, modal: Modal) -> None:
    """Open a modal, on top of the one that the button was on if there is one.

    The same gesture delivered twice opens one. Raises TooLateToOpen, SlackRefusedError,
    SlackUnreachableError.
    """
    on_modal = isinstance(whose, Click) and whose.view_id is not None
    show = slack.push_modal if on_modal else slack.open_modal
    try:
        await show(whose.installation.id, whose.trigger_id, modal)
    except SlackRefusedError as refused:
        if refused.error in OLD_TRIGGER:
            raise TooLateToOpen from refused
        if refused.error not in USED_TRIGGER:
            raise
        log.info("shown_already", extra={"modal": modal.callback_id})


async def refresh_modal(
    slack: Slack, installation: InstallationId, view_id: str | None, modal: Modal
) -> None:
    """Show the present state in an open modal; if it was closed meanwhile, there is no need.

    Raises SlackRefusedError, SlackUnreachableError.
    """
    if view_id is None:
        return
    try:
        await slack.update_modal(installation, view_id, modal)
    except SlackRefusedError as refused:
        if refused.error != "not_found":
            raise
        log.info("closed_meanwhile", extra={"modal": modal.callback_id})

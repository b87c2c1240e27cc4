"""What a person is told when something they asked to post was not posted."""

from math import ceil
from typing import assert_never

from bot.domain.refusals import CannotPostHere, PostedOrNot, SlackIsBusy
from bot.domain.rounds import (
    CHANNEL_LOST,
    Accepted,
    Declined,
    NobodyKnows,
    NotNow,
    PostOutcome,
)
from bot.slack.failures import ScopeMissingError, SlackRefusedError


def must_be_posted(outcome: PostOutcome) -> None:
    """Return if Slack took the message; otherwise raise the refusal that says what to do.

    CannotPostHere and SlackIsBusy mean that nothing was posted, PostedOrNot that nobody knows.
    Raises ScopeMissingError, and SlackRefusedError for a no that is our own fault.
    """
    match outcome:
        case Accepted():
            return
        case NotNow(retry_after):
            raise SlackIsBusy(ceil(retry_after.total_seconds()))
        case Declined(error, scopes):
            if error in CHANNEL_LOST:
                raise CannotPostHere
            raise ScopeMissingError(scopes) if scopes else SlackRefusedError(error)
        case NobodyKnows():
            raise PostedOrNot
        case _:
            assert_never(outcome)

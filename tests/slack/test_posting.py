"""What a person is told when their post did not go out."""

from datetime import timedelta

import pytest

from bot.domain.ids import MessageTs
from bot.domain.refusals import CannotPostHere, PostedOrNot, SlackIsBusy
from bot.domain.rounds import CHANNEL_LOST, Accepted, Declined, NobodyKnows, NotNow
from bot.slack.failures import ScopeMissingError, SlackRefusedError
from bot.slack.posting import must_be_posted


def test_a_posted_message_needs_no_words() -> None:
    must_be_posted(Accepted(MessageTs("1772400000.000100")))


@pytest.mark.parametrize("error", sorted(CHANNEL_LOST))
def test_a_channel_that_cannot_be_posted_in_is_explained(error: str) -> None:
    with pytest.raises(CannotPostHere, match="/invite"):
        must_be_posted(Declined(error))


def test_a_no_that_is_our_own_fault_is_not_blamed_on_the_channel() -> None:
    with pytest.raises(SlackRefusedError, match="invalid_blocks"):
        must_be_posted(Declined("invalid_blocks"))


def test_a_missing_scope_is_told_apart_and_named() -> None:
    with pytest.raises(ScopeMissingError, match="missing_scope: chat:write"):
        must_be_posted(Declined("missing_scope", ("chat:write",)))


@pytest.mark.parametrize(("seconds", "wait"), [(0.5, "a second"), (1, "a second"), (30, "30 sec")])
def test_a_busy_slack_says_how_long_to_wait(seconds: float, wait: str) -> None:
    with pytest.raises(SlackIsBusy, match=f"nothing was posted.*in {wait}"):
        must_be_posted(NotNow(timedelta(seconds=seconds)))


def test_a_post_of_unknown_fate_is_not_to_be_repeated_unseen() -> None:
    with pytest.raises(PostedOrNot, match="look in the channel"):
        must_be_posted(NobodyKnows("TimeoutError"))

"""Slack's ways of saying no, told apart: refused, too busy, a permission is missing, or no answer.

What matters most is whether a call had its effect. A rate limit and a refusal say that it had none;
a 5xx, and some of Slack's own words, leave that open.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.domain.rounds import Declined, NobodyKnows, NotNow, PostOutcome
from bot.slack.names import SCOPES

log = logging.getLogger(__name__)

NETWORK_ERRORS = (aiohttp.ClientError, TimeoutError, OSError)
MALFORMED_REPLIES = (SlackClientError, ValueError)
FAILED_MIDWAY = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
)
"""Slack's errors after which it may have done the work; its own words say so of `fatal_error`."""
MISSING_SCOPE = "missing_scope"
RETRY_AFTER_UNSAID = timedelta(seconds=30)


class SlackRefusedError(Exception):
    """Slack said no to a call; `error` is its word for why."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class SlackBusyError(SlackRefusedError):
    """Slack limits the rate, and did nothing; try again after `retry_after`."""

    def __init__(self, error: str, retry_after: timedelta) -> None:
        super().__init__(error)
        self.retry_after = retry_after


class ScopeMissingError(SlackRefusedError):
    """The app was installed without `scopes`, which we ask for and a call needs."""

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(MISSING_SCOPE)
        self.scopes = tuple(scopes)

    def __str__(self) -> str:
        return str(Declined(self.error, self.scopes))


class SlackUnreachableError(Exception):
    """No usable reply came from Slack in time."""


def outcome_of(error: SlackApiError) -> PostOutcome:
    """Tell what an error of Slack's says of the call: not now, nobody knows, or declined."""
    status = error.response.status_code
    word = word_of(error)
    if status == 429 or word in ("ratelimited", "rate_limited"):
        return NotNow(_retry_after(error))
    if status >= 500 or word in FAILED_MIDWAY:
        return NobodyKnows(f"{status} {word}")
    return Declined(word, _missing(error) if word == MISSING_SCOPE else ())


def _missing(error: SlackApiError) -> tuple[str, ...]:
    """Tell which of the scopes we ask for was missing; none if it was one we do not want."""
    needed, provided = (
        str(error.response.get(field) or "").split(",") for field in ("needed", "provided")
    )
    missing = tuple(sorted(SCOPES & {*needed} - {*provided}))
    if missing:
        call = str(error.response.api_url).rpartition("/")[2]
        log.warning("scope_missing", extra={"call": call, "needed": ",".join(missing)})
    return missing


def ungranted(reply: AsyncSlackResponse, needed: Collection[str]) -> tuple[str, ...]:
    """Tell which scopes a token lacks; none where Slack does not say what it has."""
    said = _header(reply, "x-oauth-scopes")
    granted = {scope.strip() for scope in said.split(",")}
    return tuple(sorted({*needed} - granted)) if said else ()


def _header(reply: AsyncSlackResponse, name: str) -> str:
    headers = {str(each).lower(): value for each, value in reply.headers.items()}
    said = headers.get(name)
    return str(said[0] if isinstance(said, list) and said else said or "")


def _retry_after(error: SlackApiError) -> timedelta:
    said = _header(error.response, "retry-after")
    try:
        return timedelta(seconds=max(1, int(said)))
    except ValueError:
        return RETRY_AFTER_UNSAID


def word_of(error: SlackApiError) -> str:
    """Return Slack's own word for an error, or the status where it said none."""
    response = error.response
    if isinstance(response.data, dict):
        return str(response.data.get("error") or f"status {response.status_code}")
    return f"status {response.status_code}"

"""Asking a question after all that Slack declined for good: what becomes of the operator's wish."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.ids import ChannelId, RoundId


class Reposting(StrEnum):
    """What became of the wish to post a round after all."""

    PUT_BACK = "put back"
    NO_SUCH_ROUND = "no such round"
    POSTED = "posted already"
    ON_ITS_WAY = "on its way already"
    TOO_LATE = "too late"
    NOT_RUNNING = "its schedule does not run"


@dataclass(frozen=True, slots=True)
class Reposted:
    """The answer to the wish. Where there is a round: its channel, date, and why it was given up.

    `reason` is "" for a round that was not given up.
    """

    round_id: RoundId
    outcome: Reposting
    channel_id: ChannelId | None = None
    local_date: date | None = None
    reason: str = ""

"""What is going on in a channel right now."""

from dataclasses import dataclass

from bot.domain.ids import ChannelId, MessageTs
from bot.domain.questions import Question
from bot.domain.schedules import Schedule


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round that is open in a channel. `question` is None if it has left the bank since."""

    channel_id: ChannelId
    ts: MessageTs
    question: Question | None


@dataclass(frozen=True, slots=True)
class Today:
    """A channel's schedule, if it has one, and its open round, if there is one."""

    schedule: Schedule | None
    open_round: OpenRound | None

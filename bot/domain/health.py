"""What `prep doctor` finds when it compares what is kept with what is true."""

from dataclasses import dataclass
from datetime import date

from bot.domain.ids import MemberId, RoundId, ScheduleId
from bot.domain.rounds import RoundState
from bot.domain.schedules import Schedule
from bot.domain.streaks import Streak


@dataclass(frozen=True, slots=True)
class WrongStanding:
    """A standing that does not follow from the answers."""

    schedule_id: ScheduleId
    member_id: MemberId
    kept: Streak
    true: Streak


@dataclass(frozen=True, slots=True)
class NotAsked:
    """A date without a question, the round it would have been, and why."""

    round_id: RoundId
    schedule_id: ScheduleId
    local_date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the doctor looked at. `broken_questions`: `file:line: fault; mend`."""

    standings: int
    wrong_standings: tuple[WrongStanding, ...]
    rounds: dict[RoundState, int]
    skipped: tuple[NotAsked, ...]
    not_running: tuple[tuple[Schedule, str | None], ...]
    broken_questions: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a person: standings are true and every question file loads."""
        return not self.wrong_standings and not self.broken_questions

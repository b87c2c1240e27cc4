"""Put right the marks that Slack was too busy, or too silent, to take at once."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.domain.answering import DueMark
from bot.features.answers.service import Answers
from jobs.side_by_side import side_by_side


@dataclass(frozen=True, slots=True)
class MarkAnswers:
    """Marks some messages in each turn. What `mark` cannot put right now stays due."""

    service: Answers
    mark: Callable[[DueMark], Coroutine[Any, Any, None]]

    async def run(self) -> None:
        """Put right what is due."""
        await side_by_side([self.mark(due) for due in await self.service.due_marks()])

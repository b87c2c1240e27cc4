"""Put right the marks that Slack was too busy, or too silent, to take at once."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.domain.answering import DueMark
from bot.features.answers.service import Answers
from bot.slack.outbound import SlackRefusedError
from jobs.side_by_side import side_by_side

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MarkAnswers:
    """Marks some messages in each turn; `mark` tells whether it succeeded, and puts off if not."""

    service: Answers
    mark: Callable[[DueMark], Awaitable[bool]]

    async def run(self) -> None:
        """Put right what is due."""
        await side_by_side([self._put_right(due) for due in await self.service.due_marks()])

    async def _put_right(self, due: DueMark) -> None:
        try:
            if not await self.mark(due):
                return
        except SlackRefusedError as refused:
            # The channel or the app is gone: there is nothing left to mark.
            log.info("mark_refused", extra={"error": str(refused)})
        await self.service.marked(due)

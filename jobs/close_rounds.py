"""Write what the closing of rounds means for the standings of those who did not answer."""

from dataclasses import dataclass

from bot.features.daily_question.service import DailyQuestion


@dataclass(frozen=True, slots=True)
class CloseRounds:
    """A round closes when its schedule's next one is posted; this draws the conclusions."""

    service: DailyQuestion

    async def run(self) -> None:
        """Settle every closed round, some members at a time."""
        while not await self.service.settle():
            pass

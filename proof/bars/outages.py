"""R12: down for 48 hours over a weekend and a change of the clocks, while people practise.

The last question before is asked on a Friday; on the Saturday and the Sunday nobody asks anything.
What people wrote meanwhile arrives afterwards in disorder, half of it only when the next question
is out. Each standing must then be what the rule says of the messages that stand in Slack.
"""

from datetime import UTC, datetime, timedelta
from random import Random

from proof.bars.crash_mutants import BELIEVES_THE_LAST, NEVER_GOES_BACK
from proof.bars.crashes import EVERY_DAY, Harm, Life
from proof.bars.small_world import SmallWorld
from sandbox.clock import MovableClock

FIRST_DAY = datetime(2026, 3, 16, 6, tzinfo=UTC)
DOWN = datetime(2026, 3, 27, 17, tzinfo=UTC)
UP = DOWN + timedelta(hours=48)
"""The clocks of Berlin went forward in between, on Sunday at one o'clock UTC."""
MONDAY_NIGHT = datetime(2026, 3, 30, 20, tzinfo=UTC)


class Outage(Life):
    """A fortnight with a hole in it."""

    async def lived(self) -> Harm:
        """Live it and count the harm."""
        self.schedule = self.world.sets_up(self.channel, EVERY_DAY)
        while self.world.next_due(self.schedule) < DOWN:
            self.world.clock.move_to(self.world.next_due(self.schedule))
            await self._turn()
            await self._answer(self.world.slack.rounds(self.channel)[-1])
        await self._practise_while_down()
        self.world.clock.move_to(UP)
        await self._turn()
        await self._take_in(len(self.world.slack.news) // 2)
        self.world.clock.move_to(self.world.next_due(self.schedule))
        await self._turn()
        await self._take_in(0)
        self.world.clock.move_to(MONDAY_NIGHT)
        await self._turn()
        return self._harm_of_it()

    async def _practise_while_down(self) -> None:
        friday = self.world.slack.rounds(self.channel)[-1]
        for hour in range(0, 48, 6):
            self.world.clock.move_to(DOWN + timedelta(hours=hour))
            for who in self.people:
                if self.rng.random() < 0.5:
                    self._act(who, friday)

    async def _take_in(self, left: int) -> None:
        while len(self.world.slack.news) > left:
            await self._deliver()

    def _harm_of_it(self) -> Harm:
        posted = self.world.slack.rounds(self.channel)
        asked = {datetime.fromtimestamp(float(line.ts), UTC).date() for line in posted}
        expected = {day for day in _days() if not DOWN < day < UP}
        return Harm(
            lost=len({day.date() for day in expected} - asked),
            doubled=self.world.slack.doubled(),
            answers_lost=self._answers_lost(),
            standings_wrong=self._standings_wrong(posted),
        )


def _days() -> list[datetime]:
    first = FIRST_DAY + timedelta(hours=1)
    return [first + timedelta(days=n) for n in range((MONDAY_NIGHT - FIRST_DAY).days + 1)]


async def outages(url: str, seeds: range) -> Harm:
    """Live the fortnight once for each seed, in channels of their own, and sum the harm."""
    total = Harm()
    for seed in seeds:
        world = SmallWorld(url, MovableClock(FIRST_DAY))
        await world.start()
        try:
            life = Outage(world, f"C{seed}", Random(seed), None)
            total.add(await life.lived())
            world.stops(life.schedule)
        finally:
            world.close()
    return total


MUTANTS = (BELIEVES_THE_LAST, NEVER_GOES_BACK)

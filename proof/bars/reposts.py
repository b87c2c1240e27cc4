"""R10: what Slack declined is listed with its reason, and posted once however often one asks."""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.reposting import Reposting
from bot.domain.rounds import DEFAULT_LATENESS
from bot.domain.schedules import Timing
from bot.features.repost import service
from bot.features.repost.service import put_back
from proof.bars.bar import Mutant, replaced
from proof.bars.small_world import SmallWorld
from sandbox.clock import MovableClock

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TIMING = Timing(time(9, 0), ZoneInfo("UTC"), frozenset(range(7)))
REASON = "team_access_not_granted"
WISHES = (2, 2, 3)
"""How often each round is wished for: at first, in the next turn, and when it is posted."""


async def reposts(url: str, count: int) -> dict[str, int]:
    """Let Slack decline some rounds, wish for each again and again; return what must be 0."""
    world = SmallWorld(url, MovableClock(BEGIN))
    await world.start()
    try:
        channels = [f"C{number}" for number in range(count)]
        for channel in channels:
            world.sets_up(channel, TIMING)
            world.slack.declines[channel] = REASON
        world.clock.move_to(BEGIN + timedelta(hours=1))
        await world.turn()
        listed = world.doctor().skipped
        world.slack.declines.clear()
        granted = 0
        for wishes in WISHES:
            for one in listed:
                for _ in range(wishes):
                    answer = world.looks(
                        lambda tx, one=one: put_back(  # type: ignore[misc]
                            tx, one.round_id, world.clock.now(), DEFAULT_LATENESS
                        )
                    )
                    granted += answer.outcome is Reposting.PUT_BACK
            world.clock.move_on(timedelta(seconds=5))
            await world.turn()
        return {
            "not_listed": count - sum(one.reason == REASON for one in listed),
            "not_posted": sum(not world.slack.rounds(channel) for channel in channels),
            "doubled": world.slack.doubled(),
            "granted_twice": abs(granted - count),
        }
    finally:
        world.close()


def _always(*_: Any) -> Reposting:
    return Reposting.PUT_BACK


MUTANTS = (
    Mutant(
        "a wish is granted whatever the round's state",
        partial(replaced, service, "_judged", _always),
    ),
)

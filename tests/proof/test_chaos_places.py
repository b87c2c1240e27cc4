"""What holds the stage of `make chaos` together while processes die on it."""

import multiprocessing
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from proof.chaos.replicas import Replica
from proof.chaos.usual_designs import Bot

NINE = datetime(2026, 3, 2, 9, 0, 5, tzinfo=UTC)


def _rests() -> None:
    """Do nothing."""


async def test_a_process_that_was_killed_where_it_stood_still_need_not_go_on() -> None:
    process = multiprocessing.get_context("spawn").Process(target=_rests)
    process.start()
    process.join()
    replica = Replica(0, process=process)
    replica.stands_still.set()
    await replica.goes_on()
    assert not replica.stands_still.is_set()


async def test_a_usual_bot_starts_though_a_post_fails_and_makes_up_for_the_others() -> None:
    asked: list[str] = []

    async def asks(channel: str) -> None:
        asked.append(channel)
        raise TimeoutError

    bot = SimpleNamespace(
        appointments=lambda: [("C1", "Etc/UTC", "09:00"), ("C2", "Etc/UTC", "09:00")],
        clock=SimpleNamespace(now=lambda: NINE),
        asks=asks,
    )
    await Bot.makes_up(cast(Any, bot))
    assert asked == ["C1", "C2"]

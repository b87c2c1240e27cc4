"""Work done side by side: nothing is cut short, and nothing is swallowed."""

import asyncio

import pytest

from jobs.side_by_side import Flow


class Broken(Exception):  # noqa: N818 - it is what the test does
    """Something went wrong."""


async def test_no_more_take_their_turn_at_once_than_may() -> None:
    going_on = most = 0

    async def work(flow: Flow) -> None:
        nonlocal going_on, most
        async with flow.turns:
            going_on += 1
            most = max(most, going_on)
            await asyncio.sleep(0)
            going_on -= 1

    async with Flow(3) as flow:
        for _ in range(10):
            flow.begin(work(flow))
    assert (going_on, most) == (0, 3)


async def test_a_failure_cuts_no_other_short_and_is_told_at_the_end() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        if number == 1:
            raise Broken
        await asyncio.sleep(0)
        done.append(number)

    async def all_of_it() -> None:
        async with Flow(9) as flow:
            for number in range(3):
                flow.begin(work(number))

    with pytest.raises(ExceptionGroup) as told:
        await all_of_it()
    assert done == [0, 2]
    assert [type(failure) for failure in told.value.exceptions] == [Broken]


async def test_leaving_waits_for_what_was_begun_even_after_an_error_and_says_so() -> None:
    seen: list[bool] = []

    async def work(flow: Flow) -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        seen.append(flow.is_cut_short)

    async def broken_off() -> None:
        async with Flow(1) as flow:
            flow.begin(work(flow))
            raise Broken

    with pytest.raises(Broken):
        await broken_off()
    assert seen == [True]


async def test_one_can_wait_until_little_goes_on() -> None:
    gates = [asyncio.Event() for _ in range(3)]

    async def work(gate: asyncio.Event) -> None:
        await gate.wait()

    async with Flow(9) as flow:
        for gate in gates:
            flow.begin(work(gate))
        waiting = asyncio.ensure_future(flow.down_to(1))
        await asyncio.sleep(0)
        gates[0].set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        gates[1].set()
        await waiting
        gates[2].set()

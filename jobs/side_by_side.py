"""Doing many things at once without one failure cutting the others short."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def side_by_side(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run everything to its end, then raise what failed as one ExceptionGroup.

    A post that is cancelled half-way leaves its outcome unknown, so nothing here cancels.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    failures = [result for result in results if isinstance(result, Exception)]
    if failures:
        raise ExceptionGroup("some of it failed", failures)

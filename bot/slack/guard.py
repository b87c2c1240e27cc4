"""The guard around everything that a person or Slack sets off.

It turns a refusal, ours or Slack's, into its kind sentence, and anything else into a short
reference that the person is shown and the log explains. It bounds how much runs at once, and knows
what is in flight: Bolt waits for nothing, so shutdown and tests wait here.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from math import ceil
from typing import Any

from bot.domain.refusals import Refusal, ScopeMissing, SlackIsBusyShowing
from bot.slack.blocks import Message, mrkdwn
from bot.slack.failures import ScopeMissingError, SlackBusyError

log = logging.getLogger(__name__)

MOST_AT_ONCE = 200
SPARED = (ScopeMissingError, SlackBusyError)
"""What Slack may refuse without a fault of ours, and a person may be told in words."""

Tell = Callable[[Message], Awaitable[None]]


class Guard:
    """Runs work in the background and answers for it."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)

    def answer(self, name: str, work: Callable[[], Awaitable[None]], tell: Tell) -> None:
        """Do what a person asked for, after the acknowledgement; `tell` reaches that person."""
        self._start(self._answered(name, work, tell))

    def follow_up(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Do what follows from something already stored; may fail, but not silently."""
        self._start(self._followed(name, work))

    async def idle(self) -> None:
        """Return when nothing is in flight, nor anything that was started meanwhile."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self, patience_s: float) -> None:
        """Give what is in flight `patience_s` seconds to finish, then cancel it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself keeps only a weak reference
        task.add_done_callback(self._tasks.discard)

    async def _answered(self, name: str, work: Callable[[], Awaitable[None]], tell: Tell) -> None:
        async with self._slots:
            try:
                await work()
            except Refusal as refusal:
                log.info("refused", extra={"what": name, "refusal": type(refusal).__name__})
                await self._tell(name, tell, Message(str(refusal)))
            except SPARED as no:
                await self._tell(name, tell, Message(str(kindly(name, no))))
            except Exception:
                reference = log_bug(name)
                await self._tell(name, tell, broken(reference))

    async def _tell(self, name: str, tell: Tell, message: Message) -> None:
        try:
            await tell(message)
        except Exception:
            log_bug(f"{name}: telling the person")

    async def _followed(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        async with self._slots:
            try:
                await work()
            except SPARED as no:
                kindly(name, no)
            except Exception:
                log_bug(name)


def kindly(name: str, no: ScopeMissingError | SlackBusyError) -> Refusal:
    """Note that Slack refused something, and return what a person may be told of it."""
    if isinstance(no, ScopeMissingError):
        log.warning("not_permitted", extra={"what": name, "needed": ",".join(no.scopes)})
        return ScopeMissing(no.scopes)
    seconds = ceil(no.retry_after.total_seconds())
    log.warning("slack_is_busy", extra={"what": name, "seconds": seconds})
    return SlackIsBusyShowing(seconds)


def log_bug(name: str) -> str:
    """Log the exception being handled and return the reference under which it can be found."""
    reference = secrets.token_hex(3)
    log.exception(  # noqa: LOG004 - its callers are handlers
        "failed", extra={"what": name, "reference": reference}
    )
    return reference


def log_undigested(what: str, error: Exception) -> None:
    """Say that Bolt could not take in a payload: it trusts the types it finds there.

    It is no bug of ours and would fail again, so a line says where, without a traceback.
    """
    trace, at = error.__traceback__, ""
    while trace is not None:
        at = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    log.warning("undigested", extra={"what": what, "error": type(error).__name__, "at": at})


def broken(reference: str) -> Message:
    """Tell a person that something of ours failed."""
    return Message(
        mrkdwn(
            "Something broke on our side, and nothing you did is lost. Please try again; if it "
            "keeps happening, tell whoever runs Prep here the reference `{reference}`.",
            reference=reference,
        )
    )

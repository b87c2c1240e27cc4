"""The guard: a no is a sentence, a bug is a reference, and nothing in flight is forgotten."""

import asyncio
import logging
import re
from datetime import timedelta

import pytest

from bot.domain.refusals import NoScheduleHere, SlackIsBusyShowing
from bot.slack.blocks import Message, as_markup
from bot.slack.failures import ScopeMissingError, SlackBusyError
from bot.slack.guard import MOST_AT_ONCE, Guard

SECRET_WORDS = "xoxb-secret in the exception"


class Heard:
    """What a person was told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def tell(self, message: Message) -> None:
        """Note a message."""
        self.texts.append(as_markup(message.text).source)


async def refuses() -> None:
    """Work that may not be done."""
    raise NoScheduleHere


async def breaks() -> None:
    """Work with a bug in it."""
    raise RuntimeError(SECRET_WORDS)


async def tell_nobody(_message: Message) -> None:
    """A way to a person that is closed."""
    raise ConnectionError("the address is used up")


async def test_a_refusal_is_told_as_its_sentence_and_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    guard, heard = Guard(), Heard()
    guard.answer("command today", refuses, heard.tell)
    await guard.idle()
    assert heard.texts == [str(NoScheduleHere())]
    assert [record.levelname for record in caplog.records] == ["INFO"]


async def test_a_busy_slack_is_told_as_a_sentence_and_is_no_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def finds_slack_busy() -> None:
        raise SlackBusyError("ratelimited", timedelta(seconds=11.2))

    guard, heard = Guard(), Heard()
    guard.answer("command today", finds_slack_busy, heard.tell)
    guard.follow_up("home", finds_slack_busy)
    await guard.idle()
    assert heard.texts == [str(SlackIsBusyShowing(12))]
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2


async def test_a_missing_scope_is_told_with_what_to_do_and_is_no_bug(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def may_not() -> None:
        raise ScopeMissingError(("reactions:write",))

    guard, heard = Guard(), Heard()
    guard.answer("button", may_not, heard.tell)
    guard.follow_up("answer", may_not)
    await guard.idle()
    [told] = heard.texts
    assert "reactions:write" in told
    assert "install it again from its manifest" in told
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert {record.__dict__["needed"] for record in caplog.records} == {"reactions:write"}


async def test_a_bug_is_told_as_a_reference_that_the_log_has_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guard, heard = Guard(), Heard()
    guard.answer("command today", breaks, heard.tell)
    await guard.idle()
    [told] = heard.texts
    [line] = [record for record in caplog.records if record.levelname == "ERROR"]
    reference = line.__dict__["reference"]
    assert re.fullmatch("[0-9a-f]{6}", reference)
    assert reference in told
    assert line.__dict__["what"] == "command today"
    assert line.exc_info is not None


async def test_what_a_person_is_told_of_a_bug_holds_nothing_of_the_exception() -> None:
    guard, heard = Guard(), Heard()
    guard.answer("command today", breaks, heard.tell)
    await guard.idle()
    assert not {"RuntimeError", "secret", "Traceback"} & set(re.findall(r"\w+", heard.texts[0]))


@pytest.mark.parametrize("work", [refuses, breaks])
async def test_a_person_who_cannot_be_told_is_noted(
    caplog: pytest.LogCaptureFixture, work: object
) -> None:
    guard = Guard()
    guard.answer("button", refuses if work is refuses else breaks, tell_nobody)
    await guard.idle()
    assert caplog.records[-1].__dict__["what"] == "button: telling the person"


async def test_what_follows_may_fail_but_not_silently(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard()
    guard.follow_up("answer", breaks)
    await guard.idle()
    assert [record.__dict__["what"] for record in caplog.records] == ["answer"]


async def test_idle_waits_for_what_was_started_meanwhile() -> None:
    guard, done = Guard(), []

    async def grandchild() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        done.append("grandchild")

    async def child() -> None:
        await asyncio.sleep(0)
        guard.follow_up("grandchild", grandchild)
        done.append("child")

    guard.follow_up("child", child)
    await guard.idle()
    assert done == ["child", "grandchild"]


async def test_work_is_kept_alive_while_nobody_else_knows_of_it() -> None:
    # The loop keeps only a weak reference to its tasks.
    guard, gate = Guard(), asyncio.Event()
    guard.follow_up("waiting", lambda: _wait(gate))
    assert len(guard._tasks) == 1
    gate.set()
    await guard.idle()
    assert not guard._tasks


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()


async def test_closing_waits_a_little_and_then_cancels() -> None:
    guard, ended = Guard(), []

    async def soon() -> None:
        await asyncio.sleep(0)
        ended.append("soon")

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    guard.follow_up("soon", soon)
    guard.follow_up("never", never)
    await guard.close(0.01)
    assert ended == ["soon", "cancelled"]
    await guard.idle()


async def test_only_so_much_runs_at_once() -> None:
    guard, gate = Guard(), asyncio.Event()
    running, most = 0, 0

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1

    for _ in range(MOST_AT_ONCE + 50):
        guard.follow_up("work", work)
    for _ in range(5):
        await asyncio.sleep(0)
    assert running == MOST_AT_ONCE
    gate.set()
    await guard.idle()
    assert most == MOST_AT_ONCE


async def test_a_failure_gives_its_place_back() -> None:
    guard, heard = Guard(), Heard()
    for _ in range(MOST_AT_ONCE + 1):
        guard.answer("work", refuses, heard.tell)
    await guard.idle()
    assert len(heard.texts) == MOST_AT_ONCE + 1

"""The app as a real process, killed with -9 while Slack holds its post."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.ledger import ApiCall
from sandbox.people import Person
from sandbox.slack import Sandbox
from sandbox.workspace import Channel
from tests.jobs.one_question import looks, posts, stands_alone
from tests.prep_team import PrepTeam, berlin

ROOT = Path(__file__).parents[2]
DUE = berlin(3, 2, 9)
PATIENCE_S = 20


class RunningPrep:
    """A process that runs the app until it is killed."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def port(self) -> int:
        """Wait until it has started."""
        return int(await self._reads())

    async def begins_to_turn(self) -> None:
        """Tell it to look at the clock; do not wait for what comes of that."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()

    async def turns(self) -> None:
        """Tell it to look at the clock, and wait until it has done what was to do."""
        await self.begins_to_turn()
        assert await self._reads() == "turned"

    async def is_killed(self) -> None:
        """End it as the system does that is out of memory."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def _reads(self) -> str:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE_S)
        return line.decode().strip()


@asynccontextmanager
async def running(prep: PrepTeam, clock_file: Path) -> AsyncIterator[RunningPrep]:
    """Run the app as a process, in the place of the one in this process."""
    await prep.stops()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.processes.prep_on_command"),
        *(prep.settings.database_url, prep.slack.api_url, str(clock_file)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    one = RunningPrep(process)
    try:
        prep.installed.request_url = f"http://127.0.0.1:{await one.port()}/slack/events"
        yield one
    finally:
        await one.is_killed()


def a_post_has_arrived(slack: Sandbox, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once Slack has taken a post in hand."""
    arrived, record = asyncio.Event(), slack.ledger.record

    def noting(entry: Any) -> None:
        record(entry)
        if isinstance(entry, ApiCall) and entry.method == "chat.postMessage":
            arrived.set()

    monkeypatch.setattr(slack.ledger, "record", noting)
    return arrived


def sets(file: Path, moment: datetime) -> None:
    file.write_text(moment.isoformat())


@pytest.mark.parametrize("after_effect", [False, True], ids=["before its effect", "after it"])
async def test_a_process_killed_while_it_posts_leaves_one_question(
    prep: PrepTeam,
    slack: Sandbox,
    alice: Person,
    bob: Person,
    channel: Channel,
    after_effect: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await prep.sets_up(channel, alice)
    clock_file = tmp_path / "clock"
    prep.clock.move_to(DUE)
    sets(clock_file, DUE)
    slack.faults.on("chat.postMessage").times_out(after_effect=after_effect)
    if after_effect:
        slack.faults.drop_events(event_type="message")
    async with running(prep, clock_file) as process:
        arrived = a_post_has_arrived(slack, monkeypatch)
        await process.begins_to_turn()
        await asyncio.wait_for(arrived.wait(), PATIENCE_S)
        await process.is_killed()
    assert len(prep.questions(channel)) == (1 if after_effect else 0)

    later = DUE + timedelta(seconds=61)
    prep.clock.move_to(later)
    sets(clock_file, later)
    async with running(prep, clock_file) as process:
        await process.turns()
        await process.turns()
    await prep.starts()
    assert (posts(prep, channel), looks(prep)) == ((1, 1) if after_effect else (2, 1))
    await stands_alone(prep, channel, bob)

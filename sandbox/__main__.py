"""Show Prep without Slack: in a browser, in the terminal, or lend the small Slack to another app.

`python -m sandbox` opens the playground, `--tour` tells the same fortnight in the terminal, and
`--serve` offers the bare stand-in for any other Bolt app (docs/slack-stand-in.md).

The composition root: the only module of the sandbox that knows the app.
"""

import argparse
import asyncio
import errno
import logging
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from bot.clock import SystemClock, use_pinned_zones
from bot.settings import Settings
from bot.wiring import Prep, doctor
from sandbox import stand_in
from sandbox.clock import MovableClock
from sandbox.manifest import app_spec, command_hints
from sandbox.playground.door import PATH, Playground
from sandbox.playground.stage import Hint, Stage
from sandbox.slack import Sandbox
from sandbox.tour import REPLIES, START, Tour
from sandbox.workspace import InstalledApp

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
DECK_SEED = 5
EVENTS_PATH = "/slack/events"
TIPS = (
    "Press *Next Question*.",
    "Reply in its thread, in five words or more.",
    "Press *Reveal Sample Answer*.",
    "Type `/prep leaderboard`, and look at the app's Home.",
    "Let teammates answer by themselves, then press *A Week*.",
)


class RealHouse:
    """The real app beside the sandbox, on a clock that both share.

    If the doctor finds something wrong the play ends, unless it is forgiving: then it is told, and
    a page opens all the same for whoever is in the middle of writing a question.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        app: InstalledApp,
        settings: Settings,
        *,
        forgiving: bool = False,
    ) -> None:
        self._forgiving = forgiving
        self._sandbox = sandbox
        self._installed = app
        self._settings = settings
        self._keeps_time = False
        self._is_up = False

    async def start(self) -> None:
        """Start the app and tell the sandbox where it listens."""
        self._prep = Prep(self._settings, self._sandbox.clock, rng=Random(DECK_SEED))  # noqa: S311 - it shuffles a deck
        await self._prep.start()
        self._installed.request_url = f"http://127.0.0.1:{self._prep.port}{EVENTS_PATH}"
        self._is_up = True
        if self._keeps_time:
            self._prep.clockwork.start()

    async def stop(self) -> None:
        """Stop the app."""
        self._is_up = False
        await self.settled()
        await self._prep.stop()

    async def restart(self) -> None:
        """Stop the app and start it again on the same data."""
        await self.stop()
        await self.start()

    def keep_time(self) -> None:
        """Let the app's clockwork run by itself from now on, as it does in earnest."""
        self._keeps_time = True
        self._prep.clockwork.start()

    async def settled(self) -> None:
        """Wait until neither Slack nor the app has anything left to do."""
        for _ in range(2):
            await self._sandbox.settled()
            await self._prep.guard.idle()

    async def turn(self) -> None:
        """Let every job run once."""
        await self._sandbox.deliver_due()
        await self._prep.clockwork.turn()
        await self.settled()

    async def next_due(self) -> datetime | None:
        """When the next question of any schedule is due; None while the app is down."""
        return await self._prep.next_due() if self._is_up else None

    async def doctor(self) -> str:
        """Recompute every standing from the answers."""
        report, text = await doctor(self._settings.database_url, self._sandbox.clock)
        if not report.is_well and not self._forgiving:
            raise SystemExit(f"The doctor found something wrong.\n{text}")
        if not report.is_well:
            print(f"The doctor found something wrong.\n{text}", file=sys.stderr)
        return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit status."""
    parsed = _parser().parse_args(arguments)
    use_pinned_zones()
    try:
        if parsed.tour:
            asyncio.run(_tour())
        elif parsed.serve:
            asyncio.run(_serve(parsed))
        else:
            asyncio.run(_playground(parsed.port, browse=not parsed.no_browser))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SystemExit(f"Port {parsed.port} is taken. Choose another with --port.") from None
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Prep without Slack.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--tour", action="store_true", help="play two weeks in the terminal")
    what.add_argument("--serve", action="store_true", help="a small Slack for an app of your own")
    parser.add_argument("--port", type=int, default=0, help="the port of the page; any free one")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    stand_in.add_arguments(parser)
    return parser


async def _tour() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox(MovableClock(START), name="Northwind") as sandbox:
            app, settings = install(sandbox, Path(folder))
            house = RealHouse(sandbox, app, settings)
            await house.start()
            try:
                await Tour(sandbox, app, house, print).play()
            finally:
                await house.stop()


async def _playground(port: int, *, browse: bool) -> None:
    told = _told_to_stop()
    # What the fortnight's scripted troubles make the app say is part of the story, not news.
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        sandbox = Sandbox(MovableClock(START), name="Northwind", port=port)
        playground = Playground()
        sandbox.shows(playground)
        async with sandbox:
            app, settings = install(sandbox, Path(folder))
            house = RealHouse(sandbox, app, settings, forgiving=True)
            await house.start()
            try:
                playground.opens(await stage_after_a_fortnight(sandbox, app, house))
                house.keep_time()
                _invite(f"{sandbox.platform.root_url}{PATH}", browse=browse)
                await told.wait()
            finally:
                await house.stop()
    print("Goodbye.")


async def stage_after_a_fortnight(sandbox: Sandbox, app: InstalledApp, house: RealHouse) -> Stage:
    """Play the tour in silence, then let time flow: a channel with a history, ready to be used."""
    tour = Tour(sandbox, app, house, lambda _line: None)
    await tour.play()
    people = (tour.maya, tour.jonas, tour.priya, tour.tom)
    sandbox.channel("general", members=people)
    outsider = sandbox.person("olga", team="T0SOUTHWIND", tz="Europe/Lisbon")
    sandbox.invites(tour.channel, outsider)
    sandbox.ledger.clear()
    sandbox.lets_time_flow()
    await house.settled()
    hints = tuple(Hint(line, purpose) for line, purpose in command_hints(MANIFEST))
    return Stage(sandbox, app, people, tour.channel, outsider, house, hints, REPLIES, TIPS)


async def _serve(parsed: argparse.Namespace) -> None:
    told = _told_to_stop()
    clock = MovableClock(SystemClock().now().astimezone(UTC), flowing=True)
    sandbox = Sandbox(clock, name="Northwind", port=parsed.port)
    playground = Playground()
    sandbox.shows(playground)
    async with sandbox:
        stage = stand_in.stage(sandbox, parsed)
        playground.opens(stage)
        print(stand_in.instructions(sandbox, stage.app, f"{sandbox.platform.root_url}{PATH}"))
        sys.stdout.flush()
        await told.wait()
    print("Goodbye.")


def _told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop


def _invite(address: str, *, browse: bool) -> None:
    print(f"The playground is at {address}\nPress Ctrl-C to stop.", flush=True)
    if browse and _has_a_display():
        webbrowser.open(address)


def _has_a_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def install(sandbox: Sandbox, folder: Path) -> tuple[InstalledApp, Settings]:
    """Install the app from its manifest, with a database in a folder."""
    spec = app_spec(
        MANIFEST,
        signing_secret="only for this sandbox",  # noqa: S106 - a made-up workspace
        bot_token="xoxb-sandbox",  # noqa: S106 - as above
        app_token="xapp-sandbox",  # noqa: S106 - as above
    )
    settings = Settings(
        bot_token=spec.bot_token,
        signing_secret=spec.signing_secret,
        app_token=None,
        database_url=f"sqlite:///{folder / 'prep.db'}",
        port=0,
        host="127.0.0.1",
        minimum_words=5,
        lateness=timedelta(hours=6),
        log_level="WARNING",
        api_url=sandbox.api_url,
    )
    return sandbox.install_app(spec), settings


if __name__ == "__main__":
    sys.exit(main())

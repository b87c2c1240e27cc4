"""Show Prep without Slack: `python -m sandbox --tour` plays two weeks of a team's life.

The composition root: the only module of the sandbox that knows the app.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from bot.clock import use_pinned_zones
from bot.settings import Settings
from bot.wiring import Prep, doctor
from sandbox.clock import MovableClock
from sandbox.manifest import app_spec
from sandbox.slack import Sandbox
from sandbox.tour import START, Tour
from sandbox.workspace import InstalledApp

MANIFEST = Path(__file__).parents[1] / "manifest.yml"
DECK_SEED = 5
EVENTS_PATH = "/slack/events"


class RealHouse:
    """The real app beside the sandbox, on a clock that both share."""

    def __init__(self, sandbox: Sandbox, app: InstalledApp, settings: Settings) -> None:
        self._sandbox = sandbox
        self._installed = app
        self._settings = settings

    async def start(self) -> None:
        """Start the app and tell the sandbox where it listens."""
        self._prep = Prep(self._settings, self._sandbox.clock, rng=Random(DECK_SEED))  # noqa: S311 - it shuffles a deck
        await self._prep.start()
        self._installed.request_url = f"http://127.0.0.1:{self._prep.port}{EVENTS_PATH}"

    async def stop(self) -> None:
        """Stop the app."""
        await self.settled()
        await self._prep.stop()

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

    async def doctor(self) -> str:
        """Recompute every standing from the answers."""
        report, text = await doctor(self._settings.database_url, self._sandbox.clock)
        if not report.is_well:
            raise SystemExit(f"The doctor found something wrong.\n{text}")
        return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the tour."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--tour", action="store_true", help="play two weeks in the terminal")
    parser.parse_args(arguments)
    use_pinned_zones()
    asyncio.run(_tour())
    return 0


async def _tour() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox(MovableClock(START), name="Northwind") as sandbox:
            app, settings = _install(sandbox, Path(folder))
            house = RealHouse(sandbox, app, settings)
            await house.start()
            try:
                await Tour(sandbox, app, house, print).play()
            finally:
                await house.stop()


def _install(sandbox: Sandbox, folder: Path) -> tuple[InstalledApp, Settings]:
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

"""The playground with the real app behind it, and a real browser in front of it."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from sandbox.__main__ import MANIFEST, TIPS, RealHouse, install
from sandbox.clock import MovableClock
from sandbox.manifest import command_hints
from sandbox.people import Person
from sandbox.playground.door import PATH, Playground
from sandbox.playground.stage import Hint, Stage
from sandbox.playground.teammates import Teammates
from sandbox.slack import Sandbox
from sandbox.tour import REPLIES
from sandbox.workspace import Channel, Message
from tests.prep_team import berlin

expect.set_options(timeout=20_000)  # the machine may be busy with other tests

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Showing:
    """A workspace of four and an outsider, shown on a page, with a clock that stands."""

    sandbox: Sandbox
    stage: Stage
    house: RealHouse
    url: str
    maya: Person
    jonas: Person
    priya: Person
    tom: Person
    olga: Person
    channel: Channel
    general: Channel

    async def sets_up(self) -> None:
        """Maya schedules a question at nine on weekdays, as the setup form proposes."""
        await self.maya.runs("/prep setup", self.channel)
        await self.house.settled()
        await self.maya.submits()
        await self.house.settled()

    async def asks(self) -> Message:
        """Move on to the next question, and return it."""
        due = await self.house.next_due()
        assert due is not None
        self.sandbox.clock.move_to(due)
        await self.house.turn()
        return self.stage.questions()[-1]

    def address(self, who: Person, channel: Channel | None = None, **more: str) -> str:
        """The address at which somebody sees a channel."""
        rest = "".join(f"&{name}={value}" for name, value in more.items())
        return f"{self.url}?as={who.id}&in={(channel or self.channel).id}{rest}"


@pytest.fixture
async def showing(tmp_path: Path) -> AsyncIterator[Showing]:
    """Monday, 2 March 2026, 8 o'clock in Berlin; nothing has been set up."""
    sandbox = Sandbox(MovableClock(berlin(3, 2, 8)), name="Northwind")
    playground = Playground()
    sandbox.shows(playground)
    async with sandbox:
        app, settings = install(sandbox, tmp_path)
        house = RealHouse(sandbox, app, settings)
        await house.start()
        names = ("maya", "jonas", "priya", "tom")
        maya, jonas, priya, tom = people = tuple(
            sandbox.person(name, tz="Europe/Berlin") for name in names
        )
        channel = sandbox.channel("interview-prep", members=people)
        general = sandbox.channel("general", members=people)
        olga = sandbox.person("olga", team="T0SOUTHWIND")
        sandbox.invites(channel, olga)
        hints = tuple(Hint(*one) for one in command_hints(MANIFEST))
        stage = Stage(sandbox, app, people, channel, olga, house, hints, REPLIES, TIPS)
        mates = Teammates(stage, Random(3), pause=lambda _rng: 0.0)
        playground.opens(stage, mates)
        url = f"{sandbox.platform.root_url}{PATH}"
        try:
            yield Showing(
                sandbox, stage, house, url, maya, jonas, priya, tom, olga, channel, general
            )
        finally:
            await house.stop()


def chromium() -> str:
    """Where Chromium is. Skips the test where there is none; on CI that is an error."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail("No Chromium: .ci/run installs it.")
    pytest.skip("no Chromium on this machine")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium with nothing in it."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A window of 1,280 by 800. What its console complains about fails the test."""
    window = await browser.new_page(viewport={"width": 1280, "height": 800})
    window.set_default_timeout(20_000)
    complaints: list[str] = []
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.on(
        "console",
        lambda line: complaints.append(line.text) if line.type == "error" else None,
    )
    yield window
    await window.close()
    unexpected = [one for one in complaints if "409 (Conflict)" not in one]
    assert unexpected == []

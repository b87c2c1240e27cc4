"""Pictures of the page, for docs/ and for a look. `make screenshots`
writes those that the documentation shows."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.playground.conftest import Showing
from tests.playground.test_in_the_browser import channel_pane

PAINTED = 12_000
"""Bytes. A blank page of this size compresses to less than a third of that."""
TALK = {
    "maya": "I'd say what I'm optimising for before I pick anything, then *measure*.",
    "jonas": "Depends on where the time goes, so I'd profile first :mag: and then touch `code`.",
    "priya": "Three parts: the simple version, where it hurts, and what I'd do then.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go: away, unless they are asked for."""
    asked = os.environ.get("PREP_SCREENSHOTS")
    chosen = Path(asked) if asked else tmp_path / "screenshots"
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


async def picture(page: Page, path: Path) -> None:
    """Take one, and see that nothing is wider than the window and that it is not blank."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{path.name}: the page is {wide} pixels wider than the window"
    taken = await page.screenshot(animations="disabled")
    assert len(taken) > PAINTED
    await asyncio.to_thread(path.write_bytes, taken)


async def window(browser: Browser, *, dark: bool = False, width: int = 1280) -> Page:
    """A window of its own."""
    page = await browser.new_page(viewport={"width": width, "height": 800})
    await page.emulate_media(color_scheme="dark" if dark else "light")
    return page


async def lived_in(showing: Showing) -> None:
    """Three questions, most of them answered by most."""
    await showing.sets_up()
    for _ in range(3):
        question = await showing.asks()
        for person in (showing.maya, showing.jonas, showing.priya):
            showing.sandbox.clock.move_on(timedelta(minutes=9))
            await person.replies(question, TALK[person.name])
            await showing.house.settled()
    await showing.tom.reacts(showing.stage.questions()[-1], "tada")
    await showing.house.turn()


async def test_the_page_is_pictured_as_members_see_it(
    showing: Showing, browser: Browser, folder: Path
) -> None:
    await lived_in(showing)
    newest = showing.stage.questions()[-1]
    here = showing.address(showing.maya)
    for name, dark, width, more in (
        ("light", False, 1280, {}),
        ("dark", True, 1280, {}),
        ("thread", False, 1280, {"thread": newest.ts}),
        ("thread-dark", True, 1280, {"thread": newest.ts}),
        ("narrow", False, 800, {}),
        ("narrow-thread-dark", True, 800, {"thread": newest.ts}),
        ("ledger", False, 1280, {"drawer": "ledger"}),
        ("faults", True, 1280, {"drawer": "faults"}),
    ):
        page = await window(browser, dark=dark, width=width)
        await page.goto(here + "".join(f"&{key}={value}" for key, value in more.items()))
        card = channel_pane(page).get_by_role("button", name="Reveal Sample Answer").last
        if not (width < 1000 and "thread" in more):
            await expect(card).to_be_in_viewport()
        await picture(page, folder / f"{name}.png")
        await page.close()


async def test_windows_and_home_are_pictured(
    showing: Showing, browser: Browser, folder: Path
) -> None:
    await lived_in(showing)
    page = await window(browser)
    await page.goto(showing.address(showing.maya))
    await channel_pane(page).get_by_role("button", name="Reveal Sample Answer").last.click()
    await expect(page.get_by_role("dialog", name="Sample answer")).to_contain_text("Key points")
    await expect(page.locator('[data-state="done"]')).to_have_count(0)
    await picture(page, folder / "reveal-modal.png")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Sample answer")).to_be_hidden()
    await page.locator("#say").fill("/prep setup")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog", name="Daily question")).to_be_visible()
    await picture(page, folder / "setup-modal.png")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name="Daily question")).to_be_hidden()
    await page.goto(showing.address(showing.maya, tab="home"))
    await expect(page.locator(".home")).to_contain_text("#interview-prep")
    await picture(page, folder / "home.png")
    await page.close()

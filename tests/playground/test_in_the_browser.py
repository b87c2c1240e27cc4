"""What a member does in the browser, and what she sees then."""

import asyncio
import re

from playwright.async_api import Locator, Page, Route, expect

from tests.playground.conftest import Showing

ANSWER = "I would measure first, then change one thing."


def channel_pane(page: Page) -> Locator:
    """The messages in the middle."""
    return page.locator("main .log")


def thread_pane(page: Page) -> Locator:
    """The messages at the right."""
    return page.locator("#thread .log")


async def types(page: Page, line: str) -> None:
    """Type a line into the channel's composer and send it."""
    box = page.locator("#say")
    await box.fill(line)
    await box.press("Enter")


async def replies(page: Page, text: str) -> Locator:
    """Reply in the open thread; returns the reply."""
    box = page.get_by_role("textbox", name="Reply in thread")
    await box.fill(text)
    await box.press("Enter")
    reply = thread_pane(page).locator(".message", has_text=text)
    await expect(reply).to_have_count(1)
    return reply


async def opens_thread(page: Page) -> None:
    """Open the thread of the newest message in the channel."""
    newest = channel_pane(page).locator(".message").last
    await newest.hover()
    await newest.get_by_role("link", name="Reply in thread").click()
    await expect(page.locator("#thread")).to_be_visible()


async def test_a_schedule_is_set_up_in_the_modal_and_the_question_arrives(
    showing: Showing, page: Page
) -> None:
    await page.goto(showing.address(showing.maya, showing.general))
    await types(page, "/prep setup")
    modal = page.get_by_role("dialog", name="Daily question")
    await expect(modal).to_be_visible()
    await modal.get_by_label("Time", exact=True).fill("08:30")
    zone = modal.get_by_role("combobox", name="Time zone")
    await zone.fill("lisbon")
    await modal.get_by_role("option", name="Europe/Lisbon").click()
    await modal.get_by_label("Friday").uncheck()
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_be_hidden()
    announced = channel_pane(page).locator(".message", has_text="set up a daily interview question")
    await expect(announced).to_contain_text("Wednesday and Thursday at 08:30, Europe/Lisbon time")

    await expect(page.locator(".next-due")).to_have_text("Next question at 09:30")
    await page.get_by_role("button", name="Next Question").click()
    reveal = channel_pane(page).get_by_role("button", name="Reveal Sample Answer")
    await expect(reveal).to_be_visible()
    await expect(page.locator("#now")).to_have_text("Mon 2 Mar, 09:30")


async def test_what_is_wrong_in_a_form_is_said_at_the_field(showing: Showing, page: Page) -> None:
    await page.goto(showing.address(showing.maya))
    await types(page, "/prep setup")
    modal = page.get_by_role("dialog", name="Daily question")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"):
        await modal.get_by_label(day).uncheck()
    zone = modal.get_by_role("combobox", name="Time zone")
    await zone.fill("Atlantis")
    await modal.get_by_role("button", name="Save").click()
    await expect(modal.locator(".wrong", has_text="Time zone")).to_contain_text(
        "Choose one of the entries in the list."
    )
    zone = modal.get_by_role("combobox", name="Time zone")
    await zone.fill("Berlin")
    await zone.press("Enter")
    await modal.get_by_role("button", name="Save").click()
    days = modal.get_by_role("group", name="Days")
    await expect(days).to_contain_text("Please complete this required field.")
    await days.get_by_label("Sunday").check()
    await modal.get_by_role("button", name="Save").click()
    await expect(modal).to_be_hidden()


async def test_an_answer_gets_its_mark_its_streak_and_the_sample_answer(
    showing: Showing, page: Page
) -> None:
    await showing.sets_up()
    await showing.asks()
    await page.goto(showing.address(showing.maya))
    await opens_thread(page)
    await expect(page.get_by_role("textbox", name="Reply in thread")).to_be_focused()
    reply = await replies(page, ANSWER)
    await expect(reply.get_by_role("button", name="white check mark, 1: Prep")).to_be_visible()
    private = thread_pane(page).locator(".message.private")
    await expect(private).to_contain_text("Only visible to you")
    await expect(private).to_contain_text("Your streak starts: 1 question")

    reveal = channel_pane(page).get_by_role("button", name="Reveal Sample Answer")
    await reveal.focus()
    await page.keyboard.press("Enter")
    modal = page.get_by_role("dialog", name="Sample answer")
    await expect(modal).to_contain_text("Key points")
    await page.keyboard.press("Escape")
    await expect(modal).to_be_hidden()
    await expect(reveal).to_be_focused()


async def test_the_board_is_seen_by_command_and_in_home(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    question = await showing.asks()
    await showing.maya.replies(question, ANSWER)
    await showing.house.settled()
    await page.goto(showing.address(showing.maya))
    await types(page, "/prep leaderboard")
    board = channel_pane(page).locator(".message.private", has_text="Leaderboard")
    await expect(board).to_contain_text("maya")

    await (
        page.get_by_role("navigation", name="Conversations")
        .get_by_role("link", name="Prep", exact=True)
        .click()
    )
    home = page.locator(".home")
    await expect(home).to_contain_text("#interview-prep")
    await expect(page.get_by_role("link", name="Home")).to_have_attribute("aria-current", "page")


async def test_the_streak_follows_an_edit_and_a_deletion(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    question = await showing.asks()
    await page.goto(showing.address(showing.maya, thread=question.ts))
    reply = await replies(page, ANSWER)
    mark = reply.get_by_role("button", name="white check mark")
    await expect(mark).to_be_visible()

    await reply.hover()
    await reply.get_by_role("button", name="Edit message").click()
    window = page.get_by_role("dialog", name="Edit message")
    await window.get_by_role("textbox").fill("never mind")
    await window.get_by_role("button", name="Save Changes").click()
    changed = thread_pane(page).locator(".message", has_text="never mind")
    await expect(changed).to_contain_text("(edited)")
    await expect(changed.get_by_role("button", name="white check mark")).to_have_count(0)
    await types(page, "/prep streak")
    told = channel_pane(page).locator(".message.private")
    await expect(told.last).to_contain_text(re.compile("streak", re.IGNORECASE))
    await expect(told.last).not_to_contain_text("Your streak is 1")

    await replies(page, "Second try: measure, change one thing, measure again.")
    again = thread_pane(page).locator(".message", has_text="Second try")
    await expect(again.get_by_role("button", name="white check mark")).to_be_visible()
    await again.hover()
    await again.get_by_role("button", name="Delete message").click()
    await (
        page.get_by_role("dialog", name="Delete message?")
        .get_by_role("button", name="Delete")
        .click()
    )
    await expect(again).to_have_count(0)
    await showing.house.settled()
    assert "Second try" not in showing.sandbox.transcript(showing.channel)


async def test_a_week_passes_with_its_weekend_and_teammates_answer(
    showing: Showing, page: Page
) -> None:
    await showing.sets_up()
    await page.goto(showing.address(showing.maya))
    await page.get_by_label("Teammates answer by themselves").check()
    await expect(page.locator("#notices")).to_contain_text("Teammates answer by themselves")
    await page.get_by_role("button", name="A Week").click()
    await expect(page.locator("#now")).to_have_text("Mon 9 Mar, 08:00", timeout=40_000)
    cards = channel_pane(page).get_by_role("button", name="Reveal Sample Answer")
    await expect(cards).to_have_count(5)
    await expect(channel_pane(page).locator(".day", has_text="Saturday")).to_have_count(0)
    answered = [reply for question in showing.stage.questions() for reply in question.thread]
    assert len(answered) >= 8
    assert showing.maya.id not in {reply.user_id for reply in answered}


async def test_an_event_delivered_twice_counts_once(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    question = await showing.asks()
    await page.goto(showing.address(showing.maya, thread=question.ts, drawer="faults"))
    await page.get_by_role("button", name="Deliver the Next Event Twice").click()
    reply = await replies(page, ANSWER)
    await expect(reply.get_by_role("button", name="white check mark, 1: Prep")).to_be_visible()
    await page.get_by_role("button", name="Deliver the Last Event Again").click()
    await expect(page.locator(".happened li").first).to_contain_text("again")
    await expect(thread_pane(page).locator(".message.private")).to_have_count(1)
    marks = showing.sandbox.ledger.calls("reactions.add")
    assert len([call for call in marks if call.ok]) == 1


async def test_a_dropped_connection_and_a_restart_leave_one_question(
    showing: Showing, page: Page
) -> None:
    await showing.sets_up()
    await page.goto(showing.address(showing.maya, drawer="faults"))
    await page.get_by_role("button", name="Drop the Connection After the Next Post").click()
    await expect(page.locator(".happened li").first).to_contain_text("will drop")
    await page.get_by_role("button", name="Next Question").click()
    await expect(page.locator("#now")).to_have_text("Mon 2 Mar, 09:00")
    await page.get_by_role("button", name="Restart the App").click()
    await expect(page.locator(".happened li").first).to_contain_text("started it again")
    await page.get_by_role("button", name="+1 Hour").click()
    cards = channel_pane(page).get_by_role("button", name="Reveal Sample Answer")
    await expect(cards).to_have_count(1)


async def test_commands_are_proposed_and_taken_by_keyboard(showing: Showing, page: Page) -> None:
    await page.goto(showing.address(showing.maya))
    box = page.locator("#say")
    await box.press_sequentially("/prep le")
    options = page.get_by_role("listbox", name="Commands").get_by_role("option")
    await expect(options).to_have_count(1)
    await box.press("ArrowDown")
    await box.press("Tab")
    await expect(box).to_have_value("/prep leaderboard")
    await box.press("Enter")
    await expect(channel_pane(page).locator(".message.private")).to_be_visible()


async def test_what_is_typed_is_never_html(showing: Showing, page: Page) -> None:
    await page.goto(showing.address(showing.maya))
    nasty = '<img src=x onerror="document.title=1"> </textarea><script>alert(1)</script> *bold*'
    await types(page, nasty)
    message = channel_pane(page).locator(".message").last
    await expect(message).to_contain_text('<img src=x onerror="document.title=1">')
    await expect(message.locator("strong", has_text="bold")).to_have_count(1)
    assert await message.locator("img, script").count() == 0


async def test_a_message_waits_as_unread_until_it_is_looked_at(
    showing: Showing, page: Page
) -> None:
    await page.goto(showing.address(showing.maya))
    rooms = page.get_by_role("navigation", name="Conversations")
    await showing.jonas.says(showing.general, "Lunch?")
    await expect(rooms.get_by_role("link", name="#general 1 unread")).to_be_visible()
    await rooms.get_by_role("link", name="#general").click()
    await expect(channel_pane(page)).to_contain_text("Lunch?")
    await expect(rooms.get_by_role("link", name="#general", exact=True)).to_be_visible()


async def test_what_happens_while_a_page_opens_is_not_missed(showing: Showing, page: Page) -> None:
    said = asyncio.Event()

    async def late(route: Route) -> None:
        await said.wait()
        await route.continue_()

    await page.route("**/playground/news", late)
    await page.goto(showing.address(showing.maya))
    await showing.jonas.says(showing.general, "Lunch?")
    said.set()
    rooms = page.get_by_role("navigation", name="Conversations")
    await expect(rooms.get_by_role("link", name="#general 1 unread")).to_be_visible()


async def test_another_person_sees_other_things(showing: Showing, page: Page) -> None:
    await page.goto(showing.address(showing.maya))
    await types(page, "/prep help")
    private = channel_pane(page).locator(".message.private")
    await expect(private).to_have_count(1)
    await page.get_by_label("Speak as").select_option(label="Jonas")
    await expect(private).to_have_count(0)
    await page.get_by_label("Speak as").select_option(label="Olga (outsider)")
    await types(page, "/prep help")
    await expect(page.locator("#notices")).to_contain_text("/prep is not a valid command")


async def test_half_typed_words_survive_what_others_do(showing: Showing, page: Page) -> None:
    await page.goto(showing.address(showing.maya))
    box = page.locator("#say")
    await box.fill("I was just about to")
    await showing.jonas.says(showing.channel, "Me first!")
    await expect(channel_pane(page)).to_contain_text("Me first!")
    await expect(box).to_have_value("I was just about to")
    await expect(box).to_be_focused()


async def test_a_press_that_nobody_answers_is_shown_as_failed(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    await showing.asks()
    await page.goto(showing.address(showing.maya))
    reachable, showing.stage.app.request_url = (
        showing.stage.app.request_url,
        "http://127.0.0.1:1/",
    )
    reveal = channel_pane(page).get_by_role("button", name="Reveal Sample Answer")
    await reveal.click()
    await expect(page.locator("#notices")).to_contain_text("Prep could not be reached.")
    await expect(reveal).to_have_attribute("data-state", "failed")
    showing.stage.app.request_url = reachable
    await expect(reveal).not_to_have_attribute("data-state", "failed")
    await reveal.click()
    await expect(page.get_by_role("dialog", name="Sample answer")).to_be_visible()


async def test_the_page_can_be_used_by_keyboard_at_800_pixels(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    await showing.asks()
    await page.set_viewport_size({"width": 800, "height": 700})
    await page.goto(showing.address(showing.maya))
    replies_link = channel_pane(page).get_by_role("link", name="Reply in thread").last
    await replies_link.focus()
    await page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Reply in thread")
    await expect(box).to_be_focused()
    await page.keyboard.type(ANSWER)
    await page.keyboard.press("Enter")
    await expect(thread_pane(page)).to_contain_text(ANSWER)
    await page.get_by_role("link", name="Close thread").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_visible()
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


async def test_every_landmark_and_every_control_has_a_name(showing: Showing, page: Page) -> None:
    await showing.sets_up()
    question = await showing.asks()
    for drawer in ("clock", "faults", "ledger"):
        await page.goto(showing.address(showing.maya, thread=question.ts, drawer=drawer))
        nameless = await page.evaluate(
            """() => [...document.querySelectorAll("button, a, input, select, textarea, aside")]
                .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim()
                    || (one.labels && one.labels.length) || one.type === "hidden"))
                .map((one) => one.outerHTML)"""
        )
        assert nameless == []
        repeated = await page.evaluate(
            """() => { const all = [...document.querySelectorAll("[id]")].map((one) => one.id);
                return all.filter((id, at) => all.indexOf(id) !== at); }"""
        )
        assert repeated == []

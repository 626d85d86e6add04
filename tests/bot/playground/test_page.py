"""The chat page in a real browser."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters

from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import Client

playwright = pytest.importorskip("playwright.async_api", reason="the browser tests need the package playwright")
CHROMIUM = os.environ.get("HEED_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (set HEED_CHROMIUM to its path)"),
]
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Not how I feel", callback_data="no")]])


@pytest.fixture
async def page(server: PlaygroundServer, bot: Bot) -> AsyncIterator["playwright.Page"]:
    """The page, opened by the address that is printed at start. Fails the test on any script error or blocked
    resource."""
    wrong: list[str] = []
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = await browser.new_context(viewport={"width": 1100, "height": 760}, locale="en-US")
        opened = await context.new_page()
        opened.set_default_timeout(8000)
        opened.on("pageerror", lambda error: wrong.append(str(error)))
        opened.on("console", lambda line: wrong.append(line.text) if is_trouble(line) else None)
        await opened.goto(server.page_url)
        await opened.locator(".person[aria-current]").wait_for()
        yield opened
        await browser.close()
    assert wrong == []


def is_trouble(line: "playwright.ConsoleMessage") -> bool:
    """An error of the page; that a stopped server refuses connections is none."""
    return line.type == "error" and "ERR_CONNECTION_REFUSED" not in line.text


def expect(found: "playwright.Locator") -> "playwright.LocatorAssertions":
    return playwright.expect(found)


async def say(page: "playwright.Page", text: str) -> None:
    await page.fill("#text", text)
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine .words").last).to_have_text(text.strip())


async def person_of(bot: Bot) -> int:
    return (await bot.get_updates(timeout=5))[-1].effective_user.id


async def test_a_message_is_sent_ticked_and_answered(page: "playwright.Page", bot: Bot) -> None:
    assert page.url.endswith("/")
    await expect(page.locator("#empty")).to_be_visible()
    await say(page, "I failed my exam")
    await expect(page.locator(".mine .meta [role=img]")).to_have_attribute("aria-label", "Sent")
    (update,) = await bot.get_updates(timeout=5)
    await bot.get_updates(offset=update.update_id + 1)
    await expect(page.locator(".mine .meta [role=img]")).to_have_attribute("aria-label", "Received")
    await bot.send_chat_action(update.effective_user.id, "typing")
    await expect(page.locator(".typing")).to_be_visible()
    quoted = ReplyParameters(update.message.message_id)
    await bot.send_message(update.effective_user.id, "That <b>hurts</b>.", "HTML", reply_parameters=quoted)
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("That hurts.")
    await expect(page.locator(".message:not(.mine) .words b")).to_have_text("hurts")
    await expect(page.locator(".quote span")).to_have_text("I failed my exam")
    await expect(page.locator(".typing")).to_have_count(0)


async def test_a_button_is_pressed_and_its_answer_shown(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "hi")
    person = await person_of(bot)
    sent = await bot.send_message(person, "You sound tired.", reply_markup=KEYS)
    await page.locator(".key").click()
    await expect(page.locator(".key.waiting")).to_have_count(1)
    query = (await bot.get_updates(timeout=5))[-1].callback_query
    assert (query.data, query.message.message_id) == ("no", sent.message_id)
    await query.answer("Thank you")
    await expect(page.locator("#toast")).to_have_text("Thank you")
    await expect(page.locator(".key.waiting")).to_have_count(0)
    await bot.edit_message_text("Noted.", person, sent.message_id)
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("Noted.")
    await expect(page.locator(".key")).to_have_count(0)
    await bot.delete_message(person, sent.message_id)
    await expect(page.locator(".message:not(.mine)")).to_have_count(0)


async def test_a_second_person_has_a_chat_and_a_language_of_their_own(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "first")
    first = await person_of(bot)
    await page.click("#add")
    await page.fill("#newcomer-name", "<img src=x onerror=alert(1)>")
    await page.select_option("#newcomer-language", "ko")
    await page.keyboard.press("Enter")
    await expect(page.locator("#people-title")).to_have_text("사람들")
    await expect(page.locator(".person[aria-current] .name")).to_contain_text("<img src=x onerror=alert(1)>")
    await say(page, "<b>not bold</b> <script>alert(1)</script>")
    await bot.send_message(first, "for the first")
    await expect(page.locator(f"[data-person='{first}'] .badge")).to_have_text("1")
    await page.click(f"[data-person='{first}']")
    await expect(page.locator("#people-title")).to_have_text("People")
    await expect(page.locator(".message .words")).to_have_text(["first", "for the first"])
    await expect(page.locator(".badge:visible")).to_have_count(0)


async def test_one_can_reply_and_correct_oneself_with_the_keyboard(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "helo")
    await page.keyboard.press("ArrowUp")
    await page.fill("#text", "hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text("hello")
    await expect(page.locator(".mine .meta")).to_contain_text("edited")
    person = await person_of(bot)
    assert (await bot.get_updates())[-1].edited_message.text == "hello"
    await bot.send_message(person, "yes?")
    await page.locator(".message:not(.mine)").hover()
    await page.locator(".message:not(.mine) .deeds button").click()
    await page.fill("#text", "line one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("line two")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words").last).to_have_text("line one\nline two")
    message = (await bot.get_updates())[-1].message
    assert (message.text, message.reply_to_message.text) == ("line one\nline two", "yes?")


async def test_commands_are_offered_and_chosen_with_the_keyboard(page: "playwright.Page", bot: Bot) -> None:
    await bot.set_my_commands([BotCommand("help", "Where help is"), BotCommand("new", "Start afresh")])
    await page.locator("#menu").click()
    await expect(page.locator("#commands button")).to_have_count(2)
    await page.keyboard.press("Escape")
    await page.fill("#text", "/")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#commands [aria-selected=true]")).to_contain_text("/new")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .words")).to_have_text("/new")
    assert (await bot.get_updates(timeout=5))[-1].message.text == "/new"


async def test_a_blocked_chat_cannot_be_written_to_until_it_is_unblocked(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "hi")
    await page.click("#more")
    await page.click("#block")
    await expect(page.locator("#unblock")).to_be_visible()
    await page.click("#unblock")
    await expect(page.locator("#text")).to_be_visible()


async def test_a_phone_shows_list_and_chat_as_two_screens_in_both_colour_schemes(
    page: "playwright.Page", bot: Bot, tmp_path: Path
) -> None:
    await say(page, "a long line without end " * 12)
    await bot.send_message(await person_of(bot), "an answer", reply_markup=KEYS)
    await page.set_viewport_size({"width": 360, "height": 720})
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await expect(page.locator("#text")).to_be_visible()
        await expect(page.locator("#list")).not_to_be_visible()
        colour = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness = sum(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
        assert (brightness > 380) == (scheme == "light")
        await page.screenshot(path=tmp_path / f"{scheme}.png")
        assert (tmp_path / f"{scheme}.png").stat().st_size > 5000
        await page.click("#back")
        await expect(page.locator("#list")).to_be_visible()
        await page.click(".person")


async def test_the_page_finds_its_way_back_after_the_server_was_away(
    page: "playwright.Page", server: PlaygroundServer, client: Client
) -> None:
    await say(page, "before")
    await server.stop()
    await expect(page.locator("#status")).to_contain_text("connection is gone")
    await server.start()
    await expect(page.locator("#status")).to_contain_text("You are writing as")
    await say(page, "after")
    await expect(page.locator(".mine .words")).to_have_text(["before", "after"])

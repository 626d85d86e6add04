"""A picture in the chat page that the bot replaces: the page shows the new one, where the old one stood."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto

from bot.playground.server import PlaygroundServer
from tests.bot.playground.test_page import expect, person_of, playwright, pytestmark, say
from tests.bot.playground.test_page_sound import opened

__all__ = ["pytestmark"]
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Month", callback_data="mood:span:month")]])


@pytest.fixture
async def page(server: PlaygroundServer, bot: Bot) -> "Any":
    async with opened(server, granted=False) as shown:
        yield shown


def chart(width: int, height: int) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (width, height), (250, 250, 245)).save(buffer, "PNG")
    return buffer.getvalue()


async def test_another_picture_takes_the_place_of_the_one_that_is_shown(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "/mood")
    person = await person_of(bot)
    sent = await bot.send_photo(person, chart(1080, 1080), caption="The week.", reply_markup=KEYS)
    image = page.locator(".message:not(.mine) .picture img")
    await expect(image).to_have_js_property("naturalWidth", 1080)
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("The week.")
    media = InputMediaPhoto(chart(900, 900), caption="The month.")
    await bot.edit_message_media(media, person, sent.message_id, reply_markup=KEYS)
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("The month.")
    await expect(image).to_have_js_property("naturalWidth", 900)
    await expect(page.locator(".message:not(.mine)")).to_have_count(1)
    await expect(page.locator(".key")).to_have_text("Month")

"""Music in the chat page: tunes that play one after another, a bar to steer them with, and the list of them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Audio, Bot, Message

from bot.playground.server import PlaygroundServer
from models.speech.audio.voicenote import encode_voice
from tests.bot.playground.conftest import Client
from tests.bot.playground.test_music import KEYS, cover, song
from tests.bot.playground.test_page import expect, person_of, playwright, pytestmark, say
from tests.bot.playground.test_page_sound import opened, tone

__all__ = ["pytestmark"]
TITLES = ("Slow Dawn", "Rain on Tin", "A Lamp Left On")


@pytest.fixture
async def page(server: PlaygroundServer, bot: Bot) -> AsyncIterator["playwright.Page"]:
    async with opened(server, "--autoplay-policy=user-gesture-required") as shown:
        yield shown


async def send_tunes(
    page: "playwright.Page", bot: Bot, seconds: float = 8, titles: tuple[str, ...] = TITLES
) -> list[Message]:
    """The bot sends tunes of this length, the first with a cover, a caption and a button."""
    await say(page, "music please")
    person = await person_of(bot)
    sent = []
    for place, title in enumerate(titles):
        more = {"thumbnail": cover(), "caption": "The first.", "reply_markup": KEYS} if place == 0 else {}
        content = song(seconds, 220 + 110 * place)
        sent.append(
            await bot.send_audio(person, content, title=title, performer="Heed", duration=round(seconds), **more)
        )
    await expect(page.locator(".tune")).to_have_count(len(titles))
    return sent


def tune(page: "playwright.Page", title: str) -> "playwright.Locator":
    return page.get_by_role("group", name=f"Music: Heed – {title}")


async def seconds_at(slider: "playwright.Locator") -> int:
    return int(await slider.get_attribute("aria-valuenow") or -1)


async def test_a_tune_shows_what_it_is_and_plays(page: "playwright.Page", bot: Bot) -> None:
    await send_tunes(page, bot)
    first = tune(page, "Slow Dawn")
    await expect(first.locator(".title")).to_have_text("Slow Dawn")
    await expect(first.locator(".performer")).to_have_text("Heed")
    await expect(first.locator(".length")).to_have_text("0:08")
    await expect(first.get_by_role("slider")).to_have_count(0)
    assert await first.locator("img").evaluate("async image => { await image.decode(); return image.naturalWidth; }")
    await expect(page.locator("#player")).to_be_hidden()
    await first.get_by_role("button", name="Play").click()
    await expect(first.get_by_role("button", name="Pause")).to_be_focused()
    await expect(page.locator("#player-title")).to_have_text("Slow Dawn")
    await expect(first.locator(".length")).to_have_text("0:02 / 0:08")
    await expect(page.locator("#player-time")).to_have_text(re.compile(r"0:0[2-4] / 0:08"))
    await page.locator("#player").get_by_role("button", name="Pause").click()
    await expect(first.get_by_role("button", name="Play")).to_be_visible()
    stopped = await seconds_at(first.get_by_role("slider"))
    await page.wait_for_timeout(1200)
    assert await seconds_at(first.get_by_role("slider")) == stopped >= 2


async def test_a_tune_is_sought_by_mouse_and_by_keyboard(page: "playwright.Page", bot: Bot) -> None:
    await send_tunes(page, bot, 40, TITLES[:1])
    first = tune(page, "Slow Dawn")
    await first.get_by_role("button", name="Play").click()
    slider = first.get_by_role("slider")
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("of 0:40"))
    box = await slider.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 4, box["y"] + box["height"] / 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 2, steps=4)
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=4)  # the hand may leave the line
    await page.mouse.up()
    assert 19 <= await seconds_at(slider) <= 23
    await page.locator("#player").get_by_role("button", name="Pause").click()
    bar = page.locator("#player-line")
    await bar.focus()
    await page.keyboard.press("Home")
    await expect(bar).to_have_attribute("aria-valuetext", "0:00 of 0:40")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuenow", "10")
    await page.keyboard.press("ArrowLeft")
    await expect(bar).to_have_attribute("aria-valuenow", "5")
    await page.keyboard.press(" ")
    await expect(first.get_by_role("button", name="Pause")).to_be_visible()
    assert await seconds_at(slider) >= 5


async def test_after_a_tune_the_next_of_the_chat_plays_and_after_the_last_there_is_silence(
    page: "playwright.Page", bot: Bot
) -> None:
    await send_tunes(page, bot, 2, TITLES[:2])
    await tune(page, "Slow Dawn").get_by_role("button", name="Play").click()
    await expect(page.locator("#player-title")).to_have_text("Rain on Tin")
    await expect(tune(page, "Slow Dawn").get_by_role("button", name="Play")).to_be_visible()
    second = tune(page, "Rain on Tin")
    await expect(second.get_by_role("slider")).to_have_attribute("aria-valuenow", "1")
    await expect(page.get_by_role("button", name="Next")).to_be_disabled()
    await expect(second.get_by_role("button", name="Play")).to_be_visible()
    await expect(second.locator(".length")).to_have_text("0:00 / 0:02")


async def test_the_bar_goes_on_back_and_away(page: "playwright.Page", bot: Bot) -> None:
    await send_tunes(page, bot, 20)
    await tune(page, "Slow Dawn").get_by_role("button", name="Play").click()
    title = page.locator("#player-title")
    first, second, third = TITLES
    for press, expected in (("Next", second), ("Next", third), ("Previous", second), ("Previous", first)):
        await page.locator("#player").get_by_role("button", name=press).click()
        await expect(title).to_have_text(expected)
        await expect(tune(page, expected).get_by_role("button", name="Pause")).to_be_visible()
        await expect(page.locator(".tune").get_by_role("button", name="Pause")).to_have_count(1)
    line = page.locator("#player-line")
    await line.focus()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("ArrowRight")
    await expect(line).to_have_attribute("aria-valuenow", re.compile("^[4-9]$"))
    await page.get_by_role("button", name="Previous").click()  # of a tune that has begun, its beginning
    await expect(line).to_have_attribute("aria-valuenow", re.compile("^[01]$"))
    await expect(title).to_have_text(TITLES[0])
    await page.get_by_role("button", name="Stop and close").click()
    await expect(page.locator("#player")).to_be_hidden()
    await expect(page.locator(".tune").get_by_role("button", name="Pause")).to_have_count(0)
    await expect(page.locator("#scroll")).to_be_focused()


async def test_the_playlist_names_the_chats_music_in_order_and_what_plays(page: "playwright.Page", bot: Bot) -> None:
    await send_tunes(page, bot, 20)
    await tune(page, TITLES[1]).get_by_role("button", name="Play").click()
    await page.get_by_role("button", name="Playlist").click()
    entries = page.locator("#playlist button")
    await expect(entries.locator(".title")).to_have_text(list(TITLES))
    await expect(page.locator("#playlist [aria-current=true] .title")).to_have_text(TITLES[1])
    await expect(entries.nth(1)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#playlist [aria-current=true] .title")).to_have_text(TITLES[2])
    await expect(page.locator("#player-title")).to_have_text(TITLES[2])
    person = await person_of(bot)
    await bot.send_audio(person, song(3), title="A Fourth", performer="Heed")
    await expect(entries).to_have_count(4)
    await expect(entries.nth(2)).to_be_focused()
    await expect(page.get_by_role("button", name="Next")).to_be_enabled()
    await page.keyboard.press("Escape")
    await expect(page.locator("#playlist")).to_be_hidden()
    await expect(page.get_by_role("button", name="Playlist")).to_be_focused()
    await page.get_by_role("button", name="Playlist").click()
    await page.click("#messages", position={"x": 4, "y": 4})
    await expect(page.locator("#playlist")).to_be_hidden()


async def test_the_playlist_reaches_back_beyond_what_is_loaded(
    page: "playwright.Page", client: Client, bot: Bot
) -> None:
    (first,) = await send_tunes(page, bot, 6, TITLES[:1])
    person = first.chat.id
    for number in range(70):
        await client.write(person, f"line {number}")
    await bot.send_audio(person, song(6, 440), title="Last", performer="Heed")
    await page.reload()
    await expect(page.locator(".tune")).to_have_count(1)
    await tune(page, "Last").get_by_role("button", name="Play").click()
    await page.get_by_role("button", name="Playlist").click()
    await expect(page.locator("#playlist .title")).to_have_text(["Slow Dawn", "Last"])
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.locator("#player-title")).to_have_text("Slow Dawn")
    await expect(page.locator("#player-line")).to_have_attribute("aria-valuenow", "1")


async def test_a_button_under_a_tune_is_answered_while_it_plays_on(page: "playwright.Page", bot: Bot) -> None:
    (sent,) = await send_tunes(page, bot, 20, TITLES[:1])
    first = tune(page, "Slow Dawn")
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("The first.")
    await first.get_by_role("button", name="Play").click()
    await expect(first.locator(".length")).to_have_text("0:01 / 0:20")
    await page.locator(".key").click()
    query = (await bot.get_updates(timeout=5))[-1].callback_query
    assert (query.data, query.message.message_id) == ("music:similar", sent.message_id)
    await query.answer("Five more are on the way")
    await expect(page.locator("#toast")).to_have_text("Five more are on the way")
    await bot.edit_message_caption(sent.chat.id, sent.message_id, caption="Chosen.")
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("Chosen.")
    await expect(page.locator(".key")).to_have_count(0)
    await expect(first.get_by_role("button", name="Pause")).to_be_visible()
    await bot.delete_message(sent.chat.id, sent.message_id)
    await expect(page.locator("#player")).to_be_hidden()


async def test_of_a_voice_a_tune_and_another_persons_chat_one_sounds_at_a_time(
    page: "playwright.Page", bot: Bot
) -> None:
    (sent,) = await send_tunes(page, bot, 20, TITLES[:1])
    await bot.send_voice(sent.chat.id, encode_voice(tone(20, 48000), 48000).data, duration=20)
    music, voice = tune(page, "Slow Dawn"), page.locator(".sound")
    await music.get_by_role("button", name="Play").click()
    await expect(music.get_by_role("button", name="Pause")).to_be_visible()
    await voice.get_by_role("button", name="Play").click()
    await expect(music.get_by_role("button", name="Play")).to_be_visible()
    await expect(voice.get_by_role("button", name="Pause")).to_be_visible()
    await page.locator("#player").get_by_role("button", name="Play", exact=True).click()
    await expect(voice.get_by_role("button", name="Play")).to_be_visible()
    await page.click("#add")
    await page.fill("#newcomer-name", "Kim")
    await page.keyboard.press("Enter")
    await expect(page.locator(".person[aria-current] .name")).to_contain_text("Kim")
    await expect(page.locator("#player")).to_be_hidden()


async def test_a_tune_that_cannot_be_fetched_says_so_and_is_tried_again(page: "playwright.Page", bot: Bot) -> None:
    await page.route("**/files/**", lambda route: route.abort("connectionrefused"))
    await send_tunes(page, bot, 6, TITLES[1:2])
    music = tune(page, TITLES[1])
    await music.get_by_role("button", name="Play").click()
    await expect(music.locator(".length")).to_have_text("That did not work.")
    await expect(page.locator("#player-performer")).to_have_text("That did not work.")
    await page.unroute("**/files/**")
    await music.get_by_role("button", name="Play").click()
    await expect(music.locator(".length")).to_have_text("0:01 / 0:06")


async def test_the_page_says_whose_music_a_quote_and_the_list_of_people_mean(
    page: "playwright.Page", bot: Bot
) -> None:
    await send_tunes(page, bot, 3, TITLES[1:2])
    await expect(page.locator(".person .last")).to_have_text("The first.")
    audio = await bot.send_audio(await person_of(bot), song(3), title=TITLES[2], performer="Heed")
    assert isinstance(audio.audio, Audio)
    await expect(page.locator(".person .last")).to_have_text(f"Heed – {TITLES[2]}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_player_and_playlist_fit_a_phone(
    page: "playwright.Page", bot: Bot, tmp_path: Path, scheme: str
) -> None:
    await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    await page.set_viewport_size({"width": 360, "height": 720})
    await send_tunes(page, bot, 8, ("A title that is far too long for any telephone that was ever made", *TITLES[1:]))
    await page.locator(".tune").first.get_by_role("button", name="Play").click()
    await page.get_by_role("button", name="Playlist").click()
    await expect(page.locator("#playlist button")).to_have_count(3)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    for selector in ("#player-close", "#playlist", ".tune"):
        box = await page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
    await page.screenshot(path=tmp_path / f"{scheme}.png")
    assert (tmp_path / f"{scheme}.png").stat().st_size > 5000

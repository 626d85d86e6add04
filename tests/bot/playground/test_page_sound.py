"""Sound and files in the chat page: a microphone that plays a file, a bot that sends a voice message."""

import re
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from telegram import Bot, Message, Voice

from bot.playground.server import PlaygroundServer
from models.speech.audio.decode import decode
from models.speech.audio.sound import RATE, Sound, Waveform
from models.speech.audio.voicenote import encode_voice
from tests.bot.playground.conftest import Client
from tests.bot.playground.test_page import (
    CHROMIUM,
    SWITCHES,
    expect,
    is_trouble,
    person_of,
    playwright,
    pytestmark,
    say,
)

__all__ = ["pytestmark"]
TONE = 440.0  # Hz; what the microphone hears


def tone(seconds: float, rate: int = RATE) -> Waveform:
    return np.sin(2 * np.pi * TONE * np.arange(int(seconds * rate)) / rate).astype(np.float32) * 0.4


def wav(waveform: Waveform, rate: int = RATE) -> bytes:
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((waveform * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def pitch(sound: Sound) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(sound.waveform))
    return float(np.argmax(spectrum) * RATE / len(sound.waveform))


@asynccontextmanager
async def opened(server: PlaygroundServer, *switches: str, granted: bool = True) -> AsyncIterator["playwright.Page"]:
    wrong: list[str] = []
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=[*SWITCHES, *switches])
        context = await browser.new_context(viewport={"width": 1100, "height": 760}, locale="en-US")
        if granted:
            await context.grant_permissions(["microphone"])
        page = await context.new_page()
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda line: wrong.append(line.text) if is_trouble(line) else None)
        await page.goto(server.page_url)
        await page.locator(".person[aria-current]").wait_for()
        yield page
        await browser.close()
    assert wrong == []


@pytest.fixture
async def page(server: PlaygroundServer, bot: Bot, tmp_path: Path) -> AsyncIterator["playwright.Page"]:
    """The page, with a microphone that hears a tone."""
    heard = tmp_path / "heard.wav"
    heard.write_bytes(wav(tone(3, 48000), 48000))
    devices = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    async with opened(server, *devices, f"--use-file-for-fake-audio-capture={heard}") as shown:
        yield shown


async def record(page: "playwright.Page", seconds: int) -> None:
    await page.click("#record")
    await expect(page.locator("#recorded")).to_have_text(f"0:0{seconds}")


async def voice_of(bot: Bot) -> tuple[Message, Voice, Sound]:
    message = (await bot.get_updates(timeout=8))[-1].message
    content = await (await message.voice.get_file()).download_as_bytearray()
    assert len(content) == message.voice.file_size
    return message, message.voice, decode(bytes(content))


async def nothing_was_sent(bot: Bot) -> bool:
    return await bot.get_updates(timeout=1) == ()


async def voice_from_bot(page: "playwright.Page", bot: Bot, seconds: float = 6) -> "playwright.Locator":
    await say(page, "tell me something")
    note = encode_voice(tone(seconds, 48000), 48000)
    await bot.send_voice(await person_of(bot), note.data, duration=round(seconds), caption="A calm one.")
    return page.locator(".message:not(.mine) .sound")


async def test_what_the_microphone_hears_reaches_the_bot_as_a_voice_message(
    page: "playwright.Page", bot: Bot
) -> None:
    await record(page, 2)
    assert await page.evaluate(
        "(() => { const c = document.getElementById('level'); return c.getContext('2d').getImageData(0, 0, c.width, "
        "c.height).data.some(Boolean); })()"
    )
    await page.click("#deliver")
    await expect(page.locator(".mine .sound")).to_be_visible()
    await expect(page.locator("#text")).to_be_visible()
    message, voice, sound = await voice_of(bot)
    assert message.text is None
    assert voice.mime_type == "audio/ogg"
    assert set(voice.to_dict()) == {"file_id", "file_unique_id", "duration", "mime_type", "file_size"}
    assert 1.8 < sound.duration_s < 4
    assert abs(voice.to_dict()["duration"] - sound.duration_s) < 0.6
    assert abs(pitch(sound) - TONE) < 10
    assert sound.loudness_db > -40


async def test_a_recorded_voice_is_an_answer_where_one_was_begun(page: "playwright.Page", bot: Bot) -> None:
    await voice_from_bot(page, bot)
    await page.locator(".message:not(.mine)").hover()
    await page.locator(".message:not(.mine) .deeds button").click()
    await record(page, 1)
    await page.keyboard.press("Enter")  # the keyboard's focus is on sending
    await expect(page.locator(".mine .sound")).to_be_visible()
    await expect(page.locator("#context")).to_be_hidden()
    message, _, _ = await voice_of(bot)
    assert message.reply_to_message.voice is not None


async def test_a_cancelled_recording_is_not_sent(page: "playwright.Page", bot: Bot) -> None:
    for end in ("#discard", "Escape"):
        await record(page, 1)
        await (page.click(end) if end.startswith("#") else page.keyboard.press(end))
        await expect(page.locator("#recording")).to_be_hidden()
        await expect(page.locator("#record")).to_be_focused()
    assert await nothing_was_sent(bot)
    await expect(page.locator(".message")).to_have_count(0)


async def test_a_recording_never_reaches_another_persons_chat(page: "playwright.Page", bot: Bot) -> None:
    await page.click("#record")
    await expect(page.locator("#recording")).to_be_visible()
    await page.click("#add")
    await page.fill("#newcomer-name", "Kim")
    await page.keyboard.press("Enter")
    await expect(page.locator("#recording")).to_be_hidden()
    assert await nothing_was_sent(bot)


async def test_after_five_minutes_a_recording_is_sent_by_itself(page: "playwright.Page", bot: Bot) -> None:
    await page.clock.install()
    await page.click("#record")
    await expect(page.locator("#recorded")).to_be_visible()
    await page.clock.run_for(290_000)
    await expect(page.locator("#recorded")).to_have_class("grave")
    assert await page.locator(".mine").count() == 0
    await page.clock.run_for(10_000)
    await expect(page.locator(".mine .sound")).to_be_visible()
    assert (await voice_of(bot))[1].to_dict()["duration"] >= 1


async def test_a_recording_that_found_no_server_can_be_sent_later(
    page: "playwright.Page", server: PlaygroundServer, bot: Bot
) -> None:
    await say(page, "listen")
    await record(page, 1)
    await server.stop()
    await page.click("#deliver")
    await expect(page.locator("#unsent")).to_be_visible()
    await expect(page.locator("#unsent")).to_have_text("Not sent yet. Send it or discard it.")
    await server.start()
    await expect(page.locator("#status")).to_contain_text("You are writing as")
    await page.click("#deliver")
    await expect(page.locator(".mine .sound")).to_be_visible()
    await expect(page.locator("#recording")).to_be_hidden()
    assert (await voice_of(bot))[2].duration_s > 0.8


async def test_a_refused_microphone_is_said_in_a_sentence(server: PlaygroundServer, bot: Bot) -> None:
    async with opened(
        server, "--use-fake-device-for-media-stream", "--deny-permission-prompts", granted=False
    ) as page:
        await page.click("#record")
        await expect(page.locator("#notice-text")).to_contain_text("The microphone is blocked for this page.")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notice")).to_be_hidden()
        await say(page, "then I write")


async def test_an_absent_microphone_is_said_in_a_sentence(server: PlaygroundServer, bot: Bot) -> None:
    async with opened(server) as page:
        await page.evaluate("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
        await page.click("#record")
        await expect(page.locator("#notice-text")).to_contain_text("No microphone was found.")


async def test_a_voice_of_the_bot_is_drawn_and_plays(page: "playwright.Page", bot: Bot) -> None:
    sound = await voice_from_bot(page, bot)
    await expect(sound.locator(".length")).to_have_text("0:06")
    flat = "M2 13.99v0.02"
    await expect(sound.locator(".rest")).not_to_have_attribute("d", re.compile(f"^{flat}"))
    slider = sound.locator("[role=slider]")
    await sound.get_by_role("button", name="Play").click()
    await expect(sound.get_by_role("button", name="Pause")).to_be_visible()
    await expect(slider).to_have_attribute("aria-valuenow", "1")
    await page.evaluate("document.querySelector('.mine').click()")
    await sound.get_by_role("button", name="Pause").click()
    await expect(sound.get_by_role("button", name="Play")).to_be_visible()
    await slider.focus()
    await page.keyboard.press("End")
    await expect(slider).to_have_attribute("aria-valuetext", "0:05 of 0:06")
    await page.keyboard.press("ArrowLeft")
    await expect(slider).to_have_attribute("aria-valuenow", "4")
    box = await slider.bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(slider).to_have_attribute("aria-valuetext", re.compile("0:0[23] of 0:06"))
    await sound.get_by_role("button", name="Speed").click()
    await expect(sound.locator(".speed")).to_have_text("1.5×")
    await slider.focus()
    await page.keyboard.press("End")
    await page.keyboard.press(" ")
    await expect(slider).to_have_attribute("aria-valuenow", "0")
    await expect(sound.get_by_role("button", name="Play")).to_be_visible()


async def test_one_sound_plays_at_a_time_and_goes_on_when_its_message_changes(
    page: "playwright.Page", bot: Bot
) -> None:
    sounds = await voice_from_bot(page, bot)
    person = await person_of(bot)
    second = await bot.send_voice(person, encode_voice(tone(30, 48000), 48000).data, duration=30)
    await sounds.first.get_by_role("button", name="Play").click()
    await expect(sounds.first.get_by_role("button", name="Pause")).to_be_visible()
    await sounds.last.get_by_role("button", name="Play").click()
    await expect(sounds.first.get_by_role("button", name="Play")).to_be_visible()
    await bot.edit_message_caption(person, second.message_id, caption="And a long one.")
    await expect(page.locator(".words").last).to_have_text("And a long one.")
    await expect(sounds.last.get_by_role("button", name="Pause")).to_be_focused()
    await bot.delete_message(person, second.message_id)
    await expect(sounds).to_have_count(1)


async def test_a_sound_is_fetched_only_once_it_is_seen(page: "playwright.Page", client: Client, bot: Bot) -> None:
    await say(page, "first")
    person = await person_of(bot)
    note = encode_voice(tone(1, 48000), 48000).data
    await bot.send_voice(person, note, duration=1)
    for number in range(30):
        await client.write(person, f"line {number}")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/files/" in request.url else None)
    await page.reload()
    await expect(page.locator(".mine .words").last).to_have_text("line 29")
    await expect(page.locator(".sound")).to_have_count(1)
    assert fetched == []
    await page.locator(".sound").scroll_into_view_if_needed()
    await expect(page.locator(".sound .rest")).not_to_have_attribute("d", re.compile("^M2 13.99v0.02"))
    assert len(fetched) == 1


async def test_a_sound_that_cannot_be_fetched_says_so_and_is_tried_again(page: "playwright.Page", bot: Bot) -> None:
    await page.route("**/files/**", lambda route: route.abort("connectionrefused"))
    sound = await voice_from_bot(page, bot)
    await sound.get_by_role("button", name="Play").click()
    await expect(sound.locator(".length")).to_have_text("That did not work.")
    await page.unroute("**/files/**")
    await sound.get_by_role("button", name="Play").click()
    await expect(sound.get_by_role("button", name="Pause")).to_be_visible()


async def test_a_sound_the_browser_cannot_read_is_offered_as_a_file(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "hi")
    await bot.send_audio(await person_of(bot), b"ID3" + bytes(200), filename="old.mp3", duration=3)
    await page.get_by_role("button", name="Play").click()
    await expect(page.locator(".tune a[download]")).to_have_text(
        "This browser cannot play this sound. Save it as a file."
    )


async def test_files_are_sent_as_what_they_are_with_the_text_as_caption(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "look")
    await bot.get_updates(offset=(await bot.get_updates(timeout=5))[-1].update_id + 1)
    await page.fill("#text", "my evening")
    await page.set_input_files(
        "#file",
        [
            {"name": "song.wav", "mimeType": "audio/wav", "buffer": wav(tone(2))},
            {"name": "note.txt", "mimeType": "text/plain", "buffer": b"words"},
            {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
            {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": b"\0\0\0\x18ftypmp42" + bytes(12)},
        ],
    )
    await expect(page.locator("#toast")).to_have_text("empty.txt is empty.")
    await expect(page.locator(".message.mine")).to_have_count(4)
    await expect(page.locator("#text")).to_have_value("")
    audio, document, video = (update.message for update in await bot.get_updates(timeout=5))
    assert (audio.caption, audio.audio.to_dict()["duration"], audio.audio.file_name) == ("my evening", 2, "song.wav")
    assert abs(pitch(decode(bytes(await (await audio.audio.get_file()).download_as_bytearray()))) - TONE) < 10
    assert (document.document.file_name, video.video.mime_type) == ("note.txt", "video/mp4")
    await expect(page.locator(".mine .tune .title")).to_have_text("song.wav")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_voices_and_the_recording_bar_fit_a_phone(
    page: "playwright.Page", bot: Bot, tmp_path: Path, scheme: str
) -> None:
    await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    await page.set_viewport_size({"width": 360, "height": 720})
    sound = await voice_from_bot(page, bot)
    await sound.get_by_role("button", name="Play").click()
    await expect(sound.locator(".length")).to_have_text("0:02")
    await record(page, 1)
    await expect(sound.get_by_role("button", name="Play")).to_be_visible()  # nothing plays into the microphone
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    box = await page.locator("#deliver").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 360
    await page.screenshot(path=tmp_path / f"{scheme}.png")
    assert (tmp_path / f"{scheme}.png").stat().st_size > 5000

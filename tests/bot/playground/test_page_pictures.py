"""Pictures in the chat page: chosen, dropped, pasted, taken with a camera that plays a test picture, and shown."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, PhotoSize

from bot.playground.server import PlaygroundServer
from tests.bot.playground.test_page import expect, person_of, playwright, pytestmark, say
from tests.bot.playground.test_page_sound import opened

__all__ = ["pytestmark"]
DEVICES = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
ORIENTATION, MAKER, PLACE = 0x0112, 0x010F, 0x8825
CANARY = "A camera by the river"
LET_GO = """async () => {
    const live = () => window.seen.getTracks().some((track) => track.readyState !== 'ended');
    while (live()) await new Promise(requestAnimationFrame);
}"""


@pytest.fixture
async def page(server: PlaygroundServer, bot: Bot) -> "Any":
    """The page, with a camera."""
    async with opened(server, *DEVICES, granted=False) as shown:
        yield shown


def photo_file(name: str, width: int, height: int, colour: tuple[int, int, int] = (190, 120, 60)) -> dict[str, Any]:
    """A picture as a camera writes it: lying on its side, with maker and place beside it. The upper left is white."""
    image = Image.new("RGB", (width, height), colour)
    image.paste((255, 255, 255), (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    exif[MAKER] = CANARY
    exif[ORIENTATION] = 6  # to be turned a quarter to the right
    exif[PLACE] = {1: "N", 2: (37.0, 33.0, 59.0)}
    buffer = BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=90)
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


async def content_of(size: PhotoSize) -> bytes:
    return bytes(await (await size.get_file()).download_as_bytearray())


async def messages_of(bot: Bot) -> list[Message]:
    return [update.message for update in await bot.get_updates(timeout=8)]


async def bring(page: "playwright.Page", kind: str, file: dict[str, Any]) -> None:
    """Drops or pastes a file on the page."""
    transfer = await page.evaluate_handle(
        """([name, type, coded]) => {
            const bytes = Uint8Array.from(atob(coded), (sign) => sign.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type }));
            return transfer;
        }""",
        [file["name"], file["mimeType"], base64.b64encode(file["buffer"]).decode()],
    )
    if kind == "paste":
        await page.evaluate(
            "(data) => document.activeElement.dispatchEvent("
            "new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))",
            transfer,
        )
    else:
        await page.dispatch_event("#scroll", "dragover", {"dataTransfer": transfer})
        await expect(page.locator("#drop")).to_be_visible()
        await page.dispatch_event("#scroll", "drop", {"dataTransfer": transfer})
        await expect(page.locator("#drop")).to_be_hidden()


async def test_a_photo_is_sent_in_sizes_upright_and_without_what_the_camera_wrote(
    page: "playwright.Page", bot: Bot
) -> None:
    await page.fill("#text", "at the river")
    await page.set_input_files("#photos", [photo_file("river.jpg", 3000, 2000)])
    await expect(page.locator("#tray-title")).to_have_text("Send a photo")
    await expect(page.locator("#caption")).to_have_value("at the river")
    await expect(page.locator("#tray-items img")).to_be_visible()
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .picture img")).to_be_visible()
    await expect(page.locator("#text")).to_have_value("")
    (message,) = await messages_of(bot)
    sizes = [(size.width, size.height) for size in message.photo]
    assert sizes == [(60, 90), (213, 320), (533, 800), (853, 1280), (1707, 2560)]
    assert (message.caption, message.media_group_id, message.document) == ("at the river", None, None)
    for size in message.photo:
        content = await content_of(size)
        assert CANARY.encode() not in content
        image = Image.open(BytesIO(content))
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (size.width, size.height), {})
        assert min(image.convert("RGB").getpixel((size.width - 6, 5))) > 230  # the white corner, turned
        assert max(image.convert("RGB").getpixel((5, 5))) < 220


async def test_an_album_is_one_group_in_the_order_of_choice_with_one_caption(
    page: "playwright.Page", bot: Bot
) -> None:
    await page.set_input_files("#photos", [photo_file(f"{side}.jpg", side, 200) for side in (300, 310, 320, 330)])
    await expect(page.locator("#tray-title")).to_have_text("Send 4 photos")
    await page.get_by_role("button", name="Remove 320.jpg").click()
    await expect(page.locator("#tray-title")).to_have_text("Send 3 photos")
    await page.fill("#caption", "three evenings")
    await page.click("#tray-send")
    await expect(page.locator("#tray")).to_be_hidden()
    await expect(page.locator(".mine .album .picture img")).to_have_count(3)
    await expect(page.locator(".message.mine")).to_have_count(1)
    await expect(page.locator(".mine .words")).to_have_text("three evenings")
    alts = await page.locator(".album img").evaluate_all("(all) => all.map((image) => image.alt)")
    assert alts == [f"Photo {number} of 3 from Sam" for number in (1, 2, 3)]
    messages = await messages_of(bot)
    assert [message.photo[-1].height for message in messages] == [300, 310, 330]
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].media_group_id is not None
    assert [message.caption for message in messages] == ["three evenings", None, None]


async def test_more_than_ten_photos_become_albums_of_ten_at_most(page: "playwright.Page", bot: Bot) -> None:
    await page.set_input_files("#photos", [photo_file(f"{number}.jpg", 60, 60 + number) for number in range(11)])
    await page.click("#tray-send")
    await expect(page.locator(".message.mine")).to_have_count(2)
    messages = await messages_of(bot)
    assert [message.photo[-1].width for message in messages] == [60 + number for number in range(11)]
    assert len({message.media_group_id for message in messages[:10]}) == 1
    assert messages[10].media_group_id is None


async def test_a_picture_sent_as_a_file_is_left_as_it_is(page: "playwright.Page", bot: Bot) -> None:
    first, second = photo_file("나의 하루 & co.jpg", 640, 480), photo_file("second.jpg", 320, 240)
    await page.set_input_files("#photos", [first])
    await page.check("#as-file")
    await page.click("#tray-send")
    await expect(page.locator(".mine .paper")).to_contain_text("나의 하루 & co.jpg")
    await page.set_input_files("#file", [second])  # what is chosen as a file needs no question
    await expect(page.locator(".mine .paper")).to_have_count(2)
    await expect(page.locator(".mine .sheet img").last).to_be_visible()
    for message, sent in zip(await messages_of(bot), (first, second), strict=True):
        document = message.document
        assert (document.file_name, document.mime_type) == (sent["name"], "image/jpeg")
        content = bytes(await (await document.get_file()).download_as_bytearray())
        assert content == sent["buffer"]
        assert Image.open(BytesIO(content)).getexif()[MAKER] == CANARY
        assert not message.photo


@pytest.mark.parametrize("way", ["drop", "paste"])
async def test_a_picture_can_be_dropped_and_pasted_and_answers_a_message(
    page: "playwright.Page", bot: Bot, way: str
) -> None:
    await say(page, "hi")
    await bot.send_message(await person_of(bot), "How do you look today?")
    await page.locator(".message:not(.mine)").hover()
    await page.locator(".message:not(.mine) .deeds button").click()
    await bring(page, way, photo_file("me.jpg", 200, 100))
    await expect(page.locator("#tray")).to_be_visible()
    await bring(page, "paste", photo_file("again.jpg", 200, 100))
    await expect(page.locator("#tray-title")).to_have_text("Send 2 photos")
    await page.click("#tray-send")
    await expect(page.locator(".mine .album")).to_be_visible()
    await expect(page.locator("#context")).to_be_hidden()
    replies = (await messages_of(bot))[1:]
    assert [message.reply_to_message.text for message in replies] == ["How do you look today?"] * 2


async def test_what_is_no_picture_travels_beside_the_pictures_as_a_file(page: "playwright.Page", bot: Bot) -> None:
    broken = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8 not a picture"}
    note = {"name": "note.txt", "mimeType": "text/plain", "buffer": b"words"}
    empty = {"name": "empty.png", "mimeType": "image/png", "buffer": b""}
    await page.set_input_files("#photos", [note, broken, empty, photo_file("me.jpg", 90, 90)])
    await expect(page.locator("#tray-title")).to_have_text("Send 4 files")
    await page.click("#tray-send")
    await expect(page.locator(".message.mine")).to_have_count(3)
    await expect(page.locator("#toast")).to_have_text("empty.png is empty.")
    photo, *papers = await messages_of(bot)
    assert len(photo.photo) == 1
    assert photo.media_group_id is None
    assert [message.document.file_name for message in papers] == ["note.txt", "broken.jpg"]


async def test_photos_that_found_no_server_wait_to_be_sent_again(
    page: "playwright.Page", server: PlaygroundServer, bot: Bot
) -> None:
    await say(page, "look")
    await page.set_input_files("#photos", [photo_file(f"{number}.jpg", 80, 60) for number in range(2)])
    await page.fill("#caption", "both")
    await expect(page.locator("#tray-items img")).to_have_count(2)
    await server.stop()
    await page.click("#tray-send")
    await expect(page.locator("#tray-unsent")).to_have_text("That was not sent. Please try again.")
    await server.start()
    await expect(page.locator("#status")).to_contain_text("You are writing as")
    await page.click("#tray-send")
    await expect(page.locator(".mine .album .picture")).to_have_count(2)
    sent = (await messages_of(bot))[1:]
    assert [message.caption for message in sent] == ["both", None]


async def test_a_picture_is_taken_looked_at_taken_again_and_sent(page: "playwright.Page", bot: Bot) -> None:
    await page.click("#attach")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#way-camera")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#camera-take")).to_be_enabled()
    await page.click("#camera-take")
    await expect(page.locator("#tray-items img")).to_be_visible()
    assert await page.evaluate("document.getElementById('camera-view').srcObject") is None  # it sees nothing any more
    await page.get_by_role("button", name="Take it again").click()
    await expect(page.locator("#tray")).to_be_hidden()
    await page.click("#camera-take")
    await expect(page.locator("#tray-items img")).to_have_count(1)
    await page.fill("#caption", "this is me")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .picture")).to_be_visible()
    (message,) = await messages_of(bot)
    assert message.caption == "this is me"
    widths = [size.width for size in message.photo]
    assert widths == sorted(widths)
    assert widths[0] == 90
    image = Image.open(BytesIO(await content_of(message.photo[-1])))
    assert image.format == "JPEG"
    assert len(image.convert("RGB").resize((64, 64)).getcolors(4096) or []) > 3  # not an empty frame
    assert dict(image.getexif()) == {}


async def test_leaving_the_camera_sends_nothing_and_lets_it_go(page: "playwright.Page", bot: Bot) -> None:
    for way in ("Escape", "#camera-close"):
        await page.click("#attach")
        await page.click("#way-camera")
        await expect(page.locator("#camera-take")).to_be_enabled()
        await page.evaluate("window.seen = document.getElementById('camera-view').srcObject")
        await (page.click(way) if way.startswith("#") else page.keyboard.press(way))
        await expect(page.locator("#camera")).to_be_hidden()
        await page.evaluate(LET_GO)  # ends only with the last track
    assert await bot.get_updates(timeout=1) == ()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        ("NotAllowedError", "The camera is blocked for this page."),
        ("NotFoundError", "No camera was found."),
        ("NotReadableError", "The camera did not answer."),
    ],
)
async def test_a_camera_that_does_not_work_is_said_in_one_sentence(
    page: "playwright.Page", bot: Bot, spoil: str, sentence: str
) -> None:
    await page.evaluate(
        "(name) => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }",
        spoil,
    )
    await page.click("#attach")
    await page.click("#way-camera")
    await expect(page.locator("#notice-text")).to_contain_text(sentence)
    await expect(page.locator("#camera")).to_be_hidden()
    await page.keyboard.press("Enter")
    await say(page, "then I write")


async def test_a_refused_and_an_absent_camera_are_told_apart_by_the_browser(
    server: PlaygroundServer, bot: Bot
) -> None:
    refused = ("--use-fake-device-for-media-stream", "--deny-permission-prompts")
    for switches, sentence in (
        (refused, "The camera is blocked"),
        (("--use-fake-ui-for-media-stream",), "No camera"),
    ):
        async with opened(server, *switches, granted=False) as page:
            await page.click("#attach")
            await page.click("#way-camera")
            await expect(page.locator("#notice-text")).to_contain_text(sentence)


async def test_a_chart_of_the_bot_is_shown_without_a_jump_and_enlarged(page: "playwright.Page", bot: Bot) -> None:
    await say(page, "/mood")
    person = await person_of(bot)
    await bot.send_chat_action(person, "upload_photo")
    await expect(page.locator("#status")).to_have_text("sending a picture…")
    buffer = BytesIO()
    Image.new("RGB", (1200, 800), (250, 250, 245)).save(buffer, "PNG")
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Month", callback_data="month")]])
    await page.route("**/files/**", lambda route: route.abort("connectionrefused"))
    await bot.send_photo(person, buffer.getvalue(), caption="Calmer than last week.", reply_markup=keys)
    picture = page.locator(".message:not(.mine) .picture")
    await expect(picture).to_be_visible()
    before = await picture.bounding_box()
    await page.unroute("**/files/**")
    await page.reload()
    await expect(picture.locator("img")).to_have_js_property("complete", True)
    assert await picture.locator("img").evaluate("(image) => image.naturalWidth") == 1200
    after = await picture.bounding_box()
    assert before is not None
    assert after is not None
    assert (before["width"], before["height"]) == pytest.approx((after["width"], after["height"]), abs=0.01)
    assert abs(after["width"] / after["height"] - 1.5) < 0.02
    await expect(page.locator(".message:not(.mine) .words")).to_have_text("Calmer than last week.")
    await expect(page.locator(".key")).to_have_text("Month")
    await picture.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#viewer-words")).to_have_text("Calmer than last week.")
    wide = await page.locator("#viewer-picture").bounding_box()
    assert wide is not None
    assert wide["width"] > after["width"] * 1.5
    async with page.expect_download() as saved:
        await page.get_by_role("link", name="Save").click()
    assert Path(await (await saved.value).path()).read_bytes() == buffer.getvalue()
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()
    await expect(picture).to_be_focused()


async def test_a_picture_that_cannot_be_loaded_says_so_and_is_tried_again(page: "playwright.Page", bot: Bot) -> None:
    await page.route("**/files/**", lambda route: route.abort("connectionrefused"))
    await page.set_input_files("#photos", [photo_file("me.jpg", 300, 200)])
    await page.click("#tray-send")
    missing = page.get_by_role("button", name="This photo could not be loaded. Press to try again.")
    await expect(missing).to_be_visible()
    await page.unroute("**/files/**")
    await missing.click()
    await expect(page.locator(".mine .picture img")).to_be_visible()
    await expect(page.get_by_role("button", name="Photo from Sam")).to_be_visible()
    await expect(page.locator("#viewer")).to_be_hidden()


async def test_the_viewer_goes_through_the_chats_photos(page: "playwright.Page", bot: Bot) -> None:
    await page.set_input_files("#photos", [photo_file(f"{side}.jpg", side, 200) for side in (300, 310)])
    await page.click("#tray-send")
    await page.locator(".picture").nth(1).click()
    await expect(page.locator("#viewer-after")).to_be_hidden()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#viewer-picture")).to_have_js_property("naturalHeight", 300)
    await expect(page.locator("#viewer-before")).to_be_hidden()
    await page.click("#viewer-after")
    await expect(page.locator("#viewer-picture")).to_have_js_property("naturalHeight", 310)
    await page.click("#viewer-close")
    await expect(page.locator("#viewer")).to_be_hidden()


async def test_a_loaded_picture_is_not_fetched_again_when_its_message_changes(
    page: "playwright.Page", bot: Bot
) -> None:
    await page.set_input_files("#photos", [photo_file("me.jpg", 300, 200)])
    await page.click("#tray-send")
    image = page.locator(".mine .picture img")
    await expect(image).to_have_js_property("naturalHeight", 300)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "/files/" in request.url else None)
    (update,) = await bot.get_updates(timeout=5)
    await bot.get_updates(offset=update.update_id + 1)
    await expect(page.locator(".mine .meta [role=img]")).to_have_attribute("aria-label", "Received")
    await expect(image).to_be_visible()
    assert fetched == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pictures_fit_a_phone(page: "playwright.Page", bot: Bot, scheme: str) -> None:
    await page.emulate_media(color_scheme="light" if scheme == "light" else "dark")
    await page.set_viewport_size({"width": 360, "height": 720})
    for shapes in ([(1600, 400)], [(300, 900)], [(400, 300), (300, 400), (500, 200), (300, 300), (300, 301)]):
        await page.set_input_files("#photos", [photo_file(f"{w}.jpg", w, h) for w, h in shapes])
        await expect(page.locator("#tray-send")).to_be_in_viewport()
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await page.click("#tray-send")
        await expect(page.locator("#tray")).to_be_hidden()
    await expect(page.locator(".picture")).to_have_count(7)
    for picture in await page.locator(".picture").all():
        box = await picture.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert min(box["width"], box["height"]) >= 50
    assert await page.evaluate("document.documentElement.scrollWidth") == 360

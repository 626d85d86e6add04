"""Photos as Telegram delivers them: sizes, albums, limits, and what a bot sends itself."""

from io import BytesIO

import pytest
from aiogram import types
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, ReplyParameters
from telegram.error import BadRequest

from bot.playground.pictures import LARGEST_PHOTO, picture_size
from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import Client
from tests.bot.playground.test_shapes import check

PERSON = 7
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("week", callback_data="mood:week")]])


def picture(width: int, height: int, form: str = "JPEG", **options: object) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(buffer, form, **options)
    return buffer.getvalue()


def jpeg(width: int, height: int) -> tuple[str, bytes, str]:
    return "photo.jpg", picture(width, height), "image/jpeg"


async def test_a_photo_comes_in_all_its_sizes_and_each_can_be_fetched(bot: Bot, client: Client) -> None:
    sizes = {"photo_90": jpeg(90, 45), "photo_320": jpeg(320, 160), "photo_800": jpeg(800, 400)}
    sent = await client.write(PERSON, caption="me @ work", photo=jpeg(1000, 500), **sizes)
    check(types.Message, sent)
    (update,) = await bot.get_updates()
    message = update.message
    assert [(size.width, size.height) for size in message.photo] == [(90, 45), (320, 160), (800, 400), (1000, 500)]
    assert message.caption == "me @ work"
    assert message.document is None
    for size in message.photo:
        file = await size.get_file()
        content = bytes(await file.download_as_bytearray())
        assert (len(content), picture_size(content)) == (size.file_size, (size.width, size.height))
        assert file.file_path.rpartition("/")[2].endswith(".jpg")
    assert len({size.file_unique_id for size in message.photo}) == len({size.file_id for size in message.photo}) == 4
    again = await client.write(PERSON, photo=jpeg(1000, 500))
    assert again["photo"][0]["file_unique_id"] == message.photo[-1].file_unique_id
    assert again["photo"][0]["file_id"] != message.photo[-1].file_id


async def test_an_album_comes_as_its_messages_in_order_with_one_caption(bot: Bot, client: Client) -> None:
    for number in range(3):
        words = {"caption": "three of us"} if number == 0 else {}
        await client.write(PERSON, photo=jpeg(100 + number, 50), media_group_id="1700000000", **words)
    messages = [update.message for update in await bot.get_updates()]
    assert [message.photo[-1].width for message in messages] == [100, 101, 102]
    assert {message.media_group_id for message in messages} == {"1700000000"}
    assert [message.caption for message in messages] == ["three of us", None, None]
    assert [message.message_id for message in messages] == sorted(message.message_id for message in messages)


async def test_a_picture_sent_as_a_document_stays_the_file_it_is(bot: Bot, client: Client) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    content = picture(64, 48, exif=exif)
    await client.write(PERSON, document=("IMG_0042.JPG", content, "image/jpeg"))
    document = (await bot.get_updates())[0].message.document
    assert (document.file_name, document.mime_type, document.file_size) == (
        "IMG_0042.JPG",
        "image/jpeg",
        len(content),
    )
    assert bytes(await (await document.get_file()).download_as_bytearray()) == content


async def test_a_photo_beyond_ten_megabytes_is_refused_and_a_document_is_not(bot: Bot, client: Client) -> None:
    heavy = picture(8, 8) + bytes(LARGEST_PHOTO)
    form = {"photo": ("photo.jpg", BytesIO(heavy), "image/jpeg")}
    status, answer = await client.ask("POST", f"/people/{PERSON}/messages", form)
    assert (status, answer) == (413, {"error": "photo_too_large"})
    await client.write(PERSON, document=("photo.jpg", BytesIO(heavy), "image/jpeg"))
    with pytest.raises(BadRequest, match="too big for a photo"):
        await bot.send_photo(PERSON, heavy)


async def test_a_bot_sends_a_chart_with_words_buttons_and_a_reply(bot: Bot, client: Client) -> None:
    asked = await client.write(PERSON, "/mood")
    await bot.send_chat_action(PERSON, "upload_photo")
    chart = picture(1200, 800, "PNG")
    quoted = ReplyParameters(asked["message_id"])
    sent = await bot.send_photo(
        PERSON, chart, "Your <b>week</b>", parse_mode="HTML", reply_markup=KEYS, reply_parameters=quoted
    )
    assert (sent.caption, sent.caption_entities[0].type) == ("Your week", "bold")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (1200, 800)
    assert (sent.reply_markup, sent.reply_to_message.text) == (KEYS, "/mood")
    assert bytes(await (await sent.photo[-1].get_file()).download_as_bytearray()) == chart
    again = await bot.send_photo(PERSON, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    for message in (await client.read(PERSON))[1:]:
        check(types.Message, message)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"\xff\xd8\xff\xc0", "IMAGE_PROCESS_FAILED"),
        (picture(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (picture(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
    ],
    ids=["text", "broken", "too long a strip", "too large"],
)
async def test_what_telegram_takes_for_no_photo_is_refused_to_a_bot(
    bot: Bot, client: Client, content: bytes, complaint: str
) -> None:
    await client.write(PERSON, "hi")
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_photo(PERSON, content)
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await bot.send_media_group(PERSON, [InputMediaPhoto(picture(4, 4)), InputMediaPhoto(content)])
    assert len(await client.read(PERSON)) == 1


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_the_pixels_of_a_picture_are_read_from_its_head(form: str, options: dict[str, object]) -> None:
    content = picture(301, 47, form, **options)
    assert picture_size(content) == (301, 47)
    for length in range(0, min(len(content), 400)):
        assert picture_size(content[:length]) in ((0, 0), (301, 47))


async def test_a_photo_leaves_no_trace_on_disk_that_can_be_read_and_goes_with_its_person(
    server: PlaygroundServer, client: Client, bot: Bot
) -> None:
    content = picture(64, 64)
    sent = await client.write(
        PERSON, photo=("photo.jpg", content, "image/jpeg"), photo_90=("p.jpg", content, "image/jpeg")
    )
    path = server.home / "playground.sqlite"
    for file in path.parent.glob("playground.sqlite*"):
        assert content[20:60] not in file.read_bytes()
    await client.ask("DELETE", f"/people/{PERSON}")
    for size in sent["photo"]:
        with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
            await bot.get_file(size["file_id"])


async def test_a_picture_takes_the_place_of_another_with_its_caption_and_buttons(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    first, second = picture(64, 64, "PNG"), picture(80, 60, "PNG")
    sent = await bot.send_photo(PERSON, first, caption="the week", reply_markup=KEYS)
    edited = await bot.edit_message_media(
        InputMediaPhoto(second, caption="the month"), PERSON, sent.message_id, reply_markup=KEYS
    )
    assert (edited.message_id, edited.caption, edited.reply_markup) == (sent.message_id, "the month", KEYS)
    assert edited.edit_date is not None
    (size,) = edited.photo
    assert (size.width, size.height) == (80, 60)
    assert bytes(await (await size.get_file()).download_as_bytearray()) == second
    shown = (await client.read(PERSON))[-1]
    check(types.Message, shown)
    assert (shown["caption"], shown["photo"][0]["file_id"]) == ("the month", size.file_id)


async def test_what_is_no_picture_takes_no_pictures_place(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    words = await bot.send_message(PERSON, "words")
    with pytest.raises(BadRequest, match="no media in the message"):
        await bot.edit_message_media(InputMediaPhoto(picture(8, 8)), PERSON, words.message_id)
    sent = await bot.send_photo(PERSON, picture(64, 64), caption="the week")
    with pytest.raises(BadRequest, match=r"(?i)IMAGE_PROCESS_FAILED"):
        await bot.edit_message_media(InputMediaPhoto(b"no picture"), PERSON, sent.message_id)
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_media(InputMediaPhoto(picture(8, 8)), PERSON, 4711)
    assert (await client.read(PERSON))[-1]["caption"] == "the week"

"""Music a bot sends: what Telegram takes, what comes back, whose the file is, and who may listen to it."""

import subprocess
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import pytest
from aiogram import types
from PIL import Image
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaAudio, ReplyParameters
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

from bot.playground.music import LARGEST_COVER, music_seconds, music_type
from bot.playground.parameters import LARGEST_UPLOAD
from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import TOKEN, Client, make_bot
from tests.bot.playground.test_shapes import check

PERSON = 7
FRIEND = 8
OTHER_TOKEN = "1000000002:another-bot-on-the-same-playground"
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Five like this", callback_data="music:similar")]])
CODECS = {"mp3": "libmp3lame", "m4a": "aac", "wav": "pcm_s16le", "ogg": "libopus", "flac": "flac"}


@cache
def song(seconds: float, hertz: int = 330, form: str = "mp3", *options: str) -> bytes:
    """A tone as a file of this form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"song.{form}")
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi",
            "-i", f"sine={hertz}:sample_rate=48000:duration={seconds}", "-c:a", CODECS[form], *options, str(path),
        ]  # fmt: skip
        subprocess.run(command, check=True, timeout=30)
        return path.read_bytes()


def cover(side: int = 320, form: str = "JPEG") -> bytes:
    buffer = BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert("RGB").save(buffer, form)
    return buffer.getvalue()


async def test_a_track_comes_back_with_all_that_was_told_of_it(bot: Bot, client: Client) -> None:
    asked = await client.write(PERSON, "/music")
    content, picture = song(3), cover()
    sent = await bot.send_audio(
        PERSON, content, filename="dawn.mp3", title="Slow Dawn", performer="Heed", duration=3, thumbnail=picture,
        caption="The <b>first</b> of five", parse_mode="HTML", reply_markup=KEYS, disable_notification=True,
        reply_parameters=ReplyParameters(asked["message_id"]),
    )  # fmt: skip
    audio = sent.audio
    assert (audio.title, audio.performer, audio.to_dict()["duration"]) == ("Slow Dawn", "Heed", 3)
    assert (audio.file_name, audio.mime_type, audio.file_size) == ("dawn.mp3", "audio/mpeg", len(content))
    assert (audio.thumbnail.width, audio.thumbnail.height) == (320, 320)
    assert audio.thumbnail.file_size == len(picture)
    assert (sent.caption, sent.caption_entities[0].type, sent.reply_markup) == ("The first of five", "bold", KEYS)
    assert sent.reply_to_message.text == "/music"
    file = await audio.get_file()
    assert file.file_path.rpartition("/")[2].endswith(".mp3")
    assert bytes(await file.download_as_bytearray()) == content
    assert bytes(await (await audio.thumbnail.get_file()).download_as_bytearray()) == picture
    (shown,) = await client.read(PERSON, after=asked["message_id"])
    check(types.Message, shown)
    assert set(shown["audio"]) == {
        "file_id", "file_unique_id", "duration", "performer", "title", "file_name", "mime_type", "file_size",
        "thumbnail",
    }  # fmt: skip


async def test_a_track_that_was_uploaded_once_is_sent_again_by_its_id(
    bot: Bot, client: Client, server: PlaygroundServer
) -> None:
    await client.write(PERSON, "hi")
    first = await bot.send_audio(PERSON, song(2), title="Slow Dawn", performer="Heed", thumbnail=cover())
    values = {
        "chat_id": PERSON, "audio": first.audio.file_id, "caption": "again", "title": "Not this one",
        "reply_markup": KEYS.to_dict(),
    }  # fmt: skip
    async with client.session.post(f"{server.url}/bot{TOKEN}/sendAudio", json=values) as answer:
        again = check(types.Message, (await answer.json())["result"])
    assert again.audio.model_dump() == types.Audio.model_validate(first.audio.to_dict()).model_dump()
    assert (again.caption, again.reply_markup.inline_keyboard[0][0].callback_data) == ("again", "music:similar")
    plain = await bot.send_audio(PERSON, first.audio)
    assert (plain.audio, plain.caption) == (first.audio, None)


@pytest.mark.parametrize(("form", "mime_type"), [("mp3", "audio/mpeg"), ("m4a", "audio/mp4")])
async def test_length_and_type_are_read_from_the_file_where_nothing_is_told(
    bot: Bot, client: Client, form: str, mime_type: str
) -> None:
    await client.write(PERSON, "hi")
    audio = (await bot.send_audio(PERSON, song(4, form=form))).audio
    assert (audio.to_dict()["duration"], audio.mime_type) == (4, mime_type)
    assert (audio.title, audio.performer, audio.thumbnail) == (None, None, None)


@pytest.mark.parametrize("form", ["wav", "ogg", "flac"])
async def test_what_is_neither_mp3_nor_m4a_is_refused_as_music(bot: Bot, client: Client, form: str) -> None:
    await client.write(PERSON, "hi")
    with pytest.raises(BadRequest, match=r"(?i)audio_ext_invalid"):
        await bot.send_audio(PERSON, song(1, form=form), filename="song.mp3")
    known = (await bot.send_audio(PERSON, song(1))).audio.file_id
    with pytest.raises(BadRequest, match=r"(?i)audio_ext_invalid"):
        await bot.send_media_group(PERSON, [InputMediaAudio(known), InputMediaAudio(song(1, form=form))])
    assert len(await client.read(PERSON)) == 2


async def test_limits_and_wrong_references_are_refused_in_telegrams_words(
    bot: Bot, client: Client, server: PlaygroundServer
) -> None:
    await client.write(PERSON, "hi")
    paper = await bot.send_document(PERSON, song(1), filename="song.mp3")
    refused = {
        "": "there is no audio in the request",
        "nonsense": "wrong remote file identifier specified: Wrong string length",
        "https://example.org/song.mp3": "failed to get HTTP URL content",
        paper.document.file_id: "can't use file of type Document as Audio",
    }
    for reference, complaint in refused.items():
        values = {"chat_id": PERSON, "audio": reference}
        async with client.session.post(f"{server.url}/bot{TOKEN}/sendAudio", json=values) as answer:
            wanted = {"ok": False, "error_code": 400, "description": f"Bad Request: {complaint}"}
            assert (answer.status, await answer.json()) == (400, wanted)
    with pytest.raises(BadRequest, match="must be non-empty"):
        await bot.send_audio(PERSON, b"")
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_audio(PERSON, song(1), caption="a" * 1025)
    with pytest.raises(NetworkError, match="Request Entity Too Large"):
        await bot.send_audio(PERSON, b"ID3" + bytes(LARGEST_UPLOAD))
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_audio(99, song(1))
    assert len(await client.read(PERSON)) == 2


async def test_an_id_is_worth_nothing_to_another_bot(bot: Bot, client: Client, server: PlaygroundServer) -> None:
    await client.write(PERSON, "hi")
    known = (await bot.send_audio(PERSON, song(1))).audio.file_id
    async with make_bot(server, OTHER_TOKEN) as other:
        status, _ = await client.ask("POST", f"/people/{PERSON}/messages?bot=1000000002", {"text": "hi"})
        assert status == 200
        with pytest.raises(BadRequest, match=r"(?i)wrong remote file identifier"):
            await other.send_audio(PERSON, known)
        with pytest.raises(BadRequest, match=r"(?i)wrong remote file identifier"):
            await other.get_file(known)


@pytest.mark.parametrize(
    "picture",
    [cover(321), cover(64, "PNG"), b"\xff\xd8\xff\xe0no picture", cover(200) + bytes(LARGEST_COVER)],
    ids=["too large", "a PNG", "broken", "too heavy"],
)
async def test_a_cover_telegram_does_not_take_is_left_out(bot: Bot, client: Client, picture: bytes) -> None:
    await client.write(PERSON, "hi")
    assert (await bot.send_audio(PERSON, song(1), thumbnail=picture)).audio.thumbnail is None


async def test_whoever_was_sent_a_track_can_hear_it_and_nobody_else(bot: Bot, client: Client) -> None:
    for person in (PERSON, FRIEND, 9):
        await client.write(person, "hi")
    audio = (await bot.send_audio(PERSON, song(1), thumbnail=cover())).audio
    assert (await bot.send_audio(FRIEND, audio.file_id)).audio == audio
    headers = {"Authorization": f"Bearer {client.server.gate.token}"}

    async def heard(person: int, file_id: str) -> int:
        address = f"{client.server.url}/people/{person}/files/{file_id}"
        async with client.session.get(address, headers=headers) as answer:
            assert answer.status == 404 or answer.content_type in ("audio/mpeg", "image/jpeg")
            return answer.status

    for file_id in (audio.file_id, audio.thumbnail.file_id):
        assert [await heard(person, file_id) for person in (PERSON, FRIEND, 9)] == [200, 200, 404]
    await client.ask("DELETE", f"/people/{PERSON}")
    for file_id in (audio.file_id, audio.thumbnail.file_id):
        assert [await heard(person, file_id) for person in (PERSON, FRIEND)] == [404, 200]
    assert (await bot.send_audio(FRIEND, audio.file_id)).audio == audio
    await client.ask("DELETE", f"/people/{FRIEND}")
    await client.write(9, "and me?")
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.send_audio(9, audio.file_id)


async def test_a_track_is_sealed_on_disk(bot: Bot, client: Client, server: PlaygroundServer) -> None:
    await client.write(PERSON, "hi")
    content = song(1)
    await bot.send_audio(PERSON, content, title="A title nobody else has")
    for file in server.home.glob("playground.sqlite*"):
        stored = file.read_bytes()
        assert content[200:260] not in stored
        assert b"A title nobody else has" not in stored


async def test_trouble_can_be_had_with_music_as_with_everything_else(
    bot: Bot, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    await client.write(PERSON, "hi")
    await client.fault(method="sendAudio", status=429, retry_after=2)
    with pytest.raises(RetryAfter):
        await bot.send_audio(PERSON, song(1))
    await client.fault(method="sendAudio", status=400, chat_id=PERSON)
    with pytest.raises(BadRequest):
        await bot.send_audio(PERSON, song(1))
    await client.fault(method="sendAudio", cut="before")
    with pytest.raises(NetworkError):
        await bot.send_audio(PERSON, song(1))
    assert len(await client.read(PERSON)) == 1
    await client.fault(method="sendAudio", cut=True)
    with pytest.raises(TelegramError):
        await bot.send_audio(PERSON, song(1), title="Recorded")
    assert (await client.read(PERSON))[-1]["audio"]["title"] == "Recorded"


@pytest.mark.parametrize(
    ("options", "seconds"),
    [
        ((), 7),
        (("-b:a", "64k"), 7),
        (("-q:a", "5"), 7),
        (("-write_xing", "0", "-b:a", "96k"), 7),
        (("-ar", "22050"), 7),
        (("-id3v2_version", "0"), 7),
    ],
    ids=["as it comes", "steady", "varying", "no count of frames", "half the rate", "no tags"],
)
def test_the_length_of_an_mp3_is_read_from_its_head(options: tuple[str, ...], seconds: int) -> None:
    content = song(7, 330, "mp3", *options)
    assert music_type(content) == "audio/mpeg"
    assert music_seconds(content) == seconds


@pytest.mark.parametrize("form", ["mp3", "m4a"])
def test_a_file_that_breaks_off_has_some_length_and_harms_nobody(form: str) -> None:
    content = song(1, form=form)
    for length in range(0, min(len(content), 1200)):
        assert 0 <= music_seconds(content[:length]) <= 1

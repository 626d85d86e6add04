"""One row of the outbox as one call of the Bot API."""

import asyncio
import base64
import logging
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters
from telegram.error import BadRequest

from bot.telegram.sounds import Sounds
from workers.journal.database import JournalUnavailable
from workers.journal.outbox import WRITTEN, Due

log = logging.getLogger(__name__)

VOICE_NAME, PHOTO_NAME = "heed.ogg", "heed.png"  # Telegram shows them nowhere, but tells the type by them


class NoSuchMethod(ValueError):
    """The outbox holds a method that the sender does not know: our fault."""


async def call(bot: Bot, due: Due, sounds: Sounds) -> int | None:
    """Makes the call; returns the new message's id where there is one. Raises `telegram.error.TelegramError`; and for
    a piece of music what `Sounds` raises."""
    body = dict(due.body)
    markup = body.pop("reply_markup", None)
    quoted = body.pop("reply_parameters", None)
    extra: dict[str, Any] = {}
    if markup is not None:
        extra["reply_markup"] = InlineKeyboardMarkup.de_json(markup, bot)
    if quoted is not None:
        extra["reply_parameters"] = ReplyParameters(**quoted)
    if due.method == "sendMessage":
        return _id(await bot.send_message(due.chat_id, **body, **extra))
    if due.method == "sendVoice":
        body.pop(WRITTEN, None)
        voice = base64.b64decode(body.pop("voice_b64"))
        return _id(await bot.send_voice(due.chat_id, voice=voice, filename=VOICE_NAME, **body, **extra))
    if due.method == "sendAudio":
        body.pop(WRITTEN, None)
        return await _play(bot, due.chat_id, sounds, body.pop("track"), body | extra)
    if due.method == "sendPhoto":
        photo = base64.b64decode(body.pop("photo_b64"))
        return _id(await bot.send_photo(due.chat_id, photo=photo, filename=PHOTO_NAME, **body, **extra))
    if due.method == "sendDocument":
        document = base64.b64decode(body.pop("document_b64"))
        return _id(await bot.send_document(due.chat_id, document=document, **body, **extra))
    if due.method == "editMessageText":
        await bot.edit_message_text(chat_id=due.chat_id, **body, **extra)
    elif due.method == "editMessageMedia":
        photo = base64.b64decode(body.pop("photo_b64"))
        media = InputMediaPhoto(photo, caption=body.pop("caption"), filename=PHOTO_NAME)
        await bot.edit_message_media(media, chat_id=due.chat_id, **body, **extra)
    elif due.method == "editMessageReplyMarkup":
        await bot.edit_message_reply_markup(chat_id=due.chat_id, **body, **extra)
    elif due.method == "deleteMessages":
        await bot.delete_messages(due.chat_id, **body)
    elif due.method == "answerCallbackQuery":
        await bot.answer_callback_query(**body)
    else:
        raise NoSuchMethod(due.method)
    return None


async def _play(bot: Bot, chat_id: int, sounds: Sounds, track_id: int, extra: dict[str, Any]) -> int:
    """Sends a piece, by what Telegram has of it already if it has. Then it is never uploaded again."""
    known = await asyncio.to_thread(sounds.known, track_id)
    if known is not None:
        try:
            return _id(await bot.send_audio(chat_id, audio=known, **extra))
        except BadRequest:  # a file_id that Telegram forgot costs nothing but one more upload
            log.warning("file_id not taken, the piece is uploaded again: track=%s", track_id)
            await asyncio.to_thread(sounds.lose, track_id)
    sound = await asyncio.to_thread(sounds.fetched, track_id)
    message = await bot.send_audio(
        chat_id,
        audio=sound.data,
        filename=sound.name,
        title=sound.title,
        performer=sound.performer,
        duration=sound.seconds,
        thumbnail=sound.cover,
        **extra,
    )
    if message.audio is not None:
        try:
            await asyncio.to_thread(sounds.keep, track_id, message.audio.file_id)
        except JournalUnavailable as error:  # it has arrived: only the next person's upload takes longer
            log.warning("file_id not kept: track=%s error=%s", track_id, error)
    return _id(message)


def _id(message: Message) -> int:
    return message.message_id

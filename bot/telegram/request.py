"""One row of the outbox as one call of the Bot API."""

import base64
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputMediaPhoto, Message, ReplyParameters

from workers.journal.outbox import WRITTEN, Due

VOICE_NAME, PHOTO_NAME = "heed.ogg", "heed.png"  # Telegram shows them nowhere, but tells the type by them


class NoSuchMethod(ValueError):
    """The outbox holds a method that the sender does not know: our fault."""


async def call(bot: Bot, due: Due) -> int | None:
    """Makes the call; returns the new message's id where there is one. Raises `telegram.error.TelegramError`."""
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


def _id(message: Message) -> int:
    return message.message_id

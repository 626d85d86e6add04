"""Sending: sendMessage, sendChatAction, drafts, and everything that carries a file."""

import time
from typing import Any

from bot.playground.files import KINDS, description, in_message, number_in_id
from bot.playground.methods.registry import Call, Method, method
from bot.playground.music import checked_music, cover_of
from bot.playground.outgoing import buttons_of, caption_of, reply_of, text_of
from bot.playground.parameters import Parameters, Upload
from bot.playground.pictures import check_photo
from bot.playground.refusal import bad_request
from bot.playground.store import JSON, Writing

MEDIA = {
    "sendVoice": "voice", "sendAudio": "audio", "sendPhoto": "photo", "sendDocument": "document",
    "sendVideoNote": "video_note", "sendVideo": "video", "sendAnimation": "animation", "sendSticker": "sticker",
}  # fmt: skip
ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
DESCRIBED = ("duration", "width", "height", "length", "performer", "title", "thumbnail")


def envelope(call: Call, chat_id: int) -> JSON:
    """What every message of a bot begins with."""
    message: JSON = {
        "from": call.bot.as_user(),
        "chat": call.board.chat_as_json(call.bot, chat_id),
        "date": int(time.time()),
    }
    if call.parameters.flag("protect_content"):
        message["has_protected_content"] = True
    return message


def send(call: Call, chat_id: int, content: JSON) -> JSON:
    """Stores one message of the bot and shows it."""
    with call.board.store.writing() as writing:
        outcome = call.board.begin(call.bot)
        message = call.board.write_message(writing, call.bot, outcome, content)
        call.board.finish(writing, call.bot, outcome)
    call.board.settle(call.bot, outcome)
    return message


@method("sendMessage")
async def send_message(call: Call) -> JSON:
    """A text message."""
    text = text_of(call.parameters)
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    reply = reply_of(call.parameters, call.board, call.bot.bot_id, chat_id)
    return send(call, chat_id, {**envelope(call, chat_id), **reply, **text, **buttons_of(call.parameters)})


@method("sendChatAction")
async def send_chat_action(call: Call) -> bool:
    """The typing sign and its like."""
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    action = call.parameters.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.board.feed.publish(call.bot.bot_id, chat_id, "action", action=action)
    return True


@method("sendMessageDraft")
async def send_message_draft(call: Call) -> bool:
    """A reply as it is being written: shown, not kept."""
    chat_id, chat = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    if chat["type"] != "private":
        raise bad_request("the method can be used only in private chats")
    if not call.parameters.number("draft_id"):
        raise bad_request("draft_id must be non-zero")
    words = text_of(call.parameters) if call.parameters.text("text").strip() else {"text": ""}
    call.board.feed.publish(call.bot.bot_id, chat_id, "draft", draft_id=call.parameters.number("draft_id"), **words)
    return True


def upload_of(parameters: Parameters, name: str, reference: Any) -> Upload | str:
    """A file behind a field: an upload, or the identifier of an earlier one. Raises `Refusal` (400)."""
    if isinstance(reference, str) and reference.startswith("attach://"):
        name, reference = reference.removeprefix("attach://"), None
    if reference is None or reference == "":
        upload = parameters.files.get(name)
        if upload is None:
            raise bad_request(f"there is no {name.replace('_', ' ')} in the request")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return upload
    if not isinstance(reference, str) or reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    return reference


def stored(call: Call, writing: Writing, chat_id: int, kind: str, file: Upload | str, given: JSON) -> JSON:
    """The message's field for a file, which is stored if it is new. `given`: what is told about it, and the
    ``thumbnail`` of music. Raises `Refusal` (400) for what Telegram does not take as this kind."""
    bot_id = call.bot.bot_id
    if isinstance(file, Upload):
        if kind == "photo":
            check_photo(file)
        if kind == "audio":
            file = checked_music(file)
        about = description(kind, file, given)
        if kind == "audio" and (cover := cover_of(call.parameters, given.get("thumbnail"))):
            looks = description("photo", cover, {})
            about["cover"] = {"number": writing.file(bot_id, chat_id, 0, looks, cover.content), "about": looks}
        return {kind: in_message(bot_id, writing.file(bot_id, chat_id, 0, about, file.content), about)}
    number = number_in_id(bot_id, file)
    known = call.board.store.file_about(number)
    if known is None or known[0] != bot_id:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if known[2]["kind"] != kind:
        raise bad_request(f"can't use file of type {known[2]['kind'].title()} as {kind.title()}")
    if known[1] != chat_id:
        covers = [known[2]["cover"]["number"]] if "cover" in known[2] else []
        for shared in (number, *covers):
            writing.share(bot_id, chat_id, shared)
    return {kind: in_message(bot_id, number, known[2])}


def _sender(kind: str) -> Method:
    async def send_file(call: Call) -> JSON:
        parameters = call.parameters
        chat_id, _ = call.board.open_chat(call.bot, parameters.values.get("chat_id"))
        reply = reply_of(parameters, call.board, call.bot.bot_id, chat_id)
        rest = {**caption_of(parameters), **buttons_of(parameters)}
        file = upload_of(parameters, kind, parameters.values.get(kind))
        given = {name: parameters.values.get(name) for name in DESCRIBED}
        with call.board.store.writing() as writing:
            outcome = call.board.begin(call.bot)
            field = stored(call, writing, chat_id, kind, file, given)
            content = {**envelope(call, chat_id), **reply, **field, **rest}
            message = call.board.write_message(writing, call.bot, outcome, content)
            call.board.finish(writing, call.bot, outcome)
        call.board.settle(call.bot, outcome)
        return message

    send_file.__doc__ = f"A message with a {kind.replace('_', ' ')}."
    return send_file


for _name, _kind in MEDIA.items():
    method(_name)(_sender(_kind))


@method("sendMediaGroup")
async def send_media_group(call: Call) -> list[JSON]:
    """Several files as one album; it cannot carry buttons."""
    parameters = call.parameters
    media = parameters.listing("media") or []
    if not 2 <= len(media) <= 10:
        raise bad_request("wrong number of items in the media group: 2 to 10 are allowed")
    chat_id, _ = call.board.open_chat(call.bot, parameters.values.get("chat_id"))
    reply = reply_of(parameters, call.board, call.bot.bot_id, chat_id)
    files = []
    for item in media:
        if not isinstance(item, dict) or item.get("type") not in KINDS:
            raise bad_request("wrong type of the media in the group")
        files.append(upload_of(parameters, "media", item.get("media")))
    messages = []
    with call.board.store.writing() as writing:
        outcome = call.board.begin(call.bot)
        group = str(13_000_000_000_000_000 + call.bot.bot_id % 10**6 * 10**9 + outcome.message_id)
        for item, file in zip(media, files, strict=True):
            field = stored(call, writing, chat_id, item["type"], file, item)
            content = {
                **envelope(call, chat_id),
                **reply,
                **field,
                **caption_of(Parameters(item)),
                "media_group_id": group,
            }
            messages.append(call.board.write_message(writing, call.bot, outcome, content))
        call.board.finish(writing, call.bot, outcome)
    call.board.settle(call.bot, outcome)
    return messages

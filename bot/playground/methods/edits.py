"""Changing what was sent: editing, deleting, and answering pressed buttons."""

import time
from typing import Any

from bot.playground.files import KINDS
from bot.playground.methods.registry import Call, method
from bot.playground.methods.sending import stored, upload_of
from bot.playground.outgoing import buttons_of, caption_of, text_of
from bot.playground.parameters import Parameters
from bot.playground.refusal import bad_request
from bot.playground.store import JSON

SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
ANSWER_LONGEST = 200  # characters
EDITABLE = ("photo", "video", "animation", "audio", "document")


def _own_message(call: Call) -> JSON:
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    message_id = call.parameters.needed_integer("message_id", "message identifier is not specified")
    message = call.board.store.message(call.bot.bot_id, chat_id, message_id)
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != call.bot.bot_id:
        raise bad_request("message can't be edited")
    return message


def _replace(call: Call, message: JSON, dropped: tuple[str, ...], fresh: JSON) -> JSON:
    changed = {name: value for name, value in message.items() if name not in (*dropped, "reply_markup")} | fresh
    if {**changed, "edit_date": 0} == {**message, "edit_date": 0}:
        raise bad_request(SAME)
    changed["edit_date"] = int(time.time())
    with call.board.store.writing() as writing:
        outcome = call.board.begin(call.bot)
        call.board.write_edit(writing, call.bot, outcome, changed)
        call.board.finish(writing, call.bot, outcome)
    call.board.settle(call.bot, outcome)
    return changed


@method("editMessageText")
async def edit_message_text(call: Call) -> JSON:
    """New words, and new buttons or none."""
    text = text_of(call.parameters)
    message = _own_message(call)
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _replace(call, message, ("text", "entities"), {**text, **buttons_of(call.parameters)})


@method("editMessageCaption")
async def edit_message_caption(call: Call) -> JSON:
    """A new caption under a file."""
    message = _own_message(call)
    if "text" in message:
        raise bad_request("there is no caption in the message to edit")
    fresh = {**caption_of(call.parameters), **buttons_of(call.parameters)}
    return _replace(call, message, ("caption", "caption_entities"), fresh)


@method("editMessageMedia")
async def edit_message_media(call: Call) -> JSON:
    """Another file in the place of the one that is there, with a caption and buttons of its own."""
    media = call.parameters.mapping("media") or {}
    kind = media.get("type")
    if kind not in EDITABLE:
        raise bad_request("can't parse InputMedia: wrong type of the media")
    message = _own_message(call)
    if "text" in message:
        raise bad_request("there is no media in the message to edit")
    file = upload_of(call.parameters, "media", media.get("media"))
    with call.board.store.writing() as writing:
        field = stored(call, writing, message["chat"]["id"], kind, file, media)
    fresh = {**field, **caption_of(Parameters(media)), **buttons_of(call.parameters)}
    return _replace(call, message, (*KINDS, "caption", "caption_entities"), fresh)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(call: Call) -> JSON:
    """New buttons, or none."""
    return _replace(call, _own_message(call), (), buttons_of(call.parameters))


def _delete(call: Call, chat_id: int, message_ids: list[int]) -> list[int]:
    with call.board.store.writing() as writing:
        gone = [number for number in message_ids if writing.delete_message(call.bot.bot_id, chat_id, number)]
    if gone:
        call.board.store.scrub()
        call.board.feed.publish(call.bot.bot_id, chat_id, "deleted", message_ids=gone)
    return gone


@method("deleteMessage")
async def delete_message(call: Call) -> bool:
    """Removes one message of either side."""
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    message_id = call.parameters.needed_integer("message_id", "message identifier is not specified")
    if not _delete(call, chat_id, [message_id]):
        raise bad_request("message to delete not found")
    return True


@method("deleteMessages")
async def delete_messages(call: Call) -> bool:
    """Removes up to 100 messages; those that are not there are skipped."""
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    wanted: list[Any] = call.parameters.listing("message_ids") or []
    if not wanted or len(wanted) > 100:
        raise bad_request(
            "message identifiers are not specified" if not wanted else "too many message identifiers specified"
        )
    _delete(call, chat_id, [int(number) for number in wanted if str(number).isdecimal()])
    return True


@method("answerCallbackQuery")
async def answer_callback_query(call: Call) -> bool:
    """What the person who pressed sees: a toast, an alert, or only that the button stops waiting."""
    identifier = call.parameters.text("callback_query_id")
    person_id = call.board.query_of(identifier)
    if person_id is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.parameters.text("text")
    if len(text) > ANSWER_LONGEST:
        raise bad_request("MESSAGE_TOO_LONG")
    call.board.feed.publish(
        call.bot.bot_id, person_id, "answer",
        callback_query_id=identifier, text=text,
        alert=call.parameters.flag("show_alert"), url=call.parameters.text("url"),
    )  # fmt: skip
    return True

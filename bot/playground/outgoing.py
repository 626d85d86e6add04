"""What a bot wants to send, checked by Telegram's rules: text, entities, buttons, the message it replies to."""

from typing import Any

from bot.playground.detection import found_in
from bot.playground.formatting import formatted
from bot.playground.parameters import Parameters
from bot.playground.refusal import bad_request
from bot.playground.store import JSON
from bot.playground.switchboard import Switchboard

LONGEST_TEXT = 4096  # characters after entities parsing
LONGEST_CAPTION = 1024
LONGEST_CALLBACK_DATA = 64  # bytes
BUTTON_ACTIONS = (
    "callback_data", "url", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
)  # fmt: skip


def text_of(parameters: Parameters) -> JSON:
    """``text`` and ``entities`` of a text message. Raises `Refusal` (400): empty, too long, marks not understood."""
    found = _words(parameters, "text", "entities")
    if not found["text"]:
        raise bad_request("message text is empty")
    if len(found["text"]) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return found


def caption_of(parameters: Parameters) -> JSON:
    """``caption`` and ``caption_entities``, or nothing. Raises `Refusal` (400)."""
    found = _words(parameters, "caption", "caption_entities")
    if len(found.get("caption", "")) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return found if found.get("caption") else {}


def _words(parameters: Parameters, field: str, entities_field: str) -> JSON:
    raw = parameters.text(field)
    given = parameters.listing(entities_field)
    plain, entities = (raw, given) if given else formatted(raw, parameters.text("parse_mode"))
    stripped = plain.rstrip()
    leading = len(stripped) - len(stripped.lstrip())
    if leading and not entities:
        stripped = stripped[leading:]
    entities = found_in(stripped, entities)
    return {field: stripped, entities_field: entities} if entities else {field: stripped}


def buttons_of(parameters: Parameters) -> JSON:
    """``reply_markup`` of the message: inline keyboards only, as other markups do not come back in a Message.

    Raises `Refusal` (400) for buttons Telegram would refuse.
    """
    markup = parameters.mapping("reply_markup")
    if not markup or "inline_keyboard" not in markup:
        return {}
    keyboard = markup["inline_keyboard"]
    if not isinstance(keyboard, list) or not all(isinstance(row, list) for row in keyboard):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    for button in (button for row in keyboard for button in row):
        _check_button(button)
    rows = [row for row in keyboard if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not button.get("text"):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not any(action in button for action in BUTTON_ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= LONGEST_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


def reply_of(parameters: Parameters, board: Switchboard, bot_id: int, chat_id: int) -> JSON:
    """``reply_to_message`` (and ``quote``), or nothing. Raises `Refusal` (400) where the message is gone."""
    asked = parameters.mapping("reply_parameters") or {}
    message_id = asked.get("message_id", parameters.integer("reply_to_message_id"))
    if not message_id:
        return {}
    forgiving = asked.get("allow_sending_without_reply") or parameters.flag("allow_sending_without_reply")
    try:
        place = int(asked.get("chat_id", chat_id)), int(message_id)
    except (TypeError, ValueError):
        raise bad_request("message to be replied not found") from None
    replied = board.store.message(bot_id, *place)
    if replied is None:
        if forgiving:
            return {}
        raise bad_request("message to be replied not found")
    found: JSON = {"reply_to_message": shallow(replied)}
    if quote := asked.get("quote"):
        position = (replied.get("text") or replied.get("caption") or "").find(quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        found["quote"] = {"text": quote, "position": position, "is_manual": True}
    return found


def shallow(message: JSON) -> JSON:
    """A message inside another one: without the message it replies to itself."""
    return {name: value for name, value in message.items() if name not in ("reply_to_message", "quote")}

"""Chats and who is in them."""

from bot.playground.methods.registry import Call, method
from bot.playground.refusal import bad_request
from bot.playground.store import JSON

COLOURS = 7  # accent colours of the Bot API's palette


@method("getChat")
async def get_chat(call: Call) -> JSON:
    """A chat in full."""
    chat_id, chat = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    full = call.board.chat_as_json(call.bot, chat_id) | {
        "accent_color_id": abs(chat_id) % COLOURS, "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False, "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }  # fmt: skip
    if chat["type"] != "private":
        full["permissions"] = {"can_send_messages": True}
    return full


def member(call: Call, chat: JSON, user_id: int) -> JSON:
    """A ChatMember. Raises `Refusal` (400) for somebody unknown."""
    if user_id == call.bot.bot_id:
        return {"status": "member", "user": call.bot.as_user()}
    user = call.board.people.get(user_id)
    if user is None:
        raise bad_request("member not found" if chat["type"] == "private" else "user not found")
    return {"status": "member" if user_id in chat.get("members", [user_id]) else "left", "user": user}


@method("getChatMember")
async def get_chat_member(call: Call) -> JSON:
    """One member of a chat."""
    _, chat = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    return member(call, chat, call.parameters.needed_integer("user_id", "invalid user_id specified"))


@method("getChatMemberCount")
async def get_chat_member_count(call: Call) -> int:
    """How many are in a chat, the bot included."""
    _, chat = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    return 2 if chat["type"] == "private" else len(chat.get("members", [])) + 1


@method("leaveChat")
async def leave_chat(call: Call) -> bool:
    """The bot goes; a private chat cannot be left."""
    chat_id, chat = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    if chat["type"] == "private":
        raise bad_request("chat member status can't be changed in private chats")
    call.board.save_chat(call.bot, chat_id, {**chat, "standing": "left"})
    return True


@method("setMessageReaction")
async def set_message_reaction(call: Call) -> bool:
    """A reaction of the bot to a message: shown, not kept."""
    chat_id, _ = call.board.open_chat(call.bot, call.parameters.values.get("chat_id"))
    message_id = call.parameters.needed_integer("message_id", "message identifier is not specified")
    if call.board.store.message(call.bot.bot_id, chat_id, message_id) is None:
        raise bad_request("message to react not found")
    reaction = call.parameters.listing("reaction") or []
    call.board.feed.publish(call.bot.bot_id, chat_id, "reaction", message_id=message_id, reaction=reaction)
    return True


@method("getUserProfilePhotos")
async def get_user_profile_photos(call: Call) -> JSON:
    """Nobody here has a picture."""
    call.parameters.needed_integer("user_id", "invalid user_id specified")
    return {"total_count": 0, "photos": []}

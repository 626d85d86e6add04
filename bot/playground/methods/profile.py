"""The bot about itself: getMe, names and descriptions by language, commands by scope and language, menu button."""

import re
from typing import Any

from bot.playground.methods.registry import Call, method
from bot.playground.refusal import bad_request
from bot.playground.store import JSON

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LONGEST = {"name": 64, "description": 512, "short_description": 120}  # characters


@method("getMe")
async def get_me(call: Call) -> JSON:
    """The bot as a user."""
    return call.bot.as_user() | {
        "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


@method("logOut", "close")
async def log_out(call: Call) -> bool:
    """Nothing to leave: there is one server only."""
    return True


def _language(call: Call) -> str:
    code = call.parameters.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("LANGUAGE_CODE_INVALID")
    return code


def _set(call: Call, what: str) -> bool:
    text = call.parameters.text(what)
    if len(text) > LONGEST[what]:
        raise bad_request(f"{what.replace('_', ' ')} is too long")
    known = dict(call.bot.body.get(what, {}))
    language = _language(call)
    if text:
        known[language] = text
    else:
        known.pop(language, None)
    if known != call.bot.body.get(what, {}):
        call.board.save_profile(call.bot, {**call.bot.body, what: known})
        call.board.feed.publish(call.bot.bot_id, 0, "profile")
    return True


def _get(call: Call, what: str) -> JSON:
    return {what: call.bot.translated(what, _language(call))}


@method("setMyName")
async def set_my_name(call: Call) -> bool:
    """The name in one language, or in all others."""
    return _set(call, "name")


@method("setMyDescription")
async def set_my_description(call: Call) -> bool:
    """What an empty chat shows."""
    return _set(call, "description")


@method("setMyShortDescription")
async def set_my_short_description(call: Call) -> bool:
    """What the bot's profile shows."""
    return _set(call, "short_description")


@method("getMyName")
async def get_my_name(call: Call) -> JSON:
    """The name in a language."""
    return _get(call, "name")


@method("getMyDescription")
async def get_my_description(call: Call) -> JSON:
    """The description in a language."""
    return _get(call, "description")


@method("getMyShortDescription")
async def get_my_short_description(call: Call) -> JSON:
    """The short description in a language."""
    return _get(call, "short_description")


def _scope(call: Call) -> str:
    scope = call.parameters.mapping("scope") or {"type": "default"}
    kind = str(scope.get("type"))
    if kind in ("default", "all_private_chats", "all_group_chats", "all_chat_administrators"):
        return kind
    if kind in ("chat", "chat_administrators", "chat_member"):
        chat_id, _ = call.board.open_chat(call.bot, scope.get("chat_id"))
        member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
        return f"{kind}:{chat_id}{member}"
    raise bad_request("unsupported type specified")


def _save_commands(call: Call, commands: list[Any]) -> bool:
    key = f"{_scope(call)}|{_language(call)}"
    known = dict(call.bot.body.get("commands", {}))
    known.pop(key, None)
    if commands:
        known[key] = commands
    if known != call.bot.body.get("commands", {}):
        call.board.save_profile(call.bot, {**call.bot.body, "commands": known})
        call.board.feed.publish(call.bot.bot_id, 0, "profile")
    return True


@method("setMyCommands")
async def set_my_commands(call: Call) -> bool:
    """The command menu of a scope and a language."""
    commands = call.parameters.listing("commands") or []
    if len(commands) > 100:
        raise bad_request("too many bot commands specified")
    kept = []
    for command in commands:
        if not isinstance(command, dict) or not COMMAND.fullmatch(str(command.get("command", "")).lstrip("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        description = str(command.get("description", ""))
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": str(command["command"]).lstrip("/"), "description": description})
    return _save_commands(call, kept)


@method("deleteMyCommands")
async def delete_my_commands(call: Call) -> bool:
    """No commands of their own for a scope and a language."""
    return _save_commands(call, [])


@method("getMyCommands")
async def get_my_commands(call: Call) -> list[JSON]:
    """The commands of exactly this scope and language."""
    return list(call.bot.body.get("commands", {}).get(f"{_scope(call)}|{_language(call)}", []))


@method("setChatMenuButton")
async def set_chat_menu_button(call: Call) -> bool:
    """Kept, and shown as the commands' button in any case."""
    button = call.parameters.mapping("menu_button") or {"type": "default"}
    call.board.save_profile(call.bot, {**call.bot.body, "menu_button": button})
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(call: Call) -> JSON:
    """The button that was set."""
    return dict(call.bot.body.get("menu_button", {"type": "commands"}))


@method("setMyDefaultAdministratorRights")
async def set_my_default_administrator_rights(call: Call) -> bool:
    """Taken note of: groups of the playground have no rights."""
    return True

"""What is sent fits an independent model of the Bot API: aiogram's types, unknown fields refused."""

from typing import Any

import pytest
from aiogram import types
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

from bot.playground.server import PlaygroundServer
from bot.playground.unusual import SAMPLES
from tests.bot.playground.conftest import TOKEN, Client

PERSON = 7
RAW = f"/bot{TOKEN}"


def check(kind: type[types.TelegramObject], body: dict[str, Any]) -> Any:
    """Validates and holds every field to one the model knows."""
    made = kind.model_validate(body)
    strangers = unknown_fields(made)
    assert not strangers, strangers
    return made


def unknown_fields(made: Any, path: str = "") -> list[str]:
    if isinstance(made, list):
        return [name for item in made for name in unknown_fields(item, path)]
    if not isinstance(made, types.TelegramObject):
        return []
    found = [f"{path}.{name}" for name in (made.model_extra or {})]
    for name in type(made).model_fields:
        found += unknown_fields(getattr(made, name), f"{path}.{name}")
    return found


async def updates(client: Client, server: PlaygroundServer) -> list[dict[str, Any]]:
    async with client.session.get(f"{server.url}{RAW}/getUpdates") as answer:
        return list((await answer.json())["result"])


async def test_every_kind_of_update_fits(bot: Bot, client: Client, server: PlaygroundServer) -> None:
    sent = await client.write(PERSON, "/start see https://x.org", name="Ada", language_code="ko", username="ada")
    await client.write(PERSON, "changed", edit_message_id=sent["message_id"])
    await client.write(PERSON, "answer", reply_to_message_id=sent["message_id"])
    for kind in ("voice", "audio", "photo", "document", "video_note", "video", "animation"):
        await client.write(PERSON, caption="look @ada", **{kind: ("a", b"content", "application/octet-stream")})
    for raw in (*SAMPLES, "contact"):
        await client.write(PERSON, raw=raw)
    await client.ask("POST", f"/people/{PERSON}/press", {"message_id": sent["message_id"], "data": "x"})
    await client.ask("POST", f"/people/{PERSON}/press", {"message_id": 4711, "data": "x"})
    await client.ask("POST", f"/people/{PERSON}/block", {})
    await client.ask("POST", f"/people/{PERSON}/unblock", {})
    await client.ask("POST", f"/people/{PERSON}/invite", {"chat_id": -9, "chat_type": "channel"})
    await client.write(PERSON, "in a group", chat_type="supergroup", chat_id=-5, title="Friends")
    post = await client.write(PERSON, "post", chat_type="channel", chat_id=-9)
    await client.write(PERSON, "post 2", chat_type="channel", chat_id=-9, edit_message_id=post["message_id"])
    bodies = await updates(client, server)
    seen = {check(types.Update, body).event_type for body in bodies}
    assert seen == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "channel_post",
        "edited_channel_post",
    }
    assert len(bodies) == 19 + len(SAMPLES)


async def test_every_result_fits(bot: Bot, client: Client, server: PlaygroundServer) -> None:
    await client.write(PERSON, "hi")
    keyboard = InlineKeyboardMarkup(
        [[InlineKeyboardButton("a", callback_data="a"), InlineKeyboardButton("b", url="http://x.org")]]
    )
    await bot.send_message(PERSON, "<b>hi</b>", "HTML", reply_markup=keyboard)
    for send in (
        bot.send_voice,
        bot.send_document,
        bot.send_video_note,
        bot.send_video,
    ):
        await send(PERSON, b"content")
    await bot.send_audio(PERSON, b"ID3")
    await bot.send_photo(PERSON, b"\x89PNG\r\n\x1a\n" + bytes(8) + b"\0\0\0\2\0\0\0\3")
    await bot.edit_message_text("changed", PERSON, 2)
    for message in await client.read(PERSON):
        check(types.Message, message)
    asked: list[tuple[str, type[types.TelegramObject], dict[str, Any]]] = [
        ("getMe", types.User, {}),
        ("getChat", types.ChatFullInfo, {"chat_id": PERSON}),
        ("getWebhookInfo", types.WebhookInfo, {}),
        ("getMyName", types.BotName, {}),
        ("getMyDescription", types.BotDescription, {}),
        ("getMyShortDescription", types.BotShortDescription, {}),
        ("getChatMenuButton", types.MenuButtonCommands, {}),
        ("getUserProfilePhotos", types.UserProfilePhotos, {"user_id": PERSON}),
        ("getChatMember", types.ChatMemberMember, {"chat_id": PERSON, "user_id": PERSON}),
        ("sendMessage", types.Message, {"chat_id": PERSON, "text": "x", "reply_to_message_id": 1}),
    ]
    for name, kind, values in asked:
        async with client.session.post(f"{server.url}{RAW}/{name}", json=values) as answer:
            check(kind, (await answer.json())["result"])


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/help", ["bot_command"]),
        ("a/b 1/2", []),
        ("😀 @someone #tag", ["mention", "hashtag"]),
        ("mail a.b@example.org or see example.org/x", ["email", "url"]),
        ("그래서 https://example.org/한글. 응", ["url"]),
    ],
)
async def test_entities_are_found_where_telegram_finds_them(
    client: Client, bot: Bot, text: str, kinds: list[str]
) -> None:
    await client.write(PERSON, text)
    message = (await bot.get_updates())[0].message
    assert [entity.type for entity in message.entities] == kinds
    for entity in message.entities:
        assert not message.parse_entity(entity).startswith(" ")


async def test_a_text_is_cleaned_and_split_as_clients_do(client: Client, bot: Bot) -> None:
    await client.write(PERSON, " a\r\nb\x07c\u202ed \n")
    status, answer = await client.ask("POST", f"/people/{PERSON}/messages", {"text": "x" * 5000})
    assert status == 200
    assert [len(message["text"]) for message in answer["messages"]] == [4096, 904]
    assert [update.message.text[:5] for update in await bot.get_updates()] == ["a\nb c", "xxxxx", "xxxxx"]
    for empty in ("", " \n", "\u202e"):
        assert (await client.ask("POST", f"/people/{PERSON}/messages", {"text": empty}))[0] == 400

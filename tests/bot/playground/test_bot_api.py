"""The Bot API as python-telegram-bot speaks it."""

from io import BytesIO

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, Forbidden, InvalidToken
from telegram.request import HTTPXRequest

from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import TOKEN, Client

PERSON = 7
BUTTONS = InlineKeyboardMarkup(
    [[InlineKeyboardButton("Yes", callback_data="yes"), InlineKeyboardButton("No", callback_data="no")]]
)
OGG = b"OggS\0\2" + bytes(22) + b"OpusHead" + bytes(20) + b"OggS\0\4" + (3 * 48000).to_bytes(8, "little") + bytes(14)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8) + (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + bytes(20)


async def test_a_bot_knows_who_it_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.id == 1000000001
    assert me.is_bot
    assert me.username.endswith("bot")


async def test_what_a_person_writes_arrives_as_an_update_and_the_answer_comes_back(bot: Bot, client: Client) -> None:
    sent = await client.write(PERSON, "/start hello", name="Ada", language_code="tr")
    (update,) = await bot.get_updates(timeout=5)
    assert update.message.text == "/start hello"
    assert update.message.message_id == sent["message_id"]
    assert update.effective_user.first_name == "Ada"
    assert update.effective_user.language_code == "tr"
    assert update.message.parse_entities([MessageEntity.BOT_COMMAND]) == {update.message.entities[0]: "/start"}
    answer = await bot.send_message(PERSON, "Hello Ada", reply_markup=BUTTONS)
    assert answer.reply_markup == BUTTONS
    (read,) = await client.read(PERSON, after=sent["message_id"])
    assert read["text"] == "Hello Ada"
    assert read["message_id"] == answer.message_id > sent["message_id"]


async def test_a_text_with_a_parse_mode_arrives_as_plain_text_with_entities(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    html = await bot.send_message(PERSON, "😀 <b>bold &lt;i&gt;</b> <a href='http://x.org'>x</a>", ParseMode.HTML)
    assert html.text == "😀 bold <i> x"
    assert [html.parse_entity(entity) for entity in html.entities] == ["bold <i>", "x"]
    marked = await bot.send_message(PERSON, r"*a _b_* `c\.` \.", ParseMode.MARKDOWN_V2)
    assert marked.text == "a b c\\. ."
    assert [entity.type for entity in marked.entities] == ["bold", "italic", "code"]
    old = await bot.send_message(PERSON, "*a* snake\\_case", ParseMode.MARKDOWN)
    assert old.text == "a snake_case"
    for text, mode in (("<b>open", "HTML"), ("<blink>x</blink>", "HTML"), ("a.b", "MarkdownV2"), ("*a", "Markdown")):
        with pytest.raises(BadRequest, match=r"[Cc]an't parse entities"):
            await bot.send_message(PERSON, text, mode)


async def test_a_text_is_refused_as_telegram_refuses_it(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    assert (await bot.send_message(PERSON, "a" * 4096)).text == "a" * 4096
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message(PERSON, "a" * 4097)
    with pytest.raises(BadRequest, match="Message text is empty"):
        await bot.send_message(PERSON, " \n ")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(999, "hi")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message("@nobody", "hi")


async def test_buttons_are_refused_as_telegram_refuses_them(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(
            PERSON,
            "x",
            reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("a", callback_data="ü" * 33)),
        )
    with pytest.raises(BadRequest, match=r"(?i)text buttons are unallowed"):
        await bot.send_message(PERSON, "x", reply_markup=InlineKeyboardMarkup.from_button(InlineKeyboardButton("a")))


async def test_a_reply_quotes_the_message_it_answers(bot: Bot, client: Client) -> None:
    first = await client.write(PERSON, "first")
    reply = await bot.send_message(PERSON, "re", reply_parameters=ReplyParameters(first["message_id"]))
    assert reply.reply_to_message.text == "first"
    nested = await client.write(PERSON, "re re", reply_to_message_id=reply.message_id)
    assert nested["reply_to_message"]["message_id"] == reply.message_id
    assert "reply_to_message" not in nested["reply_to_message"]
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(PERSON, "re", reply_parameters=ReplyParameters(4711))
    alone = await bot.send_message(
        PERSON, "re", reply_parameters=ReplyParameters(4711, allow_sending_without_reply=True)
    )
    assert alone.reply_to_message is None


async def test_messages_are_edited_and_deleted(bot: Bot, client: Client) -> None:
    theirs = await client.write(PERSON, "mine")
    sent = await bot.send_message(PERSON, "one", reply_markup=BUTTONS)
    edited = await bot.edit_message_text("two", PERSON, sent.message_id)
    assert (edited.text, edited.reply_markup) == ("two", None)
    assert edited.edit_date is not None
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("two", PERSON, sent.message_id)
    again = await bot.edit_message_reply_markup(PERSON, sent.message_id, reply_markup=BUTTONS)
    assert again.reply_markup == BUTTONS
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", PERSON, theirs["message_id"])
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_text("x", PERSON, 4711)
    with pytest.raises(BadRequest, match="no caption"):
        await bot.edit_message_caption(PERSON, sent.message_id, caption="x")
    assert await bot.delete_message(PERSON, sent.message_id)
    with pytest.raises(BadRequest, match="to delete not found"):
        await bot.delete_message(PERSON, sent.message_id)
    assert await bot.delete_messages(PERSON, [theirs["message_id"], 4711])
    assert await client.read(PERSON) == []


async def test_a_pressed_button_is_told_and_answered(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    sent = await bot.send_message(PERSON, "well?", reply_markup=BUTTONS)
    status, pressed = await client.ask(
        "POST", f"/people/{PERSON}/press", {"message_id": sent.message_id, "data": "yes"}
    )
    assert status == 200
    query = (await bot.get_updates())[-1].callback_query
    assert (query.id, query.data, query.from_user.id) == (pressed["callback_query_id"], "yes", PERSON)
    assert query.message.text == "well?"
    _, before = await client.ask("GET", f"/people/{PERSON}/events")
    assert await query.answer("Thank you", show_alert=True)
    _, events = await client.ask("GET", f"/people/{PERSON}/events", params={"after": before["next"], "wait": 2})
    assert [(event["kind"], event["text"], event["alert"]) for event in events["events"]] == [
        ("answer", "Thank you", True)
    ]
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("12")


async def test_forged_data_and_another_persons_button_are_passed_on_as_they_came(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    await client.write(8, "hi")
    theirs = await bot.send_message(8, "well?", reply_markup=BUTTONS)
    await client.ask("POST", f"/people/{PERSON}/press", {"message_id": theirs.message_id, "data": "drop table"})
    await client.ask("POST", f"/people/{PERSON}/press", {"message_id": 4711, "data": "old"})
    forged, old = (update.callback_query for update in (await bot.get_updates())[-2:])
    assert (forged.from_user.id, forged.message.chat.id, forged.data) == (PERSON, 8, "drop table")
    assert not old.message.is_accessible


async def test_files_travel_both_ways(bot: Bot, client: Client) -> None:
    await client.write(PERSON, voice=("note.ogg", OGG, "audio/ogg"))
    await client.write(PERSON, photo=("me.png", PNG, "image/png"), caption="look")
    voice, photo = (update.message for update in await bot.get_updates())
    assert voice.voice.to_dict()["duration"] == 3
    assert bytes(await (await voice.voice.get_file()).download_as_bytearray()) == OGG
    assert (photo.photo[-1].width, photo.photo[-1].height, photo.caption) == (64, 48, "look")
    sent = await bot.send_voice(PERSON, OGG, caption="listen", reply_markup=BUTTONS)
    again = await bot.send_voice(PERSON, sent.voice.file_id)
    assert again.voice.file_unique_id == sent.voice.file_unique_id
    assert (await bot.edit_message_caption(PERSON, sent.message_id, caption="hear")).caption == "hear"
    audio = await bot.send_audio(PERSON, b"ID3", title="Calm", performer="Sea", duration=60, filename="calm.mp3")
    assert (audio.audio.title, audio.audio.performer, audio.audio.file_name) == ("Calm", "Sea", "calm.mp3")
    assert (await bot.send_photo(PERSON, PNG)).photo[0].width == 64
    assert (await bot.send_document(PERSON, b"text", filename="a.txt")).document.mime_type == "text/plain"
    assert (await bot.send_video_note(PERSON, b"video")).video_note.length == 240
    with pytest.raises(BadRequest, match=r"(?i)wrong"):
        await bot.send_voice(PERSON, "nonsense")
    with pytest.raises(BadRequest, match="must be non-empty"):
        await bot.send_document(PERSON, b"", filename="a.txt")


async def test_a_file_beyond_20_megabytes_cannot_be_fetched(bot: Bot, client: Client) -> None:
    long = BytesIO(OGG + bytes(20 * 1024 * 1024))
    await client.write(PERSON, voice=("long.ogg", long, "audio/ogg"), duration=600)
    (update,) = await bot.get_updates(timeout=5)
    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.voice.get_file()


async def test_a_length_that_is_no_number_is_as_if_none_was_told(bot: Bot, client: Client) -> None:
    for told, understood in (("soon", 3), ("4.8", 4), ("-1", 3), ("", 3)):
        message = await client.write(PERSON, voice=("note.ogg", OGG, "audio/ogg"), duration=told)
        assert message["voice"]["duration"] == understood


async def test_an_album_shares_its_group(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    messages = await bot.send_media_group(PERSON, [InputMediaPhoto(PNG, caption="a"), InputMediaPhoto(PNG)])
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].caption == "a"
    papers = await bot.send_media_group(
        PERSON, [InputMediaDocument(b"1", filename="1.txt"), InputMediaDocument(b"2", filename="2.txt")]
    )
    assert [message.document.file_name for message in papers] == ["1.txt", "2.txt"]
    for part in ("x", "y"):
        await client.write(PERSON, photo=(part, PNG, "image/png"), media_group_id="55")
    assert [update.message.media_group_id for update in (await bot.get_updates())[-2:]] == ["55", "55"]


async def test_commands_differ_by_scope_and_language(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi", language_code="tr")
    await bot.set_my_commands([BotCommand("help", "Help")])
    await bot.set_my_commands([BotCommand("help", "Yardım")], BotCommandScopeAllPrivateChats(), "tr")
    assert await bot.get_my_commands() == (BotCommand("help", "Help"),)
    _, state = await client.ask("GET", f"/people/{PERSON}/state")
    assert state["commands"] == [{"command": "help", "description": "Yardım"}]
    await bot.set_my_commands([BotCommand("resume", "Resume")], BotCommandScopeChat(PERSON))
    _, state = await client.ask("GET", f"/people/{PERSON}/state")
    assert [command["command"] for command in state["commands"]] == ["resume"]
    assert await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


async def test_the_bots_profile_differs_by_language(bot: Bot) -> None:
    await bot.set_my_name("Heed")
    await bot.set_my_description("Listens.")
    await bot.set_my_description("Dinler.", "tr")
    await bot.set_my_short_description("Kısa", "tr")
    assert (await bot.get_my_name("ko")).name == "Heed"
    assert (await bot.get_my_description("tr")).description == "Dinler."
    assert (await bot.get_my_description("ko")).description == "Listens."
    assert (await bot.get_my_short_description("tr")).short_description == "Kısa"


async def test_chats_and_their_members_can_be_asked_for(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi", name="Ada")
    await client.write(PERSON, "hi all", chat_type="group", chat_id=-5, title="Friends")
    assert (await bot.get_chat(PERSON)).first_name == "Ada"
    assert (await bot.get_chat(-5)).title == "Friends"
    assert (await bot.get_chat_member(-5, PERSON)).status == "member"
    assert await bot.get_chat_member_count(-5) == 2
    assert (await bot.get_updates())[-1].effective_chat.type == "group"
    assert await bot.leave_chat(-5)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(-5, "hi")


async def test_signs_and_drafts_are_shown_and_not_kept(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    _, before = await client.ask("GET", f"/people/{PERSON}/events")
    assert await bot.send_chat_action(PERSON, ChatAction.TYPING)
    assert await bot.send_message_draft(PERSON, 1, "I am wri")
    _, events = await client.ask("GET", f"/people/{PERSON}/events", params={"after": before["next"]})
    assert [event["kind"] for event in events["events"]] == ["action", "draft"]
    assert len(await client.read(PERSON)) == 1


async def test_who_blocked_the_bot_is_not_written_to(bot: Bot, client: Client) -> None:
    await client.write(PERSON, "hi")
    await client.ask("POST", f"/people/{PERSON}/block", {})
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(PERSON, "hello?")
    status, answer = await client.ask("POST", f"/people/{PERSON}/messages", {"text": "x"})
    assert (status, answer) == (409, {"error": "blocked"})
    await client.ask("POST", f"/people/{PERSON}/unblock", {})
    assert await bot.send_message(PERSON, "welcome back")
    standings = [update.my_chat_member.new_chat_member.status for update in (await bot.get_updates())[1:]]
    assert standings == ["kicked", "member"]


async def test_being_added_to_a_group_or_channel_is_told(bot: Bot, client: Client) -> None:
    await client.ask("POST", f"/people/{PERSON}/invite", {"chat_id": -9, "title": "Us", "chat_type": "channel"})
    await client.write(PERSON, "news", chat_id=-9, chat_type="channel")
    await client.ask("POST", f"/people/{PERSON}/expel", {"chat_id": -9})
    added, post, removed = await bot.get_updates()
    assert added.my_chat_member.new_chat_member.status == "member"
    assert post.channel_post.text == "news"
    assert removed.my_chat_member.new_chat_member.status == "left"


async def test_an_edited_message_is_told(bot: Bot, client: Client) -> None:
    sent = await client.write(PERSON, "helo")
    edited = await client.write(PERSON, "hello", edit_message_id=sent["message_id"])
    assert edited["message_id"] == sent["message_id"]
    assert (await bot.get_updates())[-1].edited_message.text == "hello"


async def test_a_method_nobody_knows_and_a_broken_token_are_refused_in_telegrams_way(
    bot: Bot, server: PlaygroundServer, client: Client
) -> None:
    async with client.session.get(f"{server.url}/bot{TOKEN}/fly") as answer:
        assert (answer.status, await answer.json()) == (
            404,
            {"ok": False, "error_code": 404, "description": "Not Found: method not found"},
        )
    async with HTTPXRequest() as request:
        stranger = Bot("nonsense", base_url=f"{server.url}/bot", request=request)
        with pytest.raises(InvalidToken):
            await stranger.get_me()
    async with client.session.get(f"{server.url}/botnonsense/getMe") as answer:
        assert answer.status == 401
    async with client.session.get(f"{server.url}/file/bot{TOKEN}/voice/file_99.oga") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("kind", ["json", "data", "params"])
async def test_parameters_come_in_any_form(bot: Bot, server: PlaygroundServer, client: Client, kind: str) -> None:
    await client.write(PERSON, "hi")
    values = {"chat_id": PERSON, "text": "한글 ü 😀"}
    async with client.session.post(f"{server.url}/bot{TOKEN}/SendMessage", **{kind: values}) as answer:
        assert (await answer.json())["result"]["text"] == "한글 ü 😀"

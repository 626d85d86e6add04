"""A whole python-telegram-bot application runs on it as on Telegram."""

import asyncio

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.playground.server import PlaygroundServer
from tests.bot.playground.conftest import TOKEN, Client

PERSON = 7


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text("welcome")


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message is not None
    await update.effective_message.reply_text(f"you said {update.effective_message.text}", do_quote=True)


async def press(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer()
    await update.callback_query.edit_message_text(f"pressed {update.callback_query.data}")


async def test_an_application_polls_answers_and_stops(server: PlaygroundServer, client: Client) -> None:
    application = (
        Application.builder()
        .token(TOKEN)
        .base_url(f"{server.url}/bot")
        .base_file_url(f"{server.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(press))
    async with application:
        await application.start()
        await application.updater.start_polling()
        await client.write(PERSON, "/start")
        (greeting,) = await client.read(PERSON, after=1, wait=10)
        assert greeting["text"] == "welcome"
        sent = await client.write(PERSON, "hello")
        (answer,) = await client.read(PERSON, after=sent["message_id"], wait=10)
        assert answer["text"] == "you said hello"
        assert answer["reply_to_message"]["message_id"] == sent["message_id"]
        changed = asyncio.create_task(client.read(PERSON, after=answer["message_id"], wait=10))
        await asyncio.sleep(0.05)
        await client.ask("POST", f"/people/{PERSON}/press", {"message_id": answer["message_id"], "data": "x"})
        assert [message["text"] for message in await changed] == ["pressed x"]
        assert await client.read(PERSON, after=answer["message_id"]) == []
        again = await client.read(PERSON, after=answer["message_id"], edited_after=0)
        assert [message["message_id"] for message in again] == [answer["message_id"]]
        await application.updater.stop()
        await application.stop()
    assert len(server.board.bots[1000000001].updates) == 0

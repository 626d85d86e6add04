"""Everything the bot asks of Telegram fits an independent model of the Bot API: aiogram's methods."""

from typing import Any

import pytest
from aiogram import methods, types
from telegram import Bot

from bot.telegram import request as requests
from bot.telegram.press import SHAPE
from bot.telegram.request import VOICE_NAME
from bot.telegram.sounds import Sounds
from tests.conftest import OpenRig
from tests.rig.records import shop
from workers.journal.outbox import WRITTEN, Due

METHODS: dict[str, type[Any]] = {
    "sendMessage": methods.SendMessage,
    "editMessageText": methods.EditMessageText,
    "editMessageReplyMarkup": methods.EditMessageReplyMarkup,
    "deleteMessages": methods.DeleteMessages,
    "answerCallbackQuery": methods.AnswerCallbackQuery,
    "sendDocument": methods.SendDocument,
    "sendVoice": methods.SendVoice,
    "sendAudio": methods.SendAudio,
}


def check(due: Due) -> None:
    """Validates one row of the outbox as aiogram's method, and holds it to Telegram's limits."""
    body = dict(due.body)
    if due.method != "answerCallbackQuery":
        body["chat_id"] = due.chat_id
    if due.method == "sendDocument":
        body["document"] = types.BufferedInputFile(b"x", body.pop("filename"))
        del body["document_b64"]
    if due.method == "sendVoice":
        body["voice"] = types.BufferedInputFile(b"x", VOICE_NAME)
        del body["voice_b64"], body[WRITTEN]
    if due.method == "sendAudio":
        body["audio"] = f"track {body.pop('track')}"
        del body[WRITTEN]
    made = METHODS[due.method].model_validate(body)
    assert (made.model_extra or {}) == {}, due.method
    text = body.get("text") or body.get("caption") or ""
    longest = {"answerCallbackQuery": 200, "sendDocument": 1024, "sendAudio": 1024}.get(due.method, 4096)
    assert len(text.encode("utf-16-le")) // 2 <= longest, f"{due.method}: {len(text)} characters"
    for row in body.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            assert 1 <= len(button["callback_data"].encode()) <= 64
            assert SHAPE.fullmatch(button["callback_data"]), button
            assert 1 <= len(button["text"]) <= 64


@pytest.mark.parametrize("language", ["en", "ko", "tr"])
async def test_whatever_is_sent_fits(open_rig: OpenRig, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    seen: list[Due] = []
    real = requests.call

    async def call(bot: Bot, due: Due, sounds: Sounds) -> int | None:
        seen.append(due)
        return await real(bot, due, sounds)

    monkeypatch.setattr("bot.telegram.sender.call", call)
    async with open_rig(admin_chat_ids="9", reply_quote="always") as rig:
        people, code = rig.people, {"language_code": language}
        await people.say(9, "/start", **code)
        for words in ("/start", "/help", "/new", "/settings", "/privacy", "/pause", "/country", "hello work"):
            await people.say(1, words, **code)
        await people.say(1, "/voice both", **code)
        await people.say(1, "My cat is ill", **code)
        await people.say(1, raw="voice")
        shop(rig.journal, rig.store, 6, attribution="x" * 500, source="https://example.org/" + "y" * 280)
        await people.say(1, "/music", **code)
        await rig.settle()
        for data in ("music:goal:lift", "music:go:lift.sadness", "music:keep:1", "music:play:0"):
            await people.press(1, data, people.chat(1)[-1]["message_id"])
            await rig.settle()
        await people.say(1, "/playlist", **code)
        await people.say(1, caption="look at this", photo=("a.jpg", b"content"))
        await rig.settle()
        for data in ("set:consent:diary.on", "set:consent:diary.yes", "country:page:1", "country:set:KR", "x"):
            await people.press(1, data, 4)
            await rig.settle()
        for country in ("KR", "US", "TR", "GB"):
            await people.press(1, f"country:set:{country}", 4)
            await people.say(1, {"en": "I want to kill myself", "ko": "자살하고 싶어요"}.get(
                language, "kendimi öldürmek istiyorum"
            ))  # fmt: skip
            await rig.settle()
        await people.press(1, f"danger:share:{rig.value('turn', 'id')}")
        await people.say(1, "/export")
        await people.say(1, "/forget")
        await rig.settle()
        await people.press(1, "forget:all:yes")
        await rig.settle()
        assert rig.count("outbox", "state = 'dead'") == 0, rig.state()
    assert {due.method for due in seen} >= {
        "sendMessage", "editMessageText", "answerCallbackQuery", "sendDocument", "deleteMessages",
    }  # fmt: skip
    for due in seen:
        check(due)

"""Forgetting: the last message at once; everything after one question."""

from bot.telegram.keyboards import forget_keyboard
from bot.telegram.press import Press, edit, toast
from bot.telegram.scene import Scene
from workers.journal import erasing, outbox
from workers.journal.outbox import Letter


def forget_last(scene: Scene) -> None:
    forgotten = erasing.forget_message(scene.session, scene.person, origin=scene.origin)
    scene.answer(scene.words("forget.last_done" if forgotten else "forget.last_nothing"))


def forget(scene: Scene) -> None:
    scene.answer(scene.words("forget.ask"), reply_markup=forget_keyboard(scene.person))


def pressed(scene: Scene, press: Press) -> None:
    """Yes: everything is gone with this transaction. No: nothing is."""
    if press.verb != "all" or press.argument not in {"yes", "no"}:
        toast(scene, press, "settings.unknown")
        return
    if press.argument == "no":
        toast(scene, press, None)
        edit(scene, press, scene.words("forget.cancelled"))
        return
    chat_id = scene.person.telegram_id
    erasing.forget(scene.session, scene.person, origin=scene.origin, goodbye=scene.words("forget.done"))
    letter = Letter({"callback_query_id": press.query_id}, "toast", "toast", "answerCallbackQuery", outbox.URGENT)
    outbox.put(scene.session, scene.claimed.bot_id, chat_id, scene.origin, letter)  # of nobody: the person is gone
    scene.person_or_none = None

"""Pressed buttons: each goes to the noun it names; what is forged, old or another's gets its own sentence."""

from datetime import timedelta

from sqlalchemy import select
from telegram import CallbackQuery

from bot.telegram.handlers import country, forgetting, mood, music, photos, settings, voice
from bot.telegram.press import Press, number_in, read, toast
from bot.telegram.scene import Scene
from models.words import as_language, say
from workers.journal import cases, consents, outbox
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import TurnMessage, now

CHECK_IN_AFTER = timedelta(hours=20)


def press(scene: Scene) -> None:
    query = scene.update.callback_query
    if query is None:
        return
    if scene.person_or_none is None:
        foreign(scene, query)
        return
    found = read(scene)
    chat_id = query.message.chat.id if query.message else None
    if chat_id != query.from_user.id:
        toast(scene, found or Press(query.id, 0, "", "", ""), "settings.not_yours")
    elif found is None:
        toast(scene, Press(query.id, 0, "", "", ""), "settings.unknown")
    elif found.noun == "set":
        settings.pressed(scene, found)
    elif found.noun == "country":
        country.pressed(scene, found)
    elif found.noun == "forget":
        forgetting.pressed(scene, found)
    elif found.noun in {"voice", "speak"}:
        voice.pressed(scene, found)
    elif found.noun == "face":
        photos.pressed(scene, found)
    elif found.noun == "mood":
        mood.pressed(scene, found)
    elif found.noun == "music":
        music.pressed(scene, found)
    elif found.noun == "danger":
        care(scene, found)
    else:
        toast(scene, found, "settings.stale")


def foreign(scene: Scene, query: CallbackQuery) -> None:
    """A button outside a private chat: Heed puts none there, so that it is forged or another's."""
    words = say(as_language(query.from_user.language_code), "settings.not_yours")
    letter = Letter(
        {"callback_query_id": query.id, "text": words}, "toast", "toast", "answerCallbackQuery", outbox.URGENT
    )
    outbox.put(scene.session, scene.claimed.bot_id, query.from_user.id, scene.origin, letter)


def care(scene: Scene, press: Press) -> None:
    """Under a danger text: let the team read it, or be asked once, later."""
    if scene.person.minor:
        toast(scene, press, None)
        scene.answer(scene.words("care.young_only"))
    elif press.verb == "checkin" and press.argument == "yes":
        scene.person.check_in_at = now() + CHECK_IN_AFTER
        toast(scene, press, None)
        scene.answer(scene.words("checkin.agreed"))
    elif press.verb == "share" and _share(scene, number_in(press.argument)):
        consents.give(scene.session, scene.person, "team", True)
        toast(scene, press, None)
        scene.answer(scene.words("care.shared"))
    else:
        toast(scene, press, "settings.stale")


def _share(scene: Scene, turn_id: int | None) -> bool:
    if turn_id is None:
        return False
    rows = scene.session.scalars(
        select(TurnMessage)
        .where(TurnMessage.turn_id == turn_id, TurnMessage.person_id == scene.person.id)
        .order_by(TurnMessage.message_id)
    )
    key = key_of(scene.session, scene.person)
    words = "\n".join(key.unseal(row.words) for row in rows if row.words is not None)
    return bool(words) and cases.share(scene.session, scene.person, turn_id, words)

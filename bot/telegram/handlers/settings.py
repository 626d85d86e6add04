"""`/settings`: language, country and consents, as one message whose buttons change it in place."""

from bot.telegram.keyboards import VOICES, Keyboard, button, settings_keyboard
from bot.telegram.press import Press, edit, toast
from bot.telegram.scene import Scene
from models import danger
from models.words import LANGUAGES
from workers.journal import consents


def granted(scene: Scene) -> dict[str, bool]:
    """Which consents stand now."""
    return {kind: row.granted for kind, row in consents.latest(scene.session, scene.person.id).items()}


def keyboard(scene: Scene) -> Keyboard:
    """The buttons of the settings message as things stand."""
    return settings_keyboard(scene.person, granted(scene), speaks=bool(scene.settings.spoken))


def settings(scene: Scene) -> None:
    scene.answer(summary(scene), reply_markup=keyboard(scene))
    scene.introduce()


def summary(scene: Scene) -> str:
    """What is set now, in words."""
    countries = dict(danger.countries(scene.language))
    text = scene.words(
        "settings.title",
        language=scene.words(f"settings.language_name.{scene.language}"),
        country=countries.get(scene.person.country or "", "") or scene.words("settings.no_country"),
        words_hours=scene.settings.context_hours,
    )
    return text + ("\n\n" + scene.words("settings.minor") if scene.person.minor else "")


def pressed(scene: Scene, press: Press) -> None:
    """A button of the settings message."""
    if press.verb == "lang" and press.argument in LANGUAGES:
        scene.person.language = press.argument
    elif press.verb == "keep" and press.argument == "flip":
        scene.person.keep_nothing = not scene.person.keep_nothing
    elif press.verb == "heard" and press.argument == "flip":
        scene.person.quote_heard = not scene.person.quote_heard
    elif press.verb == "voice" and press.argument == "next":
        scene.person.voice = VOICES[(VOICES.index(scene.person.voice) + 1) % len(VOICES)]
    elif press.verb == "show":
        pass
    elif press.verb == "consent":
        _switch(scene, press)
        return
    else:
        toast(scene, press, "settings.unknown")
        return
    toast(scene, press, None if press.verb == "show" else "settings.saved")
    edit(scene, press, summary(scene), keyboard(scene))


def _switch(scene: Scene, press: Press) -> None:
    """Off at once; on only after it was explained: `on` shows what it means, `yes` gives it, `no` says that it is not
    wished."""
    kind, _, way = press.argument.partition(".")
    if kind not in consents.KINDS or way not in {"on", "off", "yes", "no"}:
        toast(scene, press, "settings.unknown")
        return
    if way == "on":
        explained = {
            "inline_keyboard": [
                [button(scene.words(f"settings.button.{kind}_on"), f"set:consent:{kind}.yes")],
                [button(scene.words("settings.button.back"), "set:show:all")],
            ]
        }
        values = {"days": scene.settings.diary_days} if kind == "diary" else {}
        toast(scene, press, None)
        edit(scene, press, scene.words(f"consent.{kind}.explained", **values), explained)
        return
    given = consents.give(scene.session, scene.person, kind, way == "yes")
    if not given:
        toast(scene, press, None)
        scene.answer(scene.words("settings.minor"))
        return
    toast(scene, press, f"consent.{kind}.{'on' if way == 'yes' else 'off'}")
    edit(scene, press, summary(scene), keyboard(scene))

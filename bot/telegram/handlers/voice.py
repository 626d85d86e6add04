"""`/voice`: whether answers are written, spoken, or both. And the button that has the latest answer spoken."""

from bot.telegram.keyboards import VOICES, voice_keyboard
from bot.telegram.press import Press, edit, number_in, toast
from bot.telegram.scene import Scene
from workers.journal import speeches
from workers.journal.speeches import RENDER
from workers.journal.turns import Due


def voice(scene: Scene) -> None:
    """With a word behind it, sets how answers come; without one, says how they come and what else there is."""
    wish = (scene.message.text or "").split()[1:2]
    if not scene.settings.spoken:
        scene.answer(scene.words("voice.none"))
    elif wish and wish[0].lower() in VOICES:
        scene.person.voice = wish[0].lower()
        scene.answer(said(scene, "set"))
    else:
        scene.answer(said(scene, "now"), reply_markup=voice_keyboard(scene.person))
    scene.introduce()


def said(scene: Scene, how: str) -> str:
    """How answers come, `now` or as was just `set`; and that it cannot be so in the person's language."""
    text = scene.words(f"voice.{how}.{scene.person.voice}")
    silent = scene.language not in scene.settings.spoken and scene.person.voice != "text"
    return text + ("\n\n" + scene.words("voice.not_in_this_language") if silent else "")


def pressed(scene: Scene, press: Press) -> None:
    if press.noun == "speak":
        _speak(scene, press)
    elif press.verb == "set" and press.argument in VOICES and scene.settings.spoken:
        scene.person.voice = press.argument
        toast(scene, press, "settings.saved")
        edit(scene, press, said(scene, "set"), voice_keyboard(scene.person))
    else:
        toast(scene, press, "settings.unknown")


def _speak(scene: Scene, press: Press) -> None:
    """The answer is spoken in the worker, and comes as a voice note."""
    number = number_in(press.argument)
    if press.verb != "reply" or number is None:
        toast(scene, press, "settings.unknown")
        return
    asked = speeches.ask(scene.session, scene.person, number) if scene.settings.spoken else "stale"
    toast(scene, press, f"voice.{asked}")
    if asked == "asked":
        scene.rings.append(Due(number, RENDER))

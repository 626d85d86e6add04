"""`/mood`: the course of feelings as a picture, drawn by a worker; or why there is none, said at once."""

from bot.telegram.keyboards import button
from bot.telegram.press import Press, toast
from bot.telegram.scene import Scene
from workers.journal import consents, drawings, emotion_log
from workers.journal.drawings import LENGTH, Span, span_of
from workers.journal.tables import now

FIRST: tuple[Span, ...] = ("week", "month")
"""What is shown at first: the week, or the month where the week has too little."""
NEEDED = ("readings", "diary")


def mood(scene: Scene) -> None:
    """Asks for the picture, or says what it takes."""
    span = next((span for span in FIRST if drawings.enough(scene.session, scene.person, span)), None)
    if span is not None:
        scene.rings.append(drawings.want(scene.session, scene.person, span, scene.origin))
    else:
        _say_why_not(scene)
    scene.introduce()


def pressed(scene: Scene, press: Press) -> None:
    """Another span, in the place of the one that is shown."""
    span = span_of(press.argument)
    if press.verb != "span" or span is None:
        toast(scene, press, "settings.unknown")
    elif drawings.enough(scene.session, scene.person, span):
        toast(scene, press, None)
        scene.rings.append(drawings.want(scene.session, scene.person, span, scene.origin, press.message_id))
    else:
        toast(scene, press, f"mood.few_{span}")


def _say_why_not(scene: Scene) -> None:
    person = scene.person
    if person.minor:
        scene.answer(scene.words("settings.minor"))
        return
    missing = [kind for kind in NEEDED if not consents.granted(scene.session, person.id, kind)]
    if missing:
        rows = [[button(scene.words(f"settings.button.{kind}_off"), f"set:consent:{kind}.on")] for kind in missing]
        scene.answer(scene.words("mood.begin"), reply_markup={"inline_keyboard": rows})
        return
    known = emotion_log.count(scene.session, person, now() - LENGTH["month"])
    text = scene.words("mood.few" if known else "mood.none")
    scene.answer(text + ("\n\n" + scene.words("mood.paused") if person.paused else ""))

"""`/country`: which helplines to show. A picker, under the danger text and in the settings too."""

from bot.telegram.keyboards import country_keyboard
from bot.telegram.press import Press, edit, toast
from bot.telegram.scene import Scene
from models import danger


def country(scene: Scene) -> None:
    scene.answer(scene.words("country.ask"), reply_markup=country_keyboard(scene.person, 0))
    scene.introduce()


def pressed(scene: Scene, press: Press) -> None:
    """A page is turned, or a country chosen. Never rewrites a danger text: the picker is a message of its own."""
    known = dict(danger.countries(scene.language))
    if press.verb == "page" and press.argument.isascii() and press.argument.isdigit() and len(press.argument) < 3:
        keyboard = country_keyboard(scene.person, min(int(press.argument), len(known) // 10))
        toast(scene, press, None)
        if press.argument == "0":
            scene.answer(scene.words("country.ask"), reply_markup=keyboard)
        else:
            edit(scene, press, scene.words("country.ask"), keyboard)
        return
    if press.verb != "set" or (press.argument != "none" and press.argument not in known):
        toast(scene, press, "settings.unknown")
        return
    toast(scene, press, None)
    if press.argument == "none":
        scene.person.country = None
        edit(scene, press, scene.words("country.none"))
    else:
        scene.person.country = press.argument
        edit(scene, press, scene.words("country.saved", country=known[press.argument]))
    scene.answer(danger.help_lines(scene.language, scene.person.country, young=scene.person.minor))

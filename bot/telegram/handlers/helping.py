"""`/help`, or the word alone: what one can do, and where help is in the person's country."""

from bot.telegram.scene import Scene
from models import danger


def show_help(scene: Scene) -> None:
    scene.answer(scene.words("help.text"))
    scene.answer(danger.help_lines(scene.language, scene.person.country, young=scene.person.minor))
    scene.introduce()

"""`/start`: the introduction, with what may be chosen under it. `/new`: starting afresh. `/pause`: no estimates."""

from bot.telegram.handlers.settings import keyboard
from bot.telegram.scene import Scene
from workers.journal import conversations
from workers.journal.tables import now


def start(scene: Scene) -> None:
    settings = scene.settings
    welcome = scene.words("start.welcome", min_age=settings.min_age, hours=settings.context_hours)
    if settings.operator_name:
        welcome += "\n\n" + scene.words(
            "start.operator",
            name=settings.operator_name,
            contact=settings.operator_contact or "–",
            notice=settings.privacy_notice_url or "–",
        )
    scene.answer(welcome, reply_markup=keyboard(scene))
    scene.person.introduced_at = scene.conversation.reminded_at = now()


def new(scene: Scene) -> None:
    conversations.begin_afresh(scene.session, scene.person)
    scene.answer(scene.words("new.done"))
    scene.introduce()


def pause(scene: Scene) -> None:
    scene.person.paused = not scene.person.paused
    scene.answer(scene.words("pause.on" if scene.person.paused else "pause.off"))
    scene.introduce()

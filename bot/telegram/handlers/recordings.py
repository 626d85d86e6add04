"""What is spoken: a voice note, a sound file, a video note. It joins or opens a turn, and is heard in the worker."""

from datetime import timedelta

from telegram import Audio, Document, Message, VideoNote, Voice

from bot.telegram.handlers.text import take_in, visible
from bot.telegram.scene import Scene
from models import danger
from workers.journal.attachments import LARGEST
from workers.journal.recordings import KINDS, Recording

GRACE_S = 1.0


def recording(scene: Scene) -> None:
    """A recording that is too long or too big is refused by what Telegram says of it, before anything is fetched."""
    message = scene.message
    kind, sound = _sound_of(message)
    seconds = _seconds(sound)
    caption = message.caption if message.caption and visible(message.caption) else None
    too_long = seconds > scene.settings.voice_limit_s + GRACE_S
    if too_long or (sound.file_size or 0) > LARGEST:
        why = "too_long" if too_long else "too_big"
        scene.answer(
            scene.words(f"sound.{why}", minutes=scene.settings.voice_limit_minutes)
            + "\n\n"
            + danger.while_unheard(scene.language, scene.person.country, young=scene.person.minor)
        )
        if caption:
            take_in(scene, caption, "caption")
        else:
            scene.introduce()
        return
    take_in(scene, caption, kind, Recording(file_id=sound.file_id, size=sound.file_size, seconds=seconds))


def _sound_of(message: Message) -> tuple[str, Voice | Audio | VideoNote | Document]:
    """Raises `LookupError` where the message brings no sound. WAV, AMR and WebM are sent as plain files."""
    for kind in KINDS:
        sound = getattr(message, kind, None)
        if sound is not None:
            return kind, sound
    if message.document is not None:
        return "audio", message.document
    raise LookupError("this message brings no recording")


def _seconds(sound: Voice | Audio | VideoNote | Document) -> float:
    """How long Telegram says that it lasts; 0 for a plain file, of which it says nothing."""
    if isinstance(sound, Document):
        return 0.0
    return sound.duration.total_seconds() if isinstance(sound.duration, timedelta) else float(sound.duration)

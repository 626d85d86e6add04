"""Hear: the words of a recording. Its bytes are dropped when this is done, and its waveform too, unless the person
allows that a feeling is read from it, or from the face in a video note."""

import time

from models.speech.audio import BadSound, Sound, TooLong, Truncated, decode
from models.speech.recognise import Between, Recogniser, RecogniserUnavailable
from workers.errors import Transient
from workers.journal import turns
from workers.journal.database import Journal, JournalUnavailable
from workers.turn.context import Film, Listened, TurnContext

NOTHING_HEARD = "nothing_heard"
GIVES_WAY_S = 30.0
"""Seconds that one recording waits in all, between its pieces, for answers that are due to others."""
LOOK_S = 0.1


def hear(context: TurnContext) -> None:
    """Fills in words and doubts, or why there are none. Raises `Transient` while nothing can be recognised."""
    listened = context.listened
    if listened is None or listened.data is None:
        return
    house = context.house
    data, listened.data = listened.data, None
    try:
        sound = _understand(
            listened,
            house.recogniser,
            data,
            house.settings.voice_limit_s,
            context.language,
            giving_way(house.journal),
        )
    except RecogniserUnavailable as error:
        raise Transient(str(error)) from error
    listened.sound = sound if context.may_feel else None
    listened.film = Film(data, sound.duration_s) if sound is not None and listened.may_see else None


def _understand(
    listened: Listened, recogniser: Recogniser, data: bytes, limit_s: float, language: str, between: Between
) -> Sound | None:
    """Returns the sound in which words were heard."""
    sound: Sound | None = None
    try:
        sound = decode(data, limit_s)
    except Truncated as cut:  # what there is of it may tell of danger
        sound, listened.unheard = cut.partial, _name(cut)
    except BadSound as bad:
        listened.unheard = _name(bad)
    if sound is None:
        return None
    try:
        heard = recogniser.recognise(sound, hint=language, between=between)
    except BadSound as bad:
        listened.unheard = listened.unheard or _name(bad)
        return None
    listened.words, listened.doubts = heard.text, heard.doubtful
    if not heard.text:
        listened.unheard = listened.unheard or NOTHING_HEARD
        return None
    return sound


def giving_way(journal: Journal) -> Between:
    """Between two pieces of a long recording whoever is due an answer goes first: both would slow each other down,
    and the one who wrote a line waits for it, while the one who spoke for minutes does not expect it at once."""
    left = GIVES_WAY_S

    def wait() -> None:
        nonlocal left
        while left > 0 and _answer_due(journal):
            time.sleep(LOOK_S)
            left -= LOOK_S

    return wait


def _answer_due(journal: Journal) -> bool:
    try:
        with journal.read() as session:
            return turns.answer_due(session)
    except JournalUnavailable:  # then nobody can be answered, and what is heard meanwhile need not be heard again
        return False


def _name(bad: BadSound) -> str:
    return "too_long" if isinstance(bad, TooLong) else bad.key.removeprefix("sound.")

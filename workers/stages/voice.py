"""Voice: the answer as sound, in memory only, in the mood that goes with how the person seemed."""

from models.speech.audio import encode_voice
from models.speech.synthesise import SynthesiserUnavailable
from models.speech.synthesise.mood import answering
from workers.errors import Transient
from workers.journal.speeches import Spoken
from workers.turn.context import Superseded, TurnContext


def voice(context: TurnContext) -> None:
    """Fills in `context.spoken`. Raises `Transient` while nothing can speak, and `NotSpoken` where this answer cannot
    be said aloud."""
    if context.script is None:
        raise Superseded
    try:
        synthesiser = context.house.synthesiser
        if synthesiser is None:
            raise Transient("this house has no voice")
        mood = answering(context.estimate)
        speech = synthesiser.synthesise(context.script.words, language=context.script.language, mood=mood)
    except SynthesiserUnavailable as error:
        raise Transient(str(error)) from error
    note = encode_voice(speech.waveform, speech.rate)
    context.spoken = Spoken(note.data, note.duration_s)

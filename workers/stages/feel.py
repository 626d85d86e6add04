"""Feel: what software believes somebody feels, from their voice and from their words. Only with their consent.

An estimate makes a reply fit better and is never what a reply waits for: whatever breaks here, the turn goes on
without one.
"""

import logging
from collections.abc import Callable, Sequence

from models.emotion.estimate import Estimate
from models.emotion.fusion.predict import Fused
from models.reply.age import stated_age
from models.reply.script import language_of
from models.weights import WeightsError
from workers.journal.readings import FACE, VOICE
from workers.turn.context import TurnContext
from workers.turn.felt import as_estimate, as_felt

log = logging.getLogger(__name__)


def feel_voice(context: TurnContext) -> None:
    """Fills in `listened.felt` and drops the sound, which is here only where the person allowed that."""
    listened = context.listened
    if listened is None:
        return
    sound, listened.sound = listened.sound, None
    if sound is None or not listened.words or is_young(context, listened.words):
        return
    estimate = _read(context, lambda: context.house.voice_reader.read(sound.waveform))
    if estimate is not None:
        listened.felt = as_felt(estimate, context.newest_message)


def feel(context: TurnContext) -> None:
    """Fills in `context.felt` from the words of the turn, and `context.fused` and `context.estimate` from all that
    was read of it: words, voice and face are weighed against one another once a turn, and here."""
    if not context.may_feel:
        return
    words = "\n".join(context.messages)
    if not words:
        _merge(context, None)
        return
    if is_young(context, words):
        return
    estimate = _read(context, lambda: context.house.text_reader.read(words, context.language))
    if estimate is not None:
        context.felt = as_felt(estimate, context.newest_message)
    _merge(context, estimate)


def _merge(context: TurnContext, of_words: Estimate | None) -> None:
    perceived = [as_estimate(felt) for felt in context.readings if felt.modality in {VOICE, FACE}]
    estimates = [*perceived, *([of_words] if of_words is not None else [])]
    if not estimates:
        return
    context.fused = fused(context, estimates)
    if context.fused is not None:
        context.estimate = context.fused.estimate
        log.info("feelings fused: turn=%s of=%s", context.turn_id, context.fused.line)


def fused(context: TurnContext, estimates: Sequence[Estimate]) -> Fused | None:
    """What the estimates of one turn come to. None where that could not be found out: the answer is not held up."""
    try:
        return context.house.fusion.fuse(estimates)
    except Exception as error:
        log.exception("not fused: turn=%s error=%s", context.turn_id, type(error).__name__)
    return None


def is_young(context: TurnContext, words: str) -> bool:
    """Whether the person says here that they are too young for estimates: then not even this is estimated."""
    age = stated_age(words, language_of(words, context.language))
    return age is not None and age < context.house.settings.min_age


def _read(context: TurnContext, read: Callable[[], Estimate]) -> Estimate | None:
    try:
        with context.house.reading:
            return read()
    except WeightsError as error:
        log.warning("no estimate: turn=%s error=%s", context.turn_id, error)
    except Exception as error:
        # Whatever breaks in an estimate, the answer is not held up by it. The text of the error may hold words.
        log.exception("no estimate: turn=%s error=%s", context.turn_id, type(error).__name__)
    return None

"""Watch: what the face in a video note seems to feel, over some moments of it. Then the film is dropped."""

import logging

from models.face.film import frames
from models.face.refusal import BadPicture
from models.weights import WeightsError
from workers.stages.feel import is_young
from workers.stages.see import BUDGET_S
from workers.turn.context import TurnContext
from workers.turn.felt import as_felt

log = logging.getLogger(__name__)


def watch(context: TurnContext) -> None:
    """Fills in `listened.seen`. Words were heard, so nothing is said where no face can be seen; whatever breaks here,
    the turn goes on."""
    listened = context.listened
    if listened is None:
        return
    film, listened.film = listened.film, None
    if film is None or not listened.words or is_young(context, listened.words):
        return
    try:
        shown = frames(film.data, film.seconds)
        with context.house.reading, context.house.watchdog.step("watch", BUDGET_S):
            estimate = context.house.face_reader.watch(shown)
    except BadPicture as bad:
        log.info("no face seen: turn=%s why=%s", context.turn_id, bad.key)
    except WeightsError as error:
        log.warning("no face seen: turn=%s error=%s", context.turn_id, error)
    except Exception as error:
        # Whatever breaks in looking, the answer is not held up by it.
        log.exception("no face seen: turn=%s error=%s", context.turn_id, type(error).__name__)
    else:
        listened.seen = as_felt(estimate, context.newest_message)

"""See: what a face in a picture seems to feel. The picture is dropped when this is done."""

import logging

from models.emotion.estimate import Estimate
from models.face.refusal import BadPicture, SeveralFaces
from models.weights import WeightsError
from workers.stages.feel import is_young
from workers.turn.context import Looked, TurnContext
from workers.turn.felt import as_felt

log = logging.getLogger(__name__)

BUDGET_S = 60.0  # the largest picture that is decoded takes two; whoever needs thirty times that hangs
SEVERAL, FAILED, MINOR = "which", "failed", "minor"


def see(context: TurnContext) -> None:
    """Fills in what was read from the face, or why nothing was. Whatever breaks here, the turn goes on."""
    looked = context.looked
    if looked is None or looked.data is None:
        return
    data, looked.data = looked.data, None
    if is_young(context, looked.caption):
        looked.trouble = MINOR
        return
    try:
        with context.house.reading, context.house.watchdog.step("see", BUDGET_S):
            estimate = _read(context, looked, data)
    except SeveralFaces as several:
        looked.trouble, looked.faces = SEVERAL, tuple(several.boxes)
    except BadPicture as bad:
        looked.trouble = bad.key.removeprefix("picture.")
    except WeightsError as error:
        looked.trouble = FAILED
        log.warning("no picture seen: turn=%s error=%s", context.turn_id, error)
    except Exception as error:
        # Whatever breaks in looking, the answer is not held up by it.
        looked.trouble = FAILED
        log.exception("no picture seen: turn=%s error=%s", context.turn_id, type(error).__name__)
    else:
        looked.felt = as_felt(estimate, looked.message_id)


def _read(context: TurnContext, looked: Looked, data: bytes) -> Estimate:
    reader = context.house.face_reader
    return reader.read(reader.look(data, looked.attachment.box))

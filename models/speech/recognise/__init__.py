"""Words out of a recording, each with how sure it is."""

from models.speech.recognise.heard import Heard, Word
from models.speech.recognise.recogniser import (
    Between,
    Recogniser,
    RecogniserUnavailable,
    UnknownRecogniser,
    recogniser_from,
)

__all__ = [
    "Between",
    "Heard",
    "Recogniser",
    "RecogniserUnavailable",
    "UnknownRecogniser",
    "Word",
    "recogniser_from",
]

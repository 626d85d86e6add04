"""The danger screen and the reviewed answers to what it finds. Pure Python, no heavy import."""

from models.danger.affirming import affirms
from models.danger.helplines import countries
from models.danger.hit import Hit, Kind, Tier
from models.danger.protocol import (
    PROTOCOL_VERSION,
    REVIEWED_BY_CLINICIAN,
    about,
    answer,
    help_lines,
    while_unheard,
)
from models.danger.screening import can_wait, load, screen

__all__ = [
    "PROTOCOL_VERSION",
    "REVIEWED_BY_CLINICIAN",
    "Hit",
    "Kind",
    "Tier",
    "about",
    "affirms",
    "answer",
    "can_wait",
    "countries",
    "help_lines",
    "load",
    "screen",
    "while_unheard",
]

"""The pieces that Heed composes itself, so that there is music without any account or file. CC0."""

from models.music.compose.cover import cover
from models.music.compose.piece import Piece, compose

__all__ = ["Piece", "compose", "cover"]

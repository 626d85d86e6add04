"""The seven feelings every room of `models` speaks of (Ekman's six and neutral), in their fixed order."""

from typing import Literal, get_args

Feeling = Literal["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
FEELINGS: tuple[Feeling, ...] = get_args(Feeling)

Modality = Literal["text", "voice", "face", "fused"]
"""What a feeling is read from; `fused` is from several of the others."""
MODALITIES: tuple[Modality, ...] = get_args(Modality)
SOURCES: tuple[Modality, ...] = tuple(each for each in MODALITIES if each != "fused")
"""What is read itself."""

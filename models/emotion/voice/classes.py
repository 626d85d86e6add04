"""RAVDESS's eight classes, which the head tells apart, and the seven feelings they stand for."""

import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.emotion.labels import FEELINGS, Feeling

EIGHT: dict[str, Feeling] = {
    "neutral": "neutral",
    "calm": "neutral",
    "happy": "happiness",
    "sad": "sadness",
    "angry": "anger",
    "fearful": "fear",
    "disgust": "disgust",
    "surprised": "surprise",
}
"""RAVDESS (Livingstone & Russo 2018) in the order of its file names. Calm was recorded as a second kind of
baseline with little or no arousal, so that its probability is counted to neutral."""

CLASSES = tuple(EIGHT)

WORDS: dict[str, str] = {
    "neutral": "neutral, neu, 중립, 무감정, nötr, tarafsız",
    "calm": "calm, 평온, 차분, sakin",
    "happy": "happy, happiness, joy, joyful, hap, 기쁨, 행복, mutlu, mutluluk, neşe, neşeli, sevinç",
    "sad": "sad, sadness, 슬픔, üzgün, üzüntü, mutsuz",
    "angry": "angry, anger, ang, 분노, 화남, kızgın, öfke, öfkeli, sinirli",
    "fearful": "fearful, fear, fea, afraid, scared, anxiety, anxious, 두려움, 공포, 불안, korku, korkmuş, korkulu",
    "disgust": "disgust, disgusted, dis, 혐오, iğrenme, tiksinme, tiksinti",
    "surprised": "surprised, surprise, sur, ps, pleasant surprise, pleasant surprised, 놀람, 놀라움, 당황, "
    "şaşkın, şaşkınlık, şaşırmış",
}
"""Labels of other corpora, with IEMOCAP's and TESS's short forms, and the words of Korean and Turkish ones. A
corpus's own `calm` (TurEV-DB) is read as RAVDESS's. Frustration, boredom and contempt are none of the eight."""


def folded(label: str) -> str:
    """`label` without case, marks and ways of writing a gap: Turkish letters are lost in many a file's name, and a
    capital I without its language is either of two."""
    spread = unicodedata.normalize("NFKD", label.strip().casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter)).replace("ı", "i")
    return " ".join(bare.replace("_", " ").replace("-", " ").split())


SYNONYMS: dict[str, str] = {folded(word): name for name, words in WORDS.items() for word in words.split(", ")}

SEVEN_OF_EIGHT: NDArray[np.float32] = np.array(
    [[float(feeling == seventh) for seventh in FEELINGS] for feeling in EIGHT.values()], np.float32
)
"""[8, 7]: probabilities of the eight times this are probabilities of the seven."""


def eight(row: Mapping[str, str]) -> str | None:
    """The class of a row of index.csv (`label`, `label7`), or None where it has none of the eight."""
    return SYNONYMS.get(folded(row.get("label", ""))) or SYNONYMS.get(folded(row.get("label7", "")))

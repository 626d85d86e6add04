"""What the readers say of what nobody said, showed or wrote: sound, tiles and letters that are noise."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.emotion.face import evaluate as face_evaluation
from models.emotion.face.inputs import MOVING
from models.emotion.face.predict import Face
from models.emotion.face.tile import SIDE
from models.emotion.fusion.opinions import Opinions, of_noise
from models.emotion.labels import FEELINGS, SOURCES, Modality
from models.emotion.text.predict import LEAST_LETTERS, Text
from models.emotion.voice.corpus import sound, utterances
from models.emotion.voice.mel import RATE
from models.emotion.voice.predict import Voice
from models.weights.learned import Licence

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

VERSION = 1
"""Counted up whenever other noise is made than before."""
KEPT = Path(__file__).parent / "said_of_noise"
"""What the committed readers said of the part of the noise that no pool was learned from."""
SEED = 20261122
TEXTS, SOUNDS, TILES = 200, 60, 400
BABBLERS = 6
"""Voices that talk at once where babble is made."""
SOUND_S = 3.0
PIECE = 12
"""Pixels of the pieces that a scrambled face is cut into: each holds an eye or a corner of a mouth."""


def text(reader: Text) -> Opinions:
    """Of random letters, in words of 1 to 9."""
    chance = np.random.default_rng(SEED)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    texts = [
        " ".join("".join(chance.choice(letters, chance.integers(1, 10))) for _ in range(chance.integers(2, 14)))
        for _ in range(TEXTS)
    ]
    head, heard = reader.head("en"), reader.heard(texts, "en")
    chances = head.weighed(heard.opinions)
    worded = np.array([sum(map(str.isalpha, each)) >= LEAST_LETTERS for each in texts], np.bool_)
    return of_noise(
        chances, np.asarray(head.familiar(heard.costs) & worded & (chances.max(axis=1) >= head.sure_from))
    )


def voice(reader: Voice, data: Path, corpus: str) -> Opinions:
    """Of white noise, of noise with speech's spectrum in speech's syllables, and of six voices at once."""
    chance = np.random.default_rng(SEED)
    rows = [row for row in utterances(data) if row.corpus == corpus]
    chances, speaks = np.full((SOUNDS, len(FEELINGS)), 1 / len(FEELINGS), np.float32), np.zeros(SOUNDS, np.bool_)
    for number in range(SOUNDS):
        voices = [sound(rows[int(at)].path, SOUND_S) for at in chance.integers(0, len(rows), BABBLERS)]
        made = (_white, _speechlike, _babble)[number % 3](voices, chance)
        found = reader.read(made)
        if found.abstained is None:
            chances[number], speaks[number] = [found.probabilities[feeling] for feeling in FEELINGS], True
    return of_noise(chances, speaks)


def face(reader: Face, data: Path, cache: Path) -> Opinions:
    """Of random pixels, half of them smoothed, and of faces cut into pieces and laid out anew."""
    chance = np.random.default_rng(SEED)
    tiles = face_evaluation.given(data, reader, cache).looked.tiles
    chosen = tiles[chance.integers(0, len(tiles), TILES // 2)]
    made = np.concatenate([_pixels(TILES - len(chosen), chance), np.stack([_scrambled(t, chance) for t in chosen])])
    inputs = reader.inputs(made, np.full((len(made), len(MOVING)), np.nan, np.float32))
    chances, head = reader.head.probabilities(inputs), reader.head
    alike = head.strangeness(inputs) <= head.alike_to
    return of_noise(chances, np.asarray(alike & (chances.max(axis=1) >= head.sure_from), np.bool_))


def kept_noise(licence: Licence, folder: Path = KEPT) -> dict[Modality, Opinions]:
    """What training kept for judging. Raises FileNotFoundError where it did not."""
    held = json.loads((folder / f"{licence}.json").read_text(encoding="utf-8"))
    return {
        source: of_noise(np.array(held[source]["chances"], np.float32), np.array(held[source]["speaks"], np.bool_))
        for source in SOURCES
    }


def keep_noise(said: Mapping[Modality, Opinions], licence: Licence, folder: Path = KEPT) -> None:
    """Write what `kept_noise` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    held = {
        source: {
            "chances": [[round(float(value), 5) for value in row] for row in said[source].chances],
            "speaks": said[source].speaks.tolist(),
        }
        for source in SOURCES
    }
    (folder / f"{licence}.json").write_text(json.dumps(held), encoding="utf-8")


def _white(_: list[Floats], chance: np.random.Generator) -> Floats:
    return _loud(chance.standard_normal(int(SOUND_S * RATE)))


def _speechlike(voices: list[Floats], chance: np.random.Generator) -> Floats:
    """The spectrum of a voice with random phases, rising and falling like syllables."""
    count = int(SOUND_S * RATE)
    spectrum = np.abs(np.fft.rfft(voices[0], count))
    turned = np.fft.irfft(spectrum * np.exp(2j * np.pi * chance.random(len(spectrum))), count)
    beat = 0.55 + 0.45 * np.sin(2 * np.pi * chance.uniform(2, 6) * np.arange(count) / RATE)
    return _loud(turned * beat)


def _babble(voices: list[Floats], chance: np.random.Generator) -> Floats:
    together = np.zeros(int(SOUND_S * RATE))
    for each in voices:
        together += np.roll(
            np.pad(each, (0, max(0, len(together) - len(each))))[: len(together)], chance.integers(RATE)
        )
    return _loud(together)


def _loud(made: NDArray[np.float64]) -> Floats:
    return np.asarray(0.3 * made / max(float(np.abs(made).max()), 1e-9), np.float32)


def _pixels(count: int, chance: np.random.Generator) -> Bytes:
    fine = chance.integers(0, 256, (count - count // 2, SIDE, SIDE), dtype=np.uint8)
    coarse = chance.integers(0, 256, (count // 2, SIDE // 4, SIDE // 4), dtype=np.uint8)
    return np.concatenate([fine, coarse.repeat(4, axis=1).repeat(4, axis=2)])


def _scrambled(tile: Bytes, chance: np.random.Generator) -> Bytes:
    across = SIDE // PIECE
    pieces = tile.reshape(across, PIECE, across, PIECE).transpose(0, 2, 1, 3).reshape(-1, PIECE, PIECE)
    mixed = pieces[chance.permutation(len(pieces))].reshape(across, across, PIECE, PIECE)
    return np.ascontiguousarray(mixed.transpose(0, 2, 1, 3).reshape(SIDE, SIDE))

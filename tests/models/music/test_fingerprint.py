"""Fingerprints: the same recording is known again, and another one is not taken for it."""

import numpy as np
import pytest

from models.music import fingerprint, sound
from models.music.tags import Tags
from tests.rig.tunes import RATE, tune


def mono(
    samples: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    return samples.mean(axis=1, dtype=np.float32)


@pytest.mark.parametrize("seed", range(4))
def test_the_same_recording_is_known_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    original = tune(seed, 30)
    known = fingerprint.of(mono(original), RATE)
    monkeypatch.setattr(sound, "BIT_RATE", "64k")
    again = sound.decoded(sound.as_mp3(original * np.float32(0.3), RATE, Tags(), None)).samples
    for changed in (
        again,
        again[RATE:],
        again[: -2 * RATE],
        np.concatenate([np.zeros((RATE, 2), np.float32), again]),
    ):
        assert fingerprint.same(known, fingerprint.of(mono(changed), RATE))


def test_another_piece_is_not_taken_for_it() -> None:
    prints = [fingerprint.of(mono(tune(seed, 15)), RATE) for seed in range(16)]
    apart = [fingerprint.difference(a, b) for n, a in enumerate(prints) for b in prints[:n]]
    assert min(apart) > fingerprint.ALIKE + 0.05


def test_what_is_too_short_is_the_same_as_nothing() -> None:
    short = fingerprint.of(mono(tune(1, 1)), RATE)
    assert not fingerprint.same(short, short)
    assert not fingerprint.same(b"", b"")

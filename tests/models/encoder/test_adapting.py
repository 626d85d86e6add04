"""What torch teaches is what numpy serves, and a stopped lesson goes on. Skipped without weights, or torch."""

import random
from pathlib import Path

import numpy as np
import pytest

from models.encoder import Encoder, Packed, Tokens
from tests.rig.weights import weight

torch = pytest.importorskip("torch", reason="torch is of the extra [train]")
adapting = pytest.importorskip("models.encoder.adapting")

TEXTS = ["I have waited for this all year", "오늘은 조금 지쳤어요", "bugün hiçbir şey yolunda gitmedi", "ok"]
RANK = 2


@pytest.fixture(scope="module")
def packed() -> Packed:
    return Packed(weight("multilingual-e5-small-q4"))


@pytest.fixture(scope="module")
def numbers(packed: Packed) -> list[list[int]]:
    tokens = Tokens(packed.vocabulary())
    return [tokens.of(text) for text in TEXTS]


def _taught(packed: Packed, numbers: list[list[int]], epochs: int, kept: Path | None = None) -> "adapting.Model":
    torch.manual_seed(1)
    model = adapting.Model(packed, len(TEXTS), RANK)

    def batches(epoch: int) -> list[list[tuple[list[int], int]]]:
        rows = [(number, place) for place, number in enumerate(numbers)]
        return adapting.by_length(rows, 2, lambda row: len(row[0]), random.Random(epoch))

    def loss(batch: list[tuple[list[int], int]]) -> "torch.Tensor":
        scores = model([text for text, _ in batch])
        return torch.nn.functional.cross_entropy(scores, torch.tensor([label for _, label in batch]))

    adapting.teach(model, batches, loss, adapting.Pace(epochs, 1e-3, 1e-3), kept)
    return model


@pytest.mark.weights
def test_what_was_taught_reads_a_text_as_it_is_served(packed: Packed, numbers: list[list[int]]) -> None:
    model = _taught(packed, numbers, 2)
    learned = {name: array.astype(np.float32) for name, array in model.learned().items()}
    served = np.array([Encoder(packed, learned).vector(text) for text in numbers])
    with torch.inference_mode():
        taught = model.vectors(numbers).numpy()
    assert np.abs(served - taught).max() < 2e-3  # what is learned is served with half precision


@pytest.mark.weights
def test_a_lesson_that_was_stopped_goes_on_as_if_it_never_had_been(
    packed: Packed, numbers: list[list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapting, "TOLD", 3)
    whole = _taught(packed, numbers, 3)

    keep, kept = adapting._keep, tmp_path / "state"

    def stopped(*state: object) -> None:
        keep(*state)
        raise KeyboardInterrupt

    monkeypatch.setattr(adapting, "_keep", stopped)
    with pytest.raises(KeyboardInterrupt):
        _taught(packed, numbers, 3, kept)
    monkeypatch.setattr(adapting, "_keep", keep)
    again = _taught(packed, numbers, 3, kept)
    for name, array in whole.learned().items():
        np.testing.assert_array_equal(again.learned()[name], array)

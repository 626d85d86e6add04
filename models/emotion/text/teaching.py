"""Teaches the encoder the words of the corpora: several at once, or one of them. Needs torch."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from models.emotion.text.adapter import Words, pieces
from models.emotion.text.corpus import Labelled
from models.emotion.text.lesson import TRANSLATED, Lesson
from models.encoder import Packed, Tokens
from models.encoder.adapting import Model, Pace, by_length, teach

SEVERAL_WEIGHT = 7.0
"""Brings the mean over many words, most of which are absent, to the size of a choice among seven."""


@dataclass(frozen=True, slots=True)
class _Example:
    numbers: list[int]
    corpus: str
    target: list[float]
    several: bool


def taught(
    rows: Sequence[Labelled], words: Words, lesson: Lesson, encoder: Path, kept: Path
) -> dict[str, NDArray[Any]]:
    """What was learned from `rows` to name `words`; the lesson goes on from the state in the file `kept`."""
    torch.manual_seed(lesson.seed)
    packed = Packed(encoder)
    model = Model(packed, sum(map(len, words.values())), lesson.rank, half=True)
    tokens = Tokens(packed.vocabulary())
    examples = [_example(row, words, pieces(tokens, row.text, lesson.longest)) for row in rows]

    with torch.no_grad():
        model.head.bias.copy_(torch.cat([_usual(examples, corpus) for corpus in words]))

    def batches(epoch: int) -> list[list[_Example]]:
        chance = random.Random(f"{lesson.seed} {epoch}")
        shown: list[_Example] = []
        for corpus, times in lesson.shown.items():
            mine = [one for one in examples if one.corpus == corpus]
            shown += mine * int(times) + chance.sample(mine, round(times % 1 * len(mine)))
        return by_length(shown, lesson.batch, lambda one: len(one.numbers), chance)

    def loss(batch: list[_Example]) -> Tensor:
        scores = model([one.numbers for one in batch])
        return torch.cat(list(_losses(scores, batch, words, lesson.smoothing))).sum() / len(batch)

    teach(model, batches, loss, Pace(lesson.epochs, lesson.rate, lesson.rate), kept)
    return model.learned()


def _usual(examples: list[_Example], corpus: str) -> Tensor:
    """Log-odds of each word of `corpus`, which the head begins with: else the encoder is first taught to say them, of
    whatever text, and can stay there."""
    own = [one.target for one in examples if TRANSLATED.get(one.corpus, one.corpus) == corpus]
    return torch.logit(torch.tensor(own).mean(0), eps=1e-3)


def _losses(scores: Tensor, batch: list[_Example], words: Words, smoothing: float) -> Iterator[Tensor]:
    """The loss of each example, corpus by corpus: of no other's words is it asked."""
    first = 0
    for corpus, own in words.items():
        places = [place for place, one in enumerate(batch) if TRANSLATED.get(one.corpus, one.corpus) == corpus]
        said = scores[places, first : first + len(own)]
        first += len(own)
        if not places:
            continue
        target = torch.tensor([batch[place].target for place in places])
        if batch[places[0]].several:
            each = F.binary_cross_entropy_with_logits(said, target, reduction="none")
            yield SEVERAL_WEIGHT * each.mean(1)
        else:
            yield F.cross_entropy(said, target, label_smoothing=smoothing, reduction="none")


def _example(row: Labelled, words: Words, numbers: list[int]) -> _Example:
    own = words[TRANSLATED.get(row.corpus, row.corpus)]
    return _Example(numbers, row.corpus, [float(word in row.labels) for word in own], row.several)

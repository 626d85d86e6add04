"""Teaches the second opinion: `python -m models.danger.second.train --encoder FILE [--data ../shared/data/text]`.

Needs torch, which serving does not. Low-rank additions to every linear layer of multilingual-e5-small (Hu et al.
2021, "LoRA"), its biases and normalisations, and a head for three labels and four kinds. Learns from the sentences of
`models/danger/training` and, as ordinary talk, GoEmotions (Apache-2.0), KOTE and Chatbot_data (MIT). Each sentence is
shown plain or varied: without punctuation, marks or blanks, or with a slip of the finger. The thresholds are chosen
on the earlier held-out sets of the tests, which are therefore no measure of it; the fresh set is.
"""

import argparse
import json
import random
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from models.danger import lessons
from models.danger.hit import Kind
from models.danger.second.judge import FILE, KINDS, LABELS, Judge, spelled
from models.danger.second.thresholds import choose
from models.encoder import Packed, Tokens, read_learned
from models.encoder.adapting import Model, Pace, by_length, teach
from models.encoder.learned import keep_learned
from models.words import HANGUL

ORDINARY = (("goemotions/train", "text", 1500), ("kote/train", "text", 1000), ("chatbot_ko/all", "q", 1000))
ORDINARY_WEIGHT = 0.5
KIND_WEIGHT = 0.3
SMOOTHING = 0.05
JOINED = 900
"""Joined texts that are made for each script: Hangul, and Latin letters."""
VARIED = 0.4
BATCH, RANK, RATE, HEAD_RATE = 32, 16, 1e-3, 1e-3
SEED = 0
UNCHOSEN = {"listen": -99.0, "hint_adds": 0.0, "ask": 0.0, "clear": 0.0}


@dataclass(frozen=True)
class Example:
    plain: list[int]
    varied: list[int]
    label: int
    kind: int
    weight: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", type=Path, required=True, help="the packed multilingual-e5-small")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/text"))
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--goes-on", action="store_true", help="begin with what is learned, at a third of the rate")
    parser.add_argument(
        "--thresholds-only", action="store_true", help="keep what was learned, choose thresholds anew"
    )
    chosen = parser.parse_args()
    if not chosen.thresholds_only:
        random.seed(SEED)
        torch.manual_seed(SEED)
        packed = Packed(chosen.encoder)
        examples = _examples(Tokens(packed.vocabulary()), chosen.data)
        model = Model(packed, len(LABELS) + len(KINDS), RANK)
        taught = _take_up(model) if chosen.goes_on else []
        pace = Pace(chosen.epochs, RATE / 3 if chosen.goes_on else RATE, HEAD_RATE)
        teach(model, lambda epoch: _batches(examples, epoch), lambda batch: _loss(model, batch), pace)
        taught.append({"epochs": chosen.epochs, "texts": len(examples)})
        keep_learned(FILE, {"thresholds": UNCHOSEN, "lessons": taught}, model.learned())
    thresholds = choose(Judge(chosen.encoder), chosen.data)
    print("thresholds", json.dumps(thresholds))
    _rewrite(thresholds)
    print(f"{FILE.name}: {FILE.stat().st_size} bytes")


def _examples(tokens: Tokens, data: Path) -> list[Example]:
    found = []
    for path in sorted(lessons.SENTENCES.glob("*.jsonl")):
        for row in lessons.rows(path):
            kind = KINDS.index(Kind(row["kind"]) if row["kind"] else None)
            found.append((row["text"], LABELS.index(row["label"]), kind, 1.0))
    found += [(text, 0, 0, ORDINARY_WEIGHT) for text in lessons.public(data, ORDINARY, longest=200)]
    found += _joined(found)
    return [
        Example(tokens.of(spelled(text)), tokens.of(spelled(_varied(text))), label, kind, weight)
        for text, label, kind, weight in found
    ]


def _joined(found: list[tuple[str, int, int, float]]) -> list[tuple[str, int, int, float]]:
    """Several messages as one text, as they stand in a turn: harmless ones, some with one that is not among them."""
    by_script: dict[bool, list[tuple[str, int, int, float]]] = {True: [], False: []}
    for one in found:
        by_script[bool(HANGUL.search(one[0]))].append(one)
    made = []
    for group in by_script.values():
        harmless = [one for one in group if one[1] == 0 and len(one[0]) < 120]
        telling = [one for one in group if one[1] != 0 and len(one[0]) < 120]
        for number in range(JOINED):
            parts = random.sample(harmless, random.randint(2, 6))
            one = random.choice(telling) if number % 3 == 0 else parts[0]
            texts = [part[0] for part in (one, *parts[1:])]
            random.shuffle(texts)
            made.append(("\n".join(texts), one[1], one[2], 1.0))
    return made


def _varied(text: str) -> str:
    if random.random() < 0.5:
        text = re.sub(r"[.,!?;:'’\"]", "", text)
    if HANGUL.search(text):
        text = text.replace(" ", "") if random.random() < 0.4 else text
    elif random.random() < 0.5:
        bare = unicodedata.normalize("NFD", text)
        text = "".join(sign for sign in bare if unicodedata.category(sign) != "Mn").replace("ı", "i")
    if random.random() < 0.3 and len(text) > 8:
        at = random.randrange(1, len(text) - 1)
        swapped = text[at + 1] + text[at] + text[at + 2 :]
        text = text[:at] + (text[at + 1 :] if random.random() < 0.5 else swapped)
    return text


def _take_up(model: Model) -> list[dict[str, int]]:
    """Puts what is learned already into `model`; returns the lessons that it came from."""
    about, arrays = read_learned(FILE)
    model.take_up(arrays)
    taught: list[dict[str, int]] = about["lessons"]
    return taught


def _batches(examples: list[Example], epoch: int) -> list[list[tuple[Example, list[int]]]]:
    """Of similar length, in random order; each example plain or varied."""
    chance = random.Random(f"{SEED} {epoch}")
    shown = [(example, example.varied if chance.random() < VARIED else example.plain) for example in examples]
    return by_length(shown, BATCH, lambda one: len(one[1]), chance)


def _loss(model: Model, batch: list[tuple[Example, list[int]]]) -> Tensor:
    scores = model([text for _, text in batch])
    labels, kinds = (torch.tensor([getattr(one, part) for one, _ in batch]) for part in ("label", "kind"))
    weights = torch.tensor([one.weight for one, _ in batch])
    of_label = F.cross_entropy(scores[:, : len(LABELS)], labels, label_smoothing=SMOOTHING, reduction="none")
    of_kind = F.cross_entropy(scores[:, len(LABELS) :], kinds, reduction="none")
    return ((of_label + KIND_WEIGHT * of_kind) * weights).mean()


def _rewrite(thresholds: dict[str, float]) -> None:
    about, arrays = read_learned(FILE)
    keep_learned(FILE, about | {"thresholds": thresholds}, arrays)


if __name__ == "__main__":
    main()

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
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.danger import lessons
from models.danger.hit import Kind
from models.danger.second.judge import FILE, KINDS, LABELS, Judge, read_learned
from models.danger.second.packed import Packed
from models.danger.second.thresholds import choose
from models.danger.second.tokens import Tokens
from models.words import HANGUL

ORDINARY = (("goemotions/train", "text", 1500), ("kote/train", "text", 1000), ("chatbot_ko/all", "q", 1000))
ORDINARY_WEIGHT = 0.5
KIND_WEIGHT = 0.3
SMOOTHING = 0.05
JOINED = 900
"""Joined texts that are made for each script: Hangul, and Latin letters."""
VARIED = 0.4
BATCH, RANK, RATE, HEAD_RATE, WARM = 32, 16, 1e-3, 1e-3, 0.06
SEED = 0
UNCHOSEN = {"listen": -99.0, "hint_adds": 0.0, "ask": 0.0, "clear": 0.0}


@dataclass(frozen=True)
class Example:
    plain: list[int]
    varied: list[int]
    label: int
    kind: int
    weight: float


class Adapted(nn.Module):
    """A frozen linear layer and what is learned beside it."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.register_buffer("weight", weight, persistent=False)
        self.A = nn.Parameter(torch.randn(RANK, inputs) / inputs**0.5)
        self.B = nn.Parameter(torch.zeros(outputs, RANK))
        self.b = nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.b) + F.linear(F.linear(x, self.A), self.B)


class Norm(nn.Module):
    def __init__(self, weight: Tensor, bias: Tensor, epsilon: float) -> None:
        super().__init__()
        self.w, self.b, self.epsilon = nn.Parameter(weight), nn.Parameter(bias), epsilon

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, self.w.shape, self.w, self.b, self.epsilon)


class Layer(nn.Module):
    def __init__(self, packed: Packed, number: int) -> None:
        super().__init__()
        hidden, inner, self.heads = packed.shape.hidden, packed.shape.inner, packed.shape.heads

        def linear(part: str, inputs: int, outputs: int) -> Adapted:
            weight, bias = f"l{number}.{part}.w", f"l{number}.{part}.b"
            return Adapted(_tensor(packed, weight, outputs, inputs), _tensor(packed, bias, outputs))

        def norm(part: str) -> Norm:
            weight, bias = (_tensor(packed, f"l{number}.{part}.{one}", hidden) for one in "wb")
            return Norm(weight, bias, packed.shape.epsilon)

        self.q, self.k, self.v, self.ao = (linear(part, hidden, hidden) for part in ("q", "k", "v", "ao"))
        self.fi, self.fo = linear("fi", hidden, inner), linear("fo", inner, hidden)
        self.aln, self.oln = norm("aln"), norm("oln")
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (part(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (self.q, self.k, self.v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).flatten(2)
        x = self.aln(x + self.drop(self.ao(mixed)))
        return self.oln(x + self.drop(self.fo(F.gelu(self.fi(x)))))


class Model(nn.Module):
    """The encoder with its head: pieces [batch, length] to scores [batch, labels + 1 + kinds]."""

    def __init__(self, packed: Packed) -> None:
        super().__init__()
        shape = packed.shape
        self._packed = packed
        places = packed.tensor("emb.pos", shape.positions, shape.hidden)
        self.register_buffer("places", torch.from_numpy(places + packed.tensor("emb.type", 2, shape.hidden)[0]))
        weight, bias = (_tensor(packed, f"emb.ln.{one}", shape.hidden) for one in "wb")
        self.first = Norm(weight, bias, shape.epsilon).requires_grad_(False)
        self.layers = nn.ModuleList(Layer(packed, number) for number in range(shape.layers))
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(shape.hidden, len(LABELS) + len(KINDS))

    def forward(self, texts: list[list[int]]) -> Tensor:
        lengths = torch.tensor([len(text) for text in texts])
        longest = int(lengths.max())
        here = torch.arange(longest)[None] < lengths[:, None]
        numbers = np.array([text + [0] * (longest - len(text)) for text in texts])
        words = torch.from_numpy(self._packed.words(numbers.ravel())).view(len(texts), longest, -1)
        x = self.first(words + self.places[:longest])
        mask = torch.zeros(len(texts), 1, 1, longest).masked_fill(~here[:, None, None], -1e9)
        for layer in self.layers:
            x = layer(x, mask)
        mean = (x * here[..., None]).sum(1) / lengths[:, None]
        return self.head(self.drop(mean))


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
        model = Model(packed)
        taught = _take_up(model) if chosen.goes_on else []
        _teach(model, examples, chosen.epochs, RATE / 3 if chosen.goes_on else RATE)
        taught.append({"epochs": chosen.epochs, "texts": len(examples)})
        _save(model, {"thresholds": UNCHOSEN, "lessons": taught})
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
        Example(tokens.of(text), tokens.of(_varied(text)), label, kind, weight) for text, label, kind, weight in found
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
    learned = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    unknown = model.load_state_dict(learned, strict=False).unexpected_keys
    if unknown:
        raise ValueError(f"what was learned is of another make: {unknown[:3]}")
    taught: list[dict[str, int]] = about["lessons"]
    return taught


def _teach(model: Model, examples: list[Example], epochs: int, rate: float) -> None:
    learned = [(name, part) for name, part in model.named_parameters() if part.requires_grad]
    groups = [
        {"params": [part for name, part in learned if not name.startswith("head")], "lr": rate},
        {"params": list(model.head.parameters()), "lr": HEAD_RATE},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * (len(examples) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (WARM * steps)) * max(0.02, 1 - step / steps)
    )
    began = time.monotonic()
    for epoch in range(epochs):
        lost, batches = 0.0, _batches(examples)
        for number, batch in enumerate(batches, 1):
            loss = _loss(model, batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([part for _, part in learned], 1.0)
            optimizer.step()
            schedule.step()
            lost += loss.item()
            if number % 50 == 0 or number == len(batches):
                seconds = time.monotonic() - began
                print(
                    f"epoch {epoch + 1}: {number} of {len(batches)}, loss {lost / number:.3f}, {seconds:.0f} s",
                    flush=True,
                )
    model.eval()


def _batches(examples: list[Example]) -> list[list[tuple[Example, list[int]]]]:
    """Of similar length, in random order; each example plain or varied."""
    shown = [(example, example.varied if random.random() < VARIED else example.plain) for example in examples]
    random.shuffle(shown)
    batches = []
    for first in range(0, len(shown), BATCH * 40):
        near = sorted(shown[first : first + BATCH * 40], key=lambda one: len(one[1]))
        batches += [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
    random.shuffle(batches)
    return batches


def _loss(model: Model, batch: list[tuple[Example, list[int]]]) -> Tensor:
    scores = model([text for _, text in batch])
    labels, kinds = (torch.tensor([getattr(one, part) for one, _ in batch]) for part in ("label", "kind"))
    weights = torch.tensor([one.weight for one, _ in batch])
    of_label = F.cross_entropy(scores[:, : len(LABELS)], labels, label_smoothing=SMOOTHING, reduction="none")
    of_kind = F.cross_entropy(scores[:, len(LABELS) :], kinds, reduction="none")
    return ((of_label + KIND_WEIGHT * of_kind) * weights).mean()


def _save(model: Model, about: dict[str, Any]) -> None:
    arrays: dict[str, Any] = {}
    for name, part in model.named_parameters():
        if name.startswith("layers."):
            arrays[name] = part.detach().numpy().astype(np.float16)
        elif name.startswith("head."):
            arrays[name] = part.detach().numpy()
    _keep(about, arrays)


def _rewrite(thresholds: dict[str, float]) -> None:
    about, arrays = read_learned(FILE)
    _keep(about | {"thresholds": thresholds}, arrays)


def _keep(about: dict[str, Any], arrays: dict[str, Any]) -> None:
    np.savez_compressed(FILE, about=np.array(json.dumps(about)), **arrays)


def _tensor(packed: Packed, name: str, *shape: int) -> Tensor:
    return torch.from_numpy(packed.tensor(name, *shape))


if __name__ == "__main__":
    main()

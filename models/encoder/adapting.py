"""Teaches the encoder a task: low-rank additions to every linear layer (Hu et al. 2021, "LoRA"), its biases and
normalisations, and a head. Needs torch, which serving does not.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from models.encoder.packed import Packed

ROWS_NEAR = 40
"""Batches that are sorted by length together, so that little of a batch is padding."""
TOLD = 100
"""Steps after which the loss is told and the state is kept."""

T = TypeVar("T")
Batch = TypeVar("Batch")


class Adapted(nn.Module):
    """A frozen linear layer and what is learned beside it."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int, kind: torch.dtype) -> None:
        super().__init__()
        outputs, inputs = weight.shape
        self.register_buffer("weight", weight.to(kind), persistent=False)
        self.A = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.B = nn.Parameter(torch.zeros(outputs, rank))
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
    def __init__(self, packed: Packed, number: int, rank: int, kind: torch.dtype) -> None:
        super().__init__()
        hidden, inner, self.heads = packed.shape.hidden, packed.shape.inner, packed.shape.heads

        def linear(part: str, inputs: int, outputs: int) -> Adapted:
            weight, bias = f"l{number}.{part}.w", f"l{number}.{part}.b"
            return Adapted(_tensor(packed, weight, outputs, inputs), _tensor(packed, bias, outputs), rank, kind)

        def norm(part: str) -> Norm:
            weight, bias = (_tensor(packed, f"l{number}.{part}.{one}", hidden) for one in "wb")
            return Norm(weight, bias, packed.shape.epsilon)

        self.q, self.k, self.v, self.ao = (linear(part, hidden, hidden) for part in ("q", "k", "v", "ao"))
        self.fi, self.fo = linear("fi", hidden, inner), linear("fo", inner, hidden)
        self.aln, self.oln = norm("aln"), norm("oln")
        self.drop = nn.Dropout(0.1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        q, k, v = (part(x).unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (self.q, self.k, self.v))
        # Written out: for texts this short, torch's own attention takes as long on a processor as all else together.
        shares = F.softmax(q @ k.transpose(2, 3) / q.shape[3] ** 0.5 + mask.to(q.dtype), dim=3).to(v.dtype)
        x = self.aln(x + self.drop(self.ao((shares @ v).transpose(1, 2).flatten(2))))
        return self.oln(x + self.drop(self.fo(F.gelu(self.fi(x)))))


class Model(nn.Module):
    """The encoder with its head: pieces [batch, length] to scores [batch, outputs]. `half`: most of the arithmetic in
    bfloat16, twice as fast on a processor that has it."""

    def __init__(self, packed: Packed, outputs: int, rank: int, *, half: bool = False) -> None:
        super().__init__()
        shape = packed.shape
        self._packed, self._half = packed, half
        places = packed.tensor("emb.pos", shape.positions, shape.hidden)
        self.register_buffer("places", torch.from_numpy(places + packed.tensor("emb.type", 2, shape.hidden)[0]))
        weight, bias = (_tensor(packed, f"emb.ln.{one}", shape.hidden) for one in "wb")
        self.first = Norm(weight, bias, shape.epsilon).requires_grad_(False)
        kind = torch.bfloat16 if half else torch.float32
        self.layers = nn.ModuleList(Layer(packed, number, rank, kind) for number in range(shape.layers))
        self.drop, self.head = nn.Dropout(0.1), nn.Linear(shape.hidden, outputs)

    def forward(self, texts: Sequence[Sequence[int]]) -> Tensor:
        return self.head(self.drop(self.vectors(texts)))

    def vectors(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """The mean of the last layer over all pieces: [batch, hidden]."""
        lengths = torch.tensor([len(text) for text in texts])
        longest = int(lengths.max())
        here = torch.arange(longest)[None] < lengths[:, None]
        numbers = np.array([[*text, *[0] * (longest - len(text))] for text in texts])
        words = torch.from_numpy(self._packed.words(numbers.ravel())).view(len(texts), longest, -1)
        x = self.first(words + self.places[:longest])
        mask = torch.zeros(len(texts), 1, 1, longest).masked_fill(~here[:, None, None], -1e9)
        with torch.autocast("cpu", torch.bfloat16, enabled=self._half):
            for layer in self.layers:
                x = layer(x, mask)
        return (x.float() * here[..., None]).sum(1) / lengths[:, None]

    def learned(self) -> dict[str, NDArray[Any]]:
        """What the numpy encoder reads as `learned`, half precision, and the head."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, part in self.named_parameters():
            if name.startswith("layers."):
                arrays[name] = part.detach().numpy().astype(np.float16)
            elif name.startswith("head."):
                arrays[name] = part.detach().numpy()
        return arrays

    def take_up(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Begins with what `learned` gave. Raises ValueError where it came from another make."""
        learned = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
        unknown = self.load_state_dict(learned, strict=False).unexpected_keys
        if unknown:
            raise ValueError(f"what was learned is of another make: {unknown[:3]}")


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate` of the encoder and `head_rate` of the head, rising over the share `warm` of all steps, then falling."""

    epochs: int
    rate: float
    head_rate: float
    warm: float = 0.06

    def at(self, step: int, steps: int) -> float:
        """The share of the rates that a step learns with."""
        return min(1.0, (step + 1) / (self.warm * steps)) * max(0.02, 1 - step / steps)


def teach(
    model: Model,
    batches: Callable[[int], Sequence[Batch]],
    loss: Callable[[Batch], Tensor],
    pace: Pace,
    kept: Path | None = None,
) -> None:
    """Teaches `model` with `batches` of each epoch, which must be the same for the same epoch and as many for each.

    Every `TOLD` steps the state is kept in the file `kept`; a run that finds it goes on there, as if never stopped.
    """
    learned = [(name, part) for name, part in model.named_parameters() if part.requires_grad]
    groups = [
        {"params": [part for name, part in learned if not name.startswith("head")], "full": pace.rate},
        {"params": list(model.head.parameters()), "full": pace.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, lr=pace.rate, weight_decay=0.01)
    done, lost = _go_on(model, optimizer, kept), 0.0
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("teaching")
        for epoch in range(pace.epochs):
            now = batches(epoch)
            steps = pace.epochs * len(now)
            for step, batch in enumerate(now, epoch * len(now)):
                if step < done:
                    continue
                for group in optimizer.param_groups:
                    group["lr"] = group["full"] * pace.at(step, steps)
                optimizer.zero_grad()
                cost = loss(batch)
                cost.backward()
                nn.utils.clip_grad_norm_([part for _, part in learned], 1.0)
                optimizer.step()
                lost += cost.item()
                progress.update(task, total=steps, completed=step + 1)
                if (step + 1) % TOLD == 0 or step + 1 == steps:
                    progress.console.print(f"epoch {epoch + 1}, step {step + 1} of {steps}: loss {lost / TOLD:.3f}")
                    lost = 0.0
                    _keep(model, optimizer, step + 1, kept)
    model.eval()


def by_length(rows: Sequence[T], size: int, length: Callable[[T], int], chance: random.Random) -> list[list[T]]:
    """All `rows` in batches of similar length, in random order."""
    shuffled = chance.sample(rows, len(rows))
    batches = []
    for first in range(0, len(shuffled), size * ROWS_NEAR):
        near = sorted(shuffled[first : first + size * ROWS_NEAR], key=length)
        batches += [near[at : at + size] for at in range(0, len(near), size)]
    chance.shuffle(batches)
    return batches


def _keep(model: Model, optimizer: torch.optim.Optimizer, done: int, kept: Path | None) -> None:
    if kept is None:
        return
    state = {
        "parts": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "chance": torch.get_rng_state(),
        "done": done,
    }
    beside = kept.with_suffix(".partial")
    torch.save(state, beside)
    beside.replace(kept)


def _go_on(model: Model, optimizer: torch.optim.Optimizer, kept: Path | None) -> int:
    """The number of steps that were done before."""
    if kept is None or not kept.is_file():
        return 0
    state = torch.load(kept, weights_only=True)
    model.load_state_dict(state["parts"])
    optimizer.load_state_dict(state["optimizer"])
    torch.set_rng_state(state["chance"])
    return int(state["done"])


def _tensor(packed: Packed, name: str, *shape: int) -> Tensor:
    return torch.from_numpy(packed.tensor(name, *shape))

"""Training the expression network, epoch by epoch, with a checkpoint after each (torch)."""

import copy
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from models.emotion.face import augment
from models.emotion.face.network import Network, kept
from models.emotion.face.run import Run
from models.emotion.face.sheets import Sheets
from models.emotion.face.tile import standard

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]

CHECKPOINT = "network-{mark}.pt"
PART = 256
"""Pictures that are looked at together when nothing is learned."""


def learned(faces: Sheets, held_out: Sheets, plan: Run, folder: Path, threads: int) -> Network:
    """The averaged weights after the last epoch. Goes on after the last checkpoint in `folder`."""
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    network: Network = Network(plan.network.widths, plan.network.drop).to(memory_format=torch.channels_last)
    average: Network = copy.deepcopy(network).eval()
    optimizer = torch.optim.SGD(_groups(network, plan), lr=plan.learning.rate, momentum=0.9, nesterov=True)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / CHECKPOINT.format(mark=plan.mark)
    first = _resumed(path, network, average, optimizer)
    console = Console(stderr=True)
    with Progress(console=console) as progress:
        task = progress.add_task("face network", total=plan.learning.epochs, completed=first)
        for epoch in range(first, plan.learning.epochs):
            loss = _epoch(network, average, optimizer, faces, plan, epoch)
            _, logits = said(average, held_out.tiles)
            right = float((logits.argmax(axis=1) == held_out.targets.argmax(axis=1)).mean())
            _keep(path, network, average, optimizer, epoch + 1)
            progress.advance(task)
            console.print(f"epoch {epoch + 1}: loss {loss:.4f}, held-out faces right {right:.4f}")
    return average


def said(network: Network, tiles: Bytes) -> tuple[Floats, Floats]:
    """Features [n, width] and logits [n, 7] of `tiles`, each the mean over the picture and its mirror image."""
    found: list[tuple[Any, Any]] = []
    network.eval()
    with torch.no_grad():
        for start in range(0, len(tiles), PART):
            pictures = torch.from_numpy(standard(tiles[start : start + PART])).to(memory_format=torch.channels_last)
            features = (network.features(pictures) + network.features(pictures.flip(3))) / 2
            found.append((features, network.last(features)))
    features, logits = (torch.cat(each).numpy() for each in zip(*found, strict=True))
    return np.asarray(features, np.float32), np.asarray(logits, np.float32)


def _epoch(network: Network, average: Network, optimizer: Any, faces: Sheets, plan: Run, epoch: int) -> float:
    """One pass over `faces`; the mean loss."""
    chance = torch.Generator().manual_seed(plan.seed + epoch)
    change = augment.Change(**plan.change)
    learning, side = plan.learning, plan.learning.side(epoch)
    mixing = epoch < learning.epochs * (1 - learning.plain)
    votes = faces.targets
    weights = torch.from_numpy(_weights(votes, learning.rare))
    steps = len(faces.tiles) // learning.batch
    network.train()
    losses = 0.0
    for number, chosen in enumerate(_batches(len(faces.tiles), learning.batch, chance)):
        done = (epoch * steps + number) / (learning.epochs * steps)
        for group in optimizer.param_groups:
            group["lr"] = learning.rate * _rate(done, learning.warm)
        pictures = torch.from_numpy(faces.tiles[chosen])[:, None].float() / 255
        pictures = augment.changed(pictures, side, change, chance)
        targets = torch.from_numpy(votes[chosen]) * weights
        if mixing:
            pictures, targets = augment.mixed(pictures, targets, change, chance)
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(pictures.contiguous(memory_format=torch.channels_last))
        loss = -(targets * F.log_softmax(logits.float(), dim=1)).sum(dim=1).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        taken = epoch * steps + number
        _follow(average, network, min(learning.average, (taken + 1) / (taken + 10)))
        losses += float(loss.detach())
    return losses / max(steps, 1)


def _groups(network: Network, plan: Run) -> list[dict[str, Any]]:
    """Norms and biases are not decayed."""
    flat = [each for each in network.parameters() if each.ndim == 1]
    rest = [each for each in network.parameters() if each.ndim > 1]
    return [{"params": rest, "weight_decay": plan.learning.decay}, {"params": flat, "weight_decay": 0.0}]


def _batches(count: int, batch: int, chance: torch.Generator) -> Iterator[NDArray[np.intp]]:
    """Every picture once, in another order each time; what does not fill a batch is left for another epoch."""
    order = torch.randperm(count, generator=chance).numpy()
    for start in range(0, count - batch + 1, batch):
        yield order[start : start + batch]


def _weights(targets: Floats, rare: float) -> Floats:
    """How much a vote for each feeling counts; the mean over all votes is 1."""
    share = targets.mean(axis=0)
    weights = np.maximum(share, 1e-3) ** -rare
    return np.asarray(weights / (weights * share).sum(), np.float32)


def _rate(done: float, warm: float) -> float:
    """Rises in a straight line, then falls as a cosine."""
    if done < warm:
        return 0.02 + 0.98 * done / warm
    return 0.5 * (1 + math.cos(math.pi * (done - warm) / (1 - warm))) + 1e-3


def _follow(average: Network, network: Network, slowly: float) -> None:
    with torch.no_grad():
        ours, theirs = average.state_dict(), network.state_dict()
        for name, value in ours.items():
            if value.dtype.is_floating_point:
                value.lerp_(theirs[name], 1 - slowly)
            else:
                value.copy_(theirs[name])


def _keep(path: Path, network: Network, average: Network, optimizer: Any, done: int) -> None:
    beside = path.with_suffix(".partial")
    states = {"network": network.state_dict(), "average": average.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**states, "done": done}, beside)
    beside.replace(path)


def _resumed(path: Path, network: Network, average: Network, optimizer: Any) -> int:
    """How many epochs are done already."""
    if not path.is_file():
        return 0
    states = kept(path)
    network.load_state_dict(states["network"])
    average.load_state_dict(states["average"])
    optimizer.load_state_dict(states["optimizer"])
    return int(states["done"])

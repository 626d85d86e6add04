"""The expression network: a small residual network on a face of 48x48 grey values (torch: an extra).

Residual blocks after He et al. (2016), with channel weights after Hu et al. (2018); nothing in it depends on
the size of the picture, so that the first epochs may be trained on smaller ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from models.emotion.labels import FEELINGS

REDUCED = 8
"""By how much the channel weights narrow."""


class Block(nn.Module):
    """Two convolutions beside a shortcut; `stride` 2 halves the picture."""

    def __init__(self, inside: int, outside: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(outside)
        self.second = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(outside)
        self.narrow = nn.Linear(outside, outside // REDUCED)
        self.widen = nn.Linear(outside // REDUCED, outside)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or inside != outside:
            self.shortcut = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, picture: Any) -> Any:
        """[n, inside, h, w] to [n, outside, h / stride, w / stride]."""
        found = F.relu(self.first_norm(self.first(picture)))
        found = self.second_norm(self.second(found))
        channels = torch.sigmoid(self.widen(F.relu(self.narrow(found.mean(dim=(2, 3))))))
        return F.relu(found * channels[:, :, None, None] + self.shortcut(picture))


class Network(nn.Module):
    """`widths`: channels of the stem and of the stages, each of which halves the picture."""

    def __init__(self, widths: Sequence[int], drop: float) -> None:
        super().__init__()
        stem, *stages = widths
        self.stem = nn.Sequential(nn.Conv2d(1, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU())
        blocks: list[nn.Module] = []
        before = stem
        for width in stages:
            blocks += [Block(before, width, 2), Block(width, width, 1)]
            before = width
        self.blocks = nn.Sequential(*blocks)
        self.drop = nn.Dropout(drop)
        self.last = nn.Linear(before, len(FEELINGS))

    def features(self, picture: Any) -> Any:
        """float [n, 1, h, w], about mean 0 and deviation 1, to [n, width of the last stage]."""
        return self.blocks(self.stem(picture)).mean(dim=(2, 3))

    def forward(self, picture: Any) -> Any:
        """The logits [n, 7]."""
        return self.last(self.drop(self.features(picture)))


class Served(nn.Module):
    """What is served: the features, and the logits beside them, of standardised pictures of any brightness."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, picture: Any) -> Any:
        """`picture` [n, 1, 48, 48] to features [n, width] and logits [n, 7]."""
        found = self.network.features(picture)
        return found, self.network.last(found)


def parameters(network: Network) -> int:
    """How many numbers were learned."""
    return sum(each.numel() for each in network.parameters())


def kept(path: Path) -> dict[str, Any]:
    """A checkpoint that training wrote. Raises OSError."""
    loaded: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return loaded

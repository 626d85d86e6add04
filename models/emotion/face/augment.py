"""Changed copies of faces for training: turned, moved, flipped, lit otherwise, partly covered, mixed (torch)."""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F


@dataclass(frozen=True, slots=True)
class Change:
    """How far copies may differ: `turn` in degrees, `move` as a share of the side, `zoom` as a factor both ways,
    `contrast` and `gamma` as a share, `cover` as the greatest share of a side that is hidden, `blur` as the chance of
    being made less sharp, `mixed` as the parameter of mixup's beta distribution (Zhang et al. 2018)."""

    turn: float
    move: float
    zoom: float
    gamma: float
    noise: float
    blur: float
    cover: float
    mixed: float


def changed(pictures: Any, side: int, change: Change, chance: torch.Generator) -> Any:
    """`pictures` float [n, 1, h, w] in 0..1, to standardised [n, 1, side, side], every one changed by chance."""
    count = len(pictures)

    def even(low: float, high: float) -> Any:
        return torch.rand(count, generator=chance) * (high - low) + low

    angle = even(-change.turn, change.turn) * (math.pi / 180)
    zoom = torch.exp(even(-1, 1) * math.log(change.zoom))
    flip = torch.where(even(0, 1) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    rows = [cos * flip, -sin, even(-1, 1) * 2 * change.move, sin * flip, cos, even(-1, 1) * 2 * change.move]
    theta = torch.stack(rows, dim=1).reshape(count, 2, 3)
    grid = F.affine_grid(theta, [count, 1, side, side], align_corners=False)
    moved = F.grid_sample(pictures, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    gamma = torch.exp(even(-change.gamma, change.gamma))[:, None, None, None]
    lit = moved.clamp(0.0, 1.0) ** gamma
    soft = F.avg_pool2d(F.pad(lit, (1, 1, 1, 1), mode="reflect"), 3, 1)
    lit = torch.where((even(0, 1) < change.blur)[:, None, None, None], soft, lit)
    found = standardised(lit)
    found = found + torch.randn(found.shape, generator=chance) * even(0, change.noise)[:, None, None, None]
    return covered(found, change.cover, chance)


def covered(pictures: Any, cover: float, chance: torch.Generator) -> Any:
    """Half of `pictures` with a grey rectangle of up to `cover` of each side (DeVries & Taylor 2017)."""
    count, _, height, width = pictures.shape
    drawn = torch.rand(count, 5, generator=chance)
    places = torch.arange(height)[None, :, None], torch.arange(width)[None, None, :]
    hidden = drawn[:, 4, None, None] < 0.5
    for axis, (place, length) in enumerate(zip(places, (height, width), strict=True)):
        middle = drawn[:, axis, None, None] * length
        half = drawn[:, 2 + axis, None, None] * cover * length / 2
        hidden = hidden & ((place - middle).abs() < half)
    return pictures.masked_fill(hidden[:, None], 0.0)


def standardised(pictures: Any) -> Any:
    """Each of mean 0 and deviation 1, as `tile.standard` makes them."""
    middle = pictures.mean(dim=(2, 3), keepdim=True)
    spread = pictures.std(dim=(2, 3), keepdim=True, unbiased=False)
    return (pictures - middle) / spread.clamp_min(8 / 255)


def mixed(pictures: Any, targets: Any, change: Change, chance: torch.Generator) -> tuple[Any, Any]:
    """Every picture and its target, together with a little of another one's."""
    if change.mixed <= 0:
        return pictures, targets
    # The larger of two shares drawn from a beta distribution, by Johnk's method.
    share = 0.0
    while not share:
        one, two = (float(each) for each in torch.rand(2, generator=chance) ** (1 / change.mixed))
        share = max(one, two) / (one + two) if 0 < one + two <= 1 else 0.0
    other = torch.randperm(len(pictures), generator=chance)
    return pictures * share + pictures[other] * (1 - share), targets * share + targets[other] * (1 - share)

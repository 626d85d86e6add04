"""A learned head: standardise, one layer, temperature; with what it needs in order to say nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.arrays import keep

Floats = NDArray[np.float32]

FORMAT = 1


class UnreadableHead(ValueError):
    """The file is no head of this format."""


@dataclass(frozen=True, slots=True)
class Card:
    """What a head says about itself. `commercial` is whether its training data allow commercial use."""

    name: str
    licence: str
    commercial: bool
    trained_on: tuple[str, ...]
    classes: tuple[str, ...]

    def written(self) -> list[Any]:
        """As it stands in a file, in JSON."""
        return [self.name, self.licence, self.commercial, list(self.trained_on), list(self.classes)]

    @classmethod
    def read(cls, written: Sequence[Any]) -> "Card":
        """The card that `written` gave. Raises ValueError and TypeError where it is none."""
        name, licence, commercial, trained_on, classes = written
        return cls(name, licence, commercial, tuple(trained_on), tuple(classes))


@dataclass(frozen=True, slots=True)
class Rest:
    """What `basis` does not see of an input: as in probabilistic principal components (Tipping & Bishop 1999), all
    other directions together have one level. `inverse` [k, k] undoes the whitening that is in `basis`; `level` is the
    mean square of the others in the training data."""

    inverse: Floats
    level: float

    def joined(self, near: Floats, standard: Floats, places: Floats) -> Floats:
        """The distance `near` within the basis with that outside of it, about 1 for the training data. `standard`
        [n, in] are the inputs, `places` [n, k] where the basis puts them."""
        inside, every = len(self.inverse), standard.shape[1]
        whole = np.sum(standard.astype(np.float64) ** 2, axis=1)
        outside = np.maximum(whole - np.sum((places @ self.inverse).astype(np.float64) ** 2, axis=1), 0)
        return np.asarray(np.sqrt((inside * near**2 + outside / self.level) / every), np.float32)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How much less sure a head is of what is strange to it: beyond the distance `begins`, chances are flattened by
    a temperature that rises by `slope` for each 1 of distance. One temperature for all, fitted on what is like the
    training data, leaves a head as sure of strangers as of those it knows (Ovadia et al. 2019)."""

    begins: float
    slope: float

    def flattened(self, chances: Floats, strange: Floats) -> Floats:
        """`chances` [n, classes] of inputs at the distances `strange` [n]: the same order, less far apart."""
        heat = 1 + self.slope * np.maximum(0, strange - self.begins)
        raised = np.maximum(chances, 1e-9) ** (1 / heat[:, None])
        return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class Head:
    """The input is `centre`d and divided by `scale`; `weight` [in, components] and `bias` give each component's
    logit, divided by `temperature`; `gather` [components, classes] adds the components' probabilities up.

    `basis` [in, k] projects the standardised input to where the training data spread alike in all directions;
    the distance there from the nearest of `means` [components, k] is how unlike the training data an input is. With
    `rest`, what lies outside of those directions counts too, against its level in the training data (`Rest`).
    With `doubt`, whoever asks lets it flatten what is said of strange inputs (`Doubt`), after adding classes up.
    `sure_from` is the least top probability, and `alike_to` the greatest such distance, at which the head speaks.
    Temperature and both thresholds come from data that the weights were not fitted to."""

    card: Card
    centre: Floats
    scale: Floats
    weight: Floats
    bias: Floats
    gather: Floats
    temperature: float
    sure_from: float
    alike_to: float
    basis: Floats
    means: Floats
    rest: Rest | None = None
    doubt: Doubt | None = None
    extras: dict[str, NDArray[Any]] = field(default_factory=dict)

    def probabilities(self, inputs: Floats) -> Floats:
        """`inputs` [n, in] to calibrated probabilities [n, classes]."""
        logits = self.standardised(inputs) @ self.weight + self.bias
        return np.asarray(softmax(logits / np.float32(self.temperature)) @ self.gather, np.float32)

    def strangeness(self, inputs: Floats) -> Floats:
        """How unlike the training data each of `inputs` [n, in] is: about 1 for the training data themselves."""
        standard = self.standardised(inputs)
        places = standard @ self.basis
        near = distance(places, self.means)
        return near if self.rest is None else self.rest.joined(near, standard, places)

    def flattened(self, chances: Floats, strange: Floats) -> Floats:
        """`chances` [n, classes], less sure where the distances `strange` [n] are great; see `Doubt`."""
        return chances if self.doubt is None else self.doubt.flattened(chances, strange)

    def standardised(self, inputs: Floats) -> Floats:
        """`inputs` [n, in] with the training data's mean 0 and deviation 1.

        Raises ValueError for another number of columns.
        """
        if inputs.ndim != 2 or inputs.shape[1] != len(self.centre):
            raise ValueError(f"this head reads {len(self.centre)} numbers")
        return np.asarray((inputs - self.centre) / self.scale, np.float32)


def distance(places: Floats, means: Floats) -> Floats:
    """Root mean square distance of each of `places` [n, k] from the nearest of `means` [m, k]."""
    apart = np.mean((places[:, None, :] - means[None]) ** 2, axis=-1)
    return np.asarray(np.sqrt(apart.min(axis=1)), np.float32)


def softmax(logits: Floats) -> Floats:
    """Rows of `logits` as probabilities."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def save(head: Head, path: Path) -> None:
    """Write `head` with half precision for its large tables; beside it first, then into place."""
    described = {
        "format": FORMAT,
        "card": head.card.written(),
        "temperature": head.temperature,
        "sure_from": head.sure_from,
        "alike_to": head.alike_to,
    }
    arrays: dict[str, NDArray[Any]] = {"about": np.frombuffer(json.dumps(described).encode(), np.uint8)}
    arrays |= {"centre": head.centre, "scale": head.scale, "weight": head.weight.astype(np.float16)}
    arrays |= {"bias": head.bias, "gather": head.gather}
    arrays |= {"basis": head.basis.astype(np.float16), "means": head.means}
    if head.rest is not None:
        arrays |= {"rest_inverse": head.rest.inverse, "rest_level": np.array(head.rest.level)}
    if head.doubt is not None:
        arrays["doubt"] = np.array([head.doubt.begins, head.doubt.slope])
    arrays |= {f"extra_{name}": values for name, values in head.extras.items()}
    keep(path, arrays)


def load(path: Path) -> Head:
    """The head in `path`. Raises `UnreadableHead`, and OSError where the file cannot be opened."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise UnreadableHead(f"{path.name} has format {about['format']}, not {FORMAT}")
            return Head(
                card=Card.read(about["card"]),
                centre=file["centre"],
                scale=file["scale"],
                weight=file["weight"].astype(np.float32),
                bias=file["bias"],
                gather=file["gather"],
                temperature=float(about["temperature"]),
                sure_from=float(about["sure_from"]),
                alike_to=float(about["alike_to"]),
                basis=file["basis"].astype(np.float32),
                means=file["means"],
                doubt=Doubt(*map(float, file["doubt"])) if "doubt" in file.files else None,
                rest=Rest(file["rest_inverse"], float(file["rest_level"])) if "rest_level" in file.files else None,
                extras={name.removeprefix("extra_"): file[name] for name in file.files if name.startswith("extra_")},
            )
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, UnreadableHead):
            raise
        raise UnreadableHead(f"{path.name} is no head") from error

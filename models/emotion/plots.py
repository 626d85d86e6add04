"""The three pictures of an evaluation, by matplotlib (an extra: nothing that serves imports this file)."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from models.emotion import scores
from models.emotion.scores import Curve

mpl.use("Agg")
from matplotlib import pyplot as plt  # the backend is chosen before pyplot is loaded

Guesses = tuple[NDArray[np.int64], NDArray[np.int64]]

SIZE = (5.0, 4.4)


def three(
    guesses: Guesses,
    confidence: NDArray[np.float64],
    chosen: tuple[float, float],
    classes: Sequence[str],
    folder: Path,
) -> None:
    """All three in `folder`. `guesses` are (given, guessed) [n] as places in `classes`, `confidence` [n] is how sure
    each was, and `chosen` is (coverage, error) at the threshold in use."""
    truth, guess = guesses
    right = np.asarray(guess == truth, np.bool_)
    confusion_matrix(scores.confusion(truth, guess, len(classes)), classes, folder / "confusion.png")
    error = scores.calibration_error(confidence, right)
    reliability_diagram(scores.reliability(confidence, right), error, folder / "reliability.png")
    risk_coverage_curve(scores.risk_coverage(confidence, right), chosen, folder / "risk_coverage.png")


def confusion_matrix(counts: NDArray[np.int64], classes: Sequence[str], path: Path) -> None:
    """Rows are the label given, in shares of the row; `counts` [given, guessed]."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.imshow(shares, vmin=0, vmax=1, cmap="Blues")
    axes.set_xticks(range(len(classes)), classes, rotation=45, ha="right")
    axes.set_yticks(range(len(classes)), classes)
    axes.set(xlabel="guessed", ylabel="given")
    for row, values in enumerate(shares):
        for column, share in enumerate(values):
            if counts[row].sum():
                colour = "white" if share > 0.55 else "black"
                axes.text(column, row, f"{share:.2f}", ha="center", va="center", color=colour, fontsize=8)
    _write(figure, path)


def reliability_diagram(curve: Curve, error: float, path: Path) -> None:
    """How often the top guess is right, over how sure it is; dots as large as their bin."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.plot(curve.x, curve.y, color="tab:blue")
    axes.scatter(curve.x, curve.y, s=20 + 400 * curve.weight, color="tab:blue")
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="confidence", ylabel="right", title=f"calibration error {error:.3f}")
    _write(figure, path)


def risk_coverage_curve(curve: Curve, chosen: tuple[float, float], path: Path) -> None:
    """The error among the surest, over how many are answered; `chosen` is (coverage, error) at the threshold."""
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.plot(curve.x, curve.y, color="tab:blue")
    axes.plot(*chosen, marker="o", color="tab:red", linestyle="", label="threshold in use")
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="coverage", ylabel="error")
    axes.legend(loc="lower right")
    _write(figure, path)


def _write(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    plt.close(figure)

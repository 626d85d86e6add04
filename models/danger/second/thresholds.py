"""Chooses when the second opinion is asked, and from where on it speaks, on earlier held-out sets of the tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.danger import lessons, opinion, spelling
from models.danger.evaluate import moments
from models.danger.screening import can_wait, screen
from models.danger.second.judge import Judge

SENTENCES = Path(__file__).parents[3] / "tests" / "models" / "danger" / "sentences"
EVERYDAY_SETS = (("goemotions/dev", "text", 700), ("kote/dev", "text", 700))
HINTS = (0.0, 1.0, 2.0, 3.0)
UNASKED = (0.02, 0.05, 0.1, 0.15, 0.2)  # of the clear sentences that it alone would find, those lost by not asking
FALSE_ALARMS = 0.03  # of hard harmless sentences, door and second opinion together
EVERYDAY = 0.015  # of public everyday talk, which holds a few real ones
WRONG_HELPLINES = 0.003  # of hard harmless sentences, by the second opinion alone


def choose(judge: Judge, data: Path) -> dict[str, float]:
    """Thresholds as `judge.Thresholds` wants them. Prints what they cost."""
    files = sorted(SENTENCES.glob("*.jsonl"))
    rows = [row for path in files for row in lessons.rows(path)]
    labels = np.array([row["label"] for row in rows])
    texts = ["\n".join([*row.get("before", ()), row["text"]]) for row in rows]
    settled, hinted = np.array([_at_door(row) for row in rows]).T
    first = _first(texts)
    clear, none = labels == "clear", labels == "none"
    opinions = [judge.opinion(text) for text in texts]
    alone = clear & ~settled & ~hinted & (np.array([one.danger for one in opinions]) > 0)
    everyday = _Everyday(judge, data)
    best: tuple[float, float, float, float] = (-1.0, 0.0, 0.0, 0.0)
    for lost in UNASKED:
        listen = float(np.quantile(first[alone], lost))
        danger = np.where(hinted | (first >= listen), [one.danger for one in opinions], -np.inf)
        for adds in HINTS:
            scores = danger + adds * hinted
            ask = max(_lowest(scores[none], settled[none], FALSE_ALARMS), everyday.lowest(listen))
            best = max(best, (float((settled | (scores >= ask))[clear].mean()), listen, adds, ask))
    recall, listen, adds, ask = best
    asked = hinted | (first >= listen)
    danger = np.where(asked, [one.danger for one in opinions], -np.inf)
    plainly = np.where(asked, [one.clear for one in opinions], -np.inf)
    surely = max(_lowest(plainly[none], np.zeros(none.sum(), bool), WRONG_HELPLINES), ask)
    found = settled | (danger + adds * hinted >= ask)
    print(f"recall {recall:.3f}, hints {found[labels == 'unclear'].mean():.3f}", end=", ")
    print(f"false alarms {found[none].mean():.3f}, asked of harmless {asked[none].mean():.3f}")
    chosen = {"listen": listen, "hint_adds": adds, "ask": ask, "clear": surely}
    return {name: round(value, 3) for name, value in chosen.items()}


def _at_door(row: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the door answers by itself, and whether it leaves a hint to be decided."""
    settled = hinted = False
    for said in moments(row.get("before", ()), row["text"], row["label"]):
        hit = screen(said[-1], said[:-1])
        if hit is not None and can_wait(hit, said[-1]):
            hinted = True
        elif hit is not None:
            settled = True
    return settled, hinted


def _first(texts: Sequence[str]) -> Any:
    return np.array([opinion.model().score(spelling.plain(text)) for text in texts])


class _Everyday:
    """Log-odds of danger in everyday talk; what is not asked about counts as the least."""

    def __init__(self, judge: Judge, data: Path) -> None:
        texts = lessons.public(data, EVERYDAY_SETS)
        self._first = _first(texts)
        self._danger = np.array([judge.opinion(text).danger for text in texts])

    def lowest(self, listen: float) -> float:
        """The threshold that keeps to `EVERYDAY`, where the second opinion is asked from `listen` on."""
        heard = np.where(self._first >= listen, self._danger, -99.0)
        return float(np.quantile(heard, 1 - EVERYDAY))


def _lowest(scores: Any, already: Any, allowed: float) -> float:
    """The lowest threshold with which no more than `allowed` of all are over it or `already` told."""
    for threshold in np.unique(scores[np.isfinite(scores)]):
        if ((scores >= threshold + 1e-3) | already).mean() <= allowed:
            return float(threshold) + 1e-3
    raise ValueError("no threshold keeps to what is allowed")

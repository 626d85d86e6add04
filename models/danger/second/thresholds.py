"""Chooses when the second opinion is asked, and from where on it speaks, on the first held-out set of the tests."""

import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.danger import opinion, spelling
from models.danger.screening import screen
from models.danger.second.judge import Judge

SENTENCES = Path(__file__).parents[3] / "tests" / "models" / "danger" / "sentences"
EVERYDAY_SETS = (("goemotions/dev", "text"), ("kote/dev", "text"))
EVERYDAY_OF_EACH = 700
UNASKED = 0.005  # of the clear sentences, those that may be lost by not asking
FALSE_ALARMS = 0.05  # of hard harmless sentences, door and second opinion together
EVERYDAY = 0.01  # of public everyday talk, which holds a few real ones
WRONG_HELPLINES = 0.003  # of hard harmless sentences, by the second opinion alone


def choose(judge: Judge, data: Path) -> dict[str, float]:
    """Thresholds as `judge.Thresholds` wants them. Prints what they cost."""
    rows = [
        json.loads(line)
        for path in sorted(SENTENCES.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    labels = np.array([row["label"] for row in rows])
    texts = ["\n".join([*row.get("before", ()), row["text"]]) for row in rows]
    at_door = np.array([_at_door(row) for row in rows])
    first = _first(texts)
    clear, none = labels == "clear", labels == "none"
    listen = float(np.quantile(first[clear & ~at_door], UNASKED))
    opinions = [judge.opinion(text) for text in texts]
    danger = np.where(first >= listen, [one.danger for one in opinions], -np.inf)
    plainly = np.where(first >= listen, [one.clear for one in opinions], -np.inf)
    everyday = _everyday(judge, listen, data)
    ask = max(_lowest(danger[none], at_door[none], FALSE_ALARMS), float(np.quantile(everyday, 1 - EVERYDAY)))
    surely = max(_lowest(plainly[none], np.zeros(none.sum(), bool), WRONG_HELPLINES), ask)
    found = at_door | (danger >= ask)
    print(f"recall {found[clear].mean():.3f}, hints {found[labels == 'unclear'].mean():.3f}", end=", ")
    print(f"false alarms {found[none].mean():.3f}, asked of harmless {(first[none] >= listen).mean():.3f}")
    return {"listen": round(listen, 3), "ask": round(ask, 3), "clear": round(surely, 3)}


def _at_door(row: dict[str, Any]) -> bool:
    before: Sequence[str] = row.get("before", ())
    if screen(row["text"], before):
        return True
    return row["label"] != "none" and any(screen(said, before[:at]) for at, said in enumerate(before))


def _first(texts: Sequence[str]) -> Any:
    return np.array([opinion.model().score(spelling.plain(text)) for text in texts])


def _everyday(judge: Judge, listen: float, data: Path) -> Any:
    """Log-odds of danger in everyday talk; what is not asked about counts as the least."""
    texts: list[str] = []
    for part, field in EVERYDAY_SETS:
        with gzip.open(data / f"{part}.jsonl.gz", "rt", encoding="utf-8") as lines:
            found = [json.loads(line)[field] for line in lines]
        random.Random(7).shuffle(found)
        texts += found[:EVERYDAY_OF_EACH]
    asked = _first(texts) >= listen
    return np.array([judge.opinion(text).danger if ask else -np.inf for text, ask in zip(texts, asked, strict=True)])


def _lowest(scores: Any, already: Any, allowed: float) -> float:
    """The lowest threshold with which no more than `allowed` of all are over it or `already` told."""
    for threshold in np.unique(scores[np.isfinite(scores)]):
        if ((scores >= threshold + 1e-3) | already).mean() <= allowed:
            return float(threshold) + 1e-3
    raise ValueError("no threshold keeps to what is allowed")

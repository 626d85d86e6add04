"""Measures the danger screen on labelled sentences: `python -m models.danger.evaluate [--data FILE.jsonl] [--json]`.

The data are a file of JSON Lines, gzipped or not, or a folder of such. One row is a JSON object with `text`,
`language` (en, ko, tr) and `label` (clear, unclear, none), and, where the text is the last of several messages,
`before`, the list of the earlier ones. With `--json` the last line of the output is one JSON object; with `--card`
the model card beside this file is written anew.

The door alone (`models.danger.screen`, what answers with everything else down) and the whole of it are both measured:
`metrics` are of the house as it runs, where the workers' second opinion hears what the door let through and decides
on mere hints; `door` has those of the door. Without the second opinion's weights both are the same, and it is said.

A row with `before` is screened as it would be in a chat, message by message: a clear or unclear row counts as found
if any of its messages raised it, a harmless row as a false alarm if the last one did.
"""

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from models.danger.hit import Tier
from models.danger.protocol import PROTOCOL_VERSION, REVIEWED_BY_CLINICIAN
from models.danger.screening import can_wait, screen
from models.danger.second import Judge
from models.dataset import UnreadableData, lined
from models.weights import MissingWeight, find
from models.words import LANGUAGES, Language

HERE = Path(__file__).parent
SENTENCES = HERE.parents[1] / "tests" / "models" / "danger" / "fresh"
ENCODER = "multilingual-e5-small-q4"
CARD = HERE / "CARD.md"
LABELS = ("clear", "unclear", "none")
GOALS = {"recall": 0.97, "false_alarm_rate": 0.02, "helpline_false_rate": 0.005}
_Z = 1.959964
"""Two-sided 95 % point of the normal distribution."""


class BadData(ValueError):
    """A row or a file that cannot be measured. The message names the place, never the words."""


@dataclass(frozen=True)
class Row:
    """One labelled sentence and what the screen made of it."""

    language: Language
    label: str
    tier: Tier | None
    door: Tier | None
    """What the screen at the door says by itself."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The Wilson 95 % interval of a rate (Wilson 1927); (0, 1) where nothing was counted."""
    if of == 0:
        return 0.0, 1.0
    rate, square = hits / of, _Z * _Z
    middle = (rate + square / (2 * of)) / (1 + square / of)
    half = _Z * ((rate * (1 - rate) / of + square / (4 * of * of)) ** 0.5) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def _parsed(line: str, place: str) -> tuple[str, list[str], Language, str]:
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadData(f"{place}: not JSON (column {error.colno})") from None
    if not isinstance(row, dict):
        raise BadData(f"{place}: not a JSON object")
    if not isinstance(row.get("text"), str):
        raise BadData(f"{place}: field text must be a string")
    if row.get("language") not in LANGUAGES:
        raise BadData(f"{place}: field language must be one of {', '.join(LANGUAGES)}")
    if row.get("label") not in LABELS:
        raise BadData(f"{place}: field label must be one of {', '.join(LABELS)}")
    before = row.get("before", [])
    if not isinstance(before, list) or not all(isinstance(earlier, str) for earlier in before):
        raise BadData(f"{place}: field before must be a list of strings")
    return row["text"], before, cast(Language, row["language"]), str(row["label"])


def _heard(said: Sequence[str], judge: Judge | None) -> tuple[Tier | None, Tier | None]:
    """What the newest of these messages of one chat raises: in the whole house, and at the door alone."""
    hit = screen(said[-1], said[:-1])
    at_door = hit.tier if hit else None
    if judge is None or (hit is not None and not can_wait(hit, said[-1])):
        return at_door, at_door
    found = judge.screen("\n".join(said), hinted=hit is not None)
    return (found.tier if found else None), at_door


def moments(before: Sequence[str], text: str, label: str) -> list[list[str]]:
    """The chat as it stood at each message that counts: of a harmless row only the last, of others every one."""
    said = [*before, text]
    return [said[:first] for first in range(1 if label != "none" else len(said), len(said) + 1)]


def _gravest(tiers: Sequence[Tier | None]) -> Tier | None:
    return Tier.clear if Tier.clear in tiers else next((tier for tier in tiers if tier), None)


def read(paths: Iterable[Path], judge: Judge | None = None) -> list[Row]:
    """Screens every row of the JSON Lines files `paths`. Raises `BadData`."""
    rows = []
    for path in paths:
        try:
            packed = path.read_bytes()
            text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8-sig")
        except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
            raise BadData(f"{path.name}: cannot be read as UTF-8 text ({type(error).__name__})") from None
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                words, before, language, label = _parsed(line, f"{path.name}, line {number}")
                heard = [_heard(said, judge) for said in moments(before, words, label)]
                whole, door = (_gravest(tiers) for tiers in zip(*heard, strict=True))
                rows.append(Row(language, label, whole, door))
    if not rows:
        raise BadData("no rows to measure")
    return rows


def _rate(name: str, hits: int, of: int) -> dict[str, Any]:
    low, high = wilson(hits, of)
    return {
        name: round(hits / of, 4) if of else None,
        f"{name}_interval": [round(low, 4), round(high, 4)],
        f"{name}_count": [hits, of],
    }


def metrics(rows: Sequence[Row]) -> dict[str, Any]:
    """Rates with Wilson 95 % intervals and counts [hits, of]; a rate is None where there is no row for it."""
    clear = [row.tier for row in rows if row.label == "clear"]
    unclear = [row.tier for row in rows if row.label == "unclear"]
    none = [row.tier for row in rows if row.label == "none"]
    return {
        **_rate("recall", sum(tier is not None for tier in clear), len(clear)),
        **_rate("clear_tier_recall", sum(tier is Tier.clear for tier in clear), len(clear)),
        **_rate("unclear_recall", sum(tier is not None for tier in unclear), len(unclear)),
        **_rate("false_alarm_rate", sum(tier is not None for tier in none), len(none)),
        **_rate("helpline_false_rate", sum(tier is Tier.clear for tier in none), len(none)),
    }


def report(rows: Sequence[Row], second_opinion: bool = False) -> dict[str, Any]:
    """The whole result, as it is printed."""
    door = [replace(row, tier=row.door) for row in rows]
    groups = {f"language:{language}": [row for row in rows if row.language == language] for language in LANGUAGES}
    return {
        "task": "danger",
        "n": len(rows),
        "metrics": metrics(rows),
        "by_group": {name: {"n": len(some), **metrics(some)} for name, some in groups.items() if some},
        "door": metrics(door),
        "second_opinion": second_opinion,
        "model": PROTOCOL_VERSION,
    }


def _table(result: dict[str, Any]) -> str:
    names = ("recall", "clear_tier_recall", "unclear_recall", "false_alarm_rate", "helpline_false_rate")
    lines = ["| | n | " + " | ".join(name.replace("_", " ") for name in names) + " |", "|---" * 7 + "|"]
    for group, some in (
        ("all", {"n": result["n"], **result["metrics"]}),
        *result["by_group"].items(),
        ("the door alone", {"n": result["n"], **result["door"]}),
    ):
        cells = []
        for name in names:
            low, high = some[f"{name}_interval"]
            hits, of = some[f"{name}_count"]
            cells.append("–" if not of else f"{some[name]:.3f} [{low:.3f}, {high:.3f}] ({hits}/{of})")
        lines.append(f"| {group} | {some['n']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def card(result: dict[str, Any], data: str) -> str:
    """The model card as Markdown: what the screen is, its measured figures, its limits."""
    goals = ", ".join(
        f"{name.replace('_', ' ')} {'≥' if name == 'recall' else '≤'} {goal}" for name, goal in GOALS.items()
    )
    review = "reviewed by a clinician" if REVIEWED_BY_CLINICIAN else "not reviewed by a clinician"
    return f"""# Danger screen, version {PROTOCOL_VERSION}

The door: rules over reviewed lexicons in English, Korean and Turkish (`lexicon/*.yaml`), weighed by a learned linear
opinion (`opinion.bin`). The second opinion, in the worker: multilingual-e5-small (MIT) with low-rank additions
(`second/learned.npz`). Both learned from the sentences in `training/` and from ordinary talk of Apache-2.0 and MIT
sets, see `train.py` and `second/train.py`. Nothing in them comes from data with non-commercial terms.
Written by `python -m models.danger.evaluate --card`; the protocol is {review}.

Measured on: {data}. Goals: {goals}. Wilson 95 % intervals, counts in brackets.

{_table(result)}

- recall: clear sentences given either tier. clear tier recall: clear sentences given helplines at once.
- unclear recall: hints given either tier. false alarm rate: harmless sentences given any tier.
- helpline false rate: harmless sentences given helplines.

## Limits

- It reads words. It does not know a person, a voice or a face, and it cannot tell irony from despair.
- Short texts in three languages. Other languages, heavy dialect and long indirect stories are missed more often.
- A row of several messages counts as found if any of its messages raised it, a harmless one by its last message.
- A sentence set is not the world: figures on real conversations will differ, and rare ways of saying it are missing.
- What is missed is still answered by the rest of Heed. One clear statement in five gets the question first; with the
  workers away (the door alone) it is one in three, and one in eight is missed.
- Thresholds were chosen on earlier held-out sets (`tests/models/danger/sentences`), whose harmless sentences are
  harder. The sentences measured here were not looked at, but for their totals, three times (see docs/safety.md).
- What is told of others, of stories and of times long over is left alone on purpose; some of it will be wrong.
- It must never be the only safety net, and no decision about a person may rest on it.
"""


def named(data: Path) -> list[Path]:
    """The files that `data` names: itself, or the JSON Lines of a folder. Raises `BadData`."""
    try:
        return lined(data) if data.is_dir() else [data]
    except UnreadableData as unreadable:
        raise BadData(str(unreadable)) from None


def second_opinion(weights: Path) -> tuple[Judge | None, str]:
    """The second opinion, or why there is none here."""
    try:
        return Judge(find(ENCODER, weights)), ""
    except MissingWeight as missing:
        return None, str(missing)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 0, or 2 with one line on standard error where the data cannot be measured."""
    parser = argparse.ArgumentParser(prog="models.danger.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, help="JSON Lines with text, language, label")
    parser.add_argument("--json", action="store_true", help="last line of output: one JSON object")
    parser.add_argument("--card", action="store_true", help="write CARD.md from this measurement")
    parser.add_argument("--weights", type=Path, default=Path(".heed/weights"), help="folder of the weights")
    chosen = parser.parse_args(arguments)
    judge, lacking = second_opinion(chosen.weights)
    try:
        paths = named(chosen.data) if chosen.data else sorted(SENTENCES.glob("*.jsonl"))
        if not paths:
            raise BadData("no test sentences beside this installation; name a file with --data")
        result = report(read(paths, judge), judge is not None)
    except BadData as error:
        print(error, file=sys.stderr)
        return 2
    if lacking:
        print(f"measured without the second opinion: {lacking}", file=sys.stderr)
    print(_table(result))
    if chosen.card:
        name = chosen.data.name if chosen.data else "the held-out sentences of tests/models/danger/fresh"
        CARD.write_text(card(result, name), encoding="utf-8")
    if chosen.json:
        print(json.dumps(result, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

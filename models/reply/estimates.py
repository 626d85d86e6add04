"""Whether the estimate of a feeling changes an answer for the better: the right estimate against a shuffled one.

``heed evaluate estimates [--data FILE.jsonl] [--json]``

The data has one object a line with `text`, `language` and the `feeling` that it was said with; texts whose words
leave the feeling open. Each is answered three times: with the right estimate, with that of another line, and with
none. The reader of feelings in texts, which knows neither the prompt nor the reviewed sentences, then reads the
answers: one that takes the feeling up is one in which it can be read.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.dataset import UnreadableData, lined, objects
from models.emotion.circumplex import valence_arousal
from models.emotion.estimate import Estimate
from models.emotion.labels import FEELINGS, Feeling
from models.emotion.reader import TextReader
from models.emotion.text.predict import text_reader
from models.program import ended
from models.reply.composer import Composer
from models.reply.evaluate import composer_of, composing
from models.reply.request import Request
from models.weights.learned import Licence
from models.words import LANGUAGES, Language

DATA = Path(__file__).parent.parent.parent / "tests" / "models" / "reply" / "open_to_feelings.jsonl"
SURE = 0.7
"""Probability that the estimates given to the composer have."""
DRAWS = 10_000
"""Of the bootstrap."""

Given = Literal["right", "shuffled", "none"]
WAYS: tuple[Given, ...] = get_args(Given)


@dataclass(frozen=True, slots=True)
class Case:
    """One message, and the feelings that its answers are told."""

    text: str = field(repr=False)
    language: Language
    feeling: Feeling
    other: Feeling

    def told(self, way: Given) -> Estimate | None:
        """What the composer is told of the feeling."""
        if way == "none":
            return None
        return estimate(self.feeling if way == "right" else self.other)


def estimate(feeling: Feeling) -> Estimate:
    """One from a voice, fairly sure of `feeling`."""
    rest = (1 - SURE) / (len(FEELINGS) - 1)
    probabilities = {each: SURE if each == feeling else rest for each in FEELINGS}
    return Estimate("voice", "given", probabilities, *valence_arousal(probabilities))


def read(data: Path) -> list[Case]:
    """The cases of `data`; the other feeling of each is that of a line further on in its language, not its own.
    Raises `UnreadableData`."""
    rows: dict[Language, list[tuple[str, Feeling]]] = {language: [] for language in LANGUAGES}
    for file in lined(data):
        for row in objects(file):
            language = next((each for each in LANGUAGES if each == row.get("language")), None)
            feeling = next((each for each in FEELINGS if each == row.get("feeling")), None)
            if language is None or feeling is None or not isinstance(row.get("text"), str):
                raise UnreadableData(f"{file.name}: a line without text, language or feeling")
            rows[language].append((row["text"], feeling))
    cases = []
    for language, several in rows.items():
        for number, (text, feeling) in enumerate(several):
            after = [other for _, other in several[number + 1 :] + several[:number] if other != feeling]
            if not after:
                raise UnreadableData(
                    f"{data.name}: all lines in {language} have one feeling, so that none is another's"
                )
            cases.append(Case(text, language, feeling, after[len(after) // 2]))
    if not cases:
        raise UnreadableData(f"{data.name} holds no line")
    return cases


def answered(composer: Composer, cases: Sequence[Case], way: Given) -> list[str]:
    """An answer to each case, each in a conversation of its own, the same in all but what is told of the feeling."""
    return [
        composer.compose(Request(case.language, (case.text,), estimate=case.told(way), seed=seed)).text
        for seed, case in enumerate(cases)
    ]


def legible(reader: TextReader, cases: Sequence[Case], answers: Sequence[str]) -> NDArray[np.float64]:
    """The probability that the reader gives the right feeling in each answer; 0 where it abstains."""
    found = [reader.read(answer, case.language) for case, answer in zip(cases, answers, strict=True)]
    return np.array([one.probabilities.get(case.feeling, 0.0) for case, one in zip(cases, found, strict=True)])


def measured(by_way: dict[Given, NDArray[np.float64]]) -> dict[str, float]:
    """Means, and the difference between right and shuffled with its 95 % interval (paired bootstrap)."""
    apart = by_way["right"] - by_way["shuffled"]
    drawn = np.random.default_rng(0).integers(0, len(apart), (DRAWS, len(apart)))
    low, high = np.quantile(apart[drawn].mean(axis=1), [0.025, 0.975])
    figures: dict[str, float] = {way: float(values.mean()) for way, values in by_way.items()}
    figures |= {"difference": float(apart.mean()), "difference_low": float(low), "difference_high": float(high)}
    return {name: round(value, 4) for name, value in figures.items()}


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `WeightsError`."""
    parser = argparse.ArgumentParser(prog="heed evaluate estimates", description="Whether estimates help answers.")
    parser.add_argument("--data", type=Path, default=DATA, help="JSON Lines with text, language and feeling")
    composing(parser)
    parser.add_argument("--licence", choices=get_args(Licence), default="all", help="of the reader")
    parser.add_argument("--answers", type=Path, help="write texts and answers here, for reading")
    parser.add_argument("--json", action="store_true", help="print nothing but the result")
    asked = parser.parse_args(arguments)
    cases = read(asked.data)
    composer = composer_of(asked)
    answers = {way: answered(composer, cases, way) for way in WAYS}
    reader = text_reader(asked.weights, asked.licence)
    scores = {way: legible(reader, cases, answers[way]) for way in WAYS}
    result = report(cases, scores, composer.engine.name)
    if asked.answers:
        asked.answers.write_text(_for_reading(cases, answers), encoding="utf-8")
    if not asked.json:
        for name, value in result["metrics"].items():
            print(f"{name:28} {value}")
    print(json.dumps(result, ensure_ascii=False))


def report(cases: Sequence[Case], scores: dict[Given, NDArray[np.float64]], model: str) -> dict[str, Any]:
    """The result in the shape all evaluations share."""
    languages = np.array([case.language for case in cases])
    groups = {}
    for language in sorted(set(languages)):
        chosen = languages == language
        part = measured({way: values[chosen] for way, values in scores.items()})
        groups[f"language:{language}"] = {"n": int(chosen.sum()), **part}
    return {
        "task": "estimates",
        "n": len(cases),
        "metrics": measured(scores),
        "by_group": groups,
        "model": model,
    }


def _for_reading(cases: Sequence[Case], answers: dict[Given, list[str]]) -> str:
    lines = []
    for number, case in enumerate(cases):
        said = {"text": case.text, "feeling": case.feeling, "other": case.other}
        lines.append(json.dumps(said | {way: answers[way][number] for way in WAYS}, ensure_ascii=False))
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; the last line of stdout is one JSON object. Returns the exit code."""
    return ended(lambda: evaluate(arguments))


if __name__ == "__main__":
    sys.exit(main())

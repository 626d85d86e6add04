"""How replies come out: share of reviewed fallbacks, answers given twice, latency, where answers come from.

``python -m models.reply.evaluate [--data FILE.jsonl] [--weights DIR] [--json] [--card]``

The data has one object a line with `text` and `language`. Every prompt is one person's first message. What
was asked and answered goes to ``--answers FILE`` where given, for reading; never to the log.
"""

import argparse
import json
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.dataset import UnreadableData, lined, objects
from models.program import ended
from models.reply.composer import Composer
from models.reply.engine import Engine
from models.reply.engines import engine_from
from models.reply.request import Exchange, Reply, Request
from models.weights import find
from models.words import LANGUAGES

HERE = Path(__file__).parent
PROMPTS = HERE.parent.parent / "tests" / "models" / "reply" / "prompts.jsonl"
DEFAULT_WEIGHTS = "qwen2.5-coder-1.5b-instruct-q4_k_m"

CARD = """\
# Replies: {model}

Written by `python -m models.reply.evaluate --card`.

## What it is
A small language model writes candidates in English behind one prompt (`prompt.yaml`). Each candidate is taken apart
into sentences; those that break a rule of the guard, claim what was not said or sound hollow are dropped. A
reviewed sentence or question that fits the situation is added where a part is missing. What remains has to pass the
whole guard and a score. Where no candidate does, the whole answer is reviewed sentences: a fallback.
In Korean and Turkish the default model is not used; reviewed sentences by situation answer.

## Figures of this run ({n} prompts, each the first message of a conversation)
| figure | value |
| --- | --- |
{rows}

`fallback_share` counts answers without a word of the model; answers in which the model wrote one part and a reviewed
sentence the other count as the model's. Seconds are of one person at a time on the machine of the run.

## Limits
- The guard is a set of patterns: it holds back known kinds of harm and hollow talk, and cannot judge meaning.
- The model misreads irony, long stories and unusual situations; it then says back the wrong thing.
- It remembers only the exchanges that fit into the history budget of the prompt.
- It has not been judged by people beyond its authors.
- It is no help in danger: the screen in `models/danger` comes first, and careful mode is answered without it.
"""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One line of the data."""

    text: str
    language: str


def read(data: Path) -> list[Prompt]:
    """The prompts of a file of JSON Lines, gzipped or not, or of a folder of such. Raises `UnreadableData` where a
    line is not one."""
    prompts = []
    for file in lined(data):
        for number, entry in enumerate(objects(file), 1):
            if not isinstance(entry.get("text"), str):
                raise UnreadableData(f"{file.name}, object {number}: it has no text")
            prompts.append(Prompt(entry["text"], str(entry.get("language", "en"))))
            if prompts[-1].language not in LANGUAGES:
                raise UnreadableData(f"{file.name}, object {number}: the language is none of {', '.join(LANGUAGES)}")
    if not prompts:
        raise UnreadableData(f"{data.name} holds no line")
    return prompts


def answer_all(composer: Composer, prompts: Sequence[Prompt], history: Sequence[Exchange] = ()) -> list[Reply]:
    """One reply to each prompt, each in a conversation of its own."""
    replies = []
    for seed, prompt in enumerate(prompts):
        language = next(each for each in LANGUAGES if each == prompt.language)
        replies.append(composer.compose(Request(language, (prompt.text,), history=tuple(history), seed=seed)))
    return replies


def measured(prompts: Sequence[Prompt], replies: Sequence[Reply]) -> dict[str, Any]:
    """Shares and latencies (seconds) over `replies`."""
    sources = Counter(reply.source.split(":")[0] for reply in replies)
    wrote = [reply for reply in replies if reply.source in ("model", "fallback")]
    seconds = sorted(reply.seconds for reply in wrote) or [0.0]
    doubles = sum(times - 1 for times in Counter(reply.text for reply in replies).values())
    generated = sum(reply.tokens for reply in wrote)
    return {
        "n": len(replies),
        "fallback_share": round(sources["fallback"] / max(1, len(replies)), 4),
        "fallback_share_where_asked": round(sources["fallback"] / max(1, len(wrote)), 4),
        "answers_given_twice": doubles,
        "sources": dict(sorted(sources.items())),
        "candidates_mean": round(statistics.mean([r.candidates for r in wrote] or [0]), 2),
        "seconds_p50": round(_percentile(seconds, 0.5), 2),
        "seconds_p95": round(_percentile(seconds, 0.95), 2),
        "tokens_generated": generated,
    }


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(engine: Engine, prompts: Sequence[Prompt], replies: Sequence[Reply]) -> dict[str, Any]:
    """The result in the shape all evaluations share."""
    groups = {}
    for language in LANGUAGES:
        chosen = [
            (prompt, reply) for prompt, reply in zip(prompts, replies, strict=True) if prompt.language == language
        ]
        if chosen:
            groups[f"language:{language}"] = measured(
                [prompt for prompt, _ in chosen], [reply for _, reply in chosen]
            )
    return {
        "task": "reply",
        "n": len(replies),
        "metrics": measured(prompts, replies),
        "by_group": groups,
        "model": engine.name,
    }


def card(result: dict[str, Any]) -> str:
    """The model card, with the figures of this run."""
    figures = result["metrics"]
    rows = "\n".join(f"| {name} | {value} |" for name, value in figures.items())
    return CARD.format(model=result["model"], n=result["n"], rows=rows)


def composing(parser: argparse.ArgumentParser) -> None:
    """Adds the options from which `composer_of` makes a composer."""
    parser.add_argument("--weights", type=Path, default=Path(".heed/weights"), help="folder of the weights")
    parser.add_argument("--engine", default="llama", choices=["llama", "inprocess"])
    parser.add_argument("--threads", type=int, default=0)


def composer_of(asked: argparse.Namespace) -> Composer:
    """A composer that is ready. Raises `WeightsError` and `EngineUnavailable`."""
    model = find(DEFAULT_WEIGHTS, asked.weights) if asked.engine == "llama" else ""
    composer = Composer(engine_from(asked.engine, model=model, threads=asked.threads))
    composer.warm()
    return composer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; the last line of stdout is one JSON object. Returns the exit code."""
    return ended(lambda: evaluate(arguments))


def evaluate(arguments: Sequence[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData` and `WeightsError`."""
    parser = argparse.ArgumentParser(prog="python -m models.reply.evaluate", description="Evaluate replies.")
    parser.add_argument("--data", type=Path, default=PROMPTS, help="JSON Lines with text and language")
    composing(parser)
    parser.add_argument("--turns", type=int, default=0, help="exchanges of history before each prompt")
    parser.add_argument("--answers", type=Path, help="write prompts and answers here, for reading")
    parser.add_argument("--json", action="store_true", help="print nothing but the result")
    parser.add_argument("--card", action="store_true", help="write CARD.md beside this file")
    asked = parser.parse_args(arguments)
    prompts = read(asked.data)
    composer = composer_of(asked)
    history = tuple(
        Exchange(prompt.text, "I see a bit better now how it is for you. What has been on your mind since?")
        for prompt in prompts[: asked.turns]
    )
    replies = answer_all(composer, prompts, history)
    result = report(composer.engine, prompts, replies)
    if asked.answers:
        lines = (
            json.dumps({"text": p.text, "source": r.source, "answer": r.text}, ensure_ascii=False)
            for p, r in zip(prompts, replies, strict=True)
        )
        asked.answers.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if asked.card:
        (HERE / "CARD.md").write_text(card(result), encoding="utf-8")
    if not asked.json:
        for name, value in result["metrics"].items():
            print(f"{name:28} {value}")
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())

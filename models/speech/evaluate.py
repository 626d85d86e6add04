"""How well Heed hears and how well it is understood: `heed evaluate recognition|speech`, which is
`python -m models.speech.evaluate recognition|speech`.

    recognition  transcripts of recordings against what was heard in them, after Opus at 24 kbit/s
    speech       sentences spoken by the voice of the house and heard again by its recogniser

`--data` is a folder with index.csv (columns path, transcript, language and, where there are, corpus, speaker, sex),
or for `speech` also a .jsonl or .jsonl.gz file whose lines have `text`, or a folder of such files. A recording that
cannot be decoded counts as one of which no word was heard. The last line of standard output is one JSON object.
"""

import argparse
import io
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile
import soxr
import yaml
from rich.console import Console
from rich.progress import track

from models.dataset import INDEX, SHARED, UnreadableData, indexed, lined, objects
from models.program import FAILED, ended
from models.speech import card
from models.speech.audio import RATE, BadSound, Sound, decode, measured
from models.speech.recognise import Recogniser, RecogniserUnavailable, UnknownRecogniser, recogniser_from
from models.speech.synthesise import (
    MOODS,
    NotSpoken,
    Synthesiser,
    SynthesiserUnavailable,
    UnknownSynthesiser,
    synthesiser_from,
)
from models.speech.synthesise.script import script
from models.speech.wer import Distance, character_errors, word_errors

HERE = Path(__file__).parent
OPUS_24K = 1 - (24 - 6) / 250
"""soundfile's compression level for 24 kbit/s: its scale runs from 256 kbit/s (0) to 6 kbit/s (1)."""
LIMIT_S = 600.0
KEY = "HEED_SYNTHESISER_KEY"
"""The variable in which a speech server's key comes; on a command line everybody on the machine could read it."""
NONE = Distance(0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One recording or sentence: what was said, and the groups it is counted in."""

    path: Path | None
    said: str = field(repr=False)
    language: str
    groups: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Errors and seconds, added up. `unheard` counts what gave no words, `refused` what of it could not be decoded or
    spoken at all."""

    n: int = 0
    words: Distance = NONE
    characters: Distance = NONE
    unheard: int = 0
    refused: int = 0
    sound_s: float = 0.0
    wall_s: float = 0.0
    cpu_s: float = 0.0

    def metrics(self) -> dict[str, float]:
        found = {
            "wer": round(self.words.rate, 4),
            "cer": round(self.characters.rate, 4),
            "unheard": self.unheard,
            "refused": self.refused,
            "seconds": round(self.sound_s, 1),
        }
        if self.sound_s:
            found["rtf"] = round(self.wall_s / self.sound_s, 4)
            found["cpu_rtf"] = round(self.cpu_s / self.sound_s, 4)
        return found


class Tallies:
    """One tally of everything, and one of each group."""

    def __init__(self) -> None:
        self.all = Tally()
        self.by_group: dict[str, Tally] = defaultdict(Tally)

    def add(
        self, row: Row, heard: str | None, sound_s: float, took: tuple[float, float], *, refused: bool = False
    ) -> None:
        for tally in (self.all, *(self.by_group[group] for group in row.groups)):
            tally.n += 1
            tally.words += word_errors(row.said, heard or "", row.language)
            tally.characters += character_errors(row.said, heard or "", row.language)
            tally.unheard += heard is None
            tally.refused += refused
            tally.sound_s += sound_s
            tally.wall_s += took[0]
            tally.cpu_s += took[1]

    def result(self, task: str, model: str, **more: object) -> dict[str, Any]:
        groups = {name: {"n": tally.n, **tally.metrics()} for name, tally in sorted(self.by_group.items())}
        metrics = {**self.all.metrics(), **{name: value for name, value in more.items() if _counts(value)}}
        conditions = {name: value for name, value in more.items() if not _counts(value)}
        return {
            "task": task,
            "n": self.all.n,
            **conditions,
            "metrics": metrics,
            "by_group": groups,
            "model": model,
        }


def _counts(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def rows_of(data: Path, corpora: list[str], language: str | None) -> list[Row]:
    """The rows of index.csv that have a transcript. Without `corpora` only those without a label of emotion, where
    there are such: acted corpora repeat a few sentences, so an error rate on them says little.

    Raises `UnreadableData`."""
    folder, found = indexed(data)
    read = [row for row in found if row.get("transcript")]
    if language:
        read = [row for row in read if row.get("language", "en") == language]
    if corpora and corpora != ["all"]:
        read = [row for row in read if row.get("corpus") in corpora]
    elif not corpora:
        read = [row for row in read if not row.get("label")] or read
    return [
        Row(
            folder / row["path"],
            row["transcript"],
            row.get("language") or "en",
            tuple(f"{name}:{row[name]}" for name in ("corpus", "language", "sex") if row.get(name)),
        )
        for row in read
    ]


def sentences_of(data: Path | None) -> list[Row]:
    """English sentences: of a folder with index.csv, of JSON Lines or a folder of such, or those beside this file.

    Raises `UnreadableData`."""
    if data is None:
        listed = yaml.safe_load((HERE / "sentences.yaml").read_text(encoding="utf-8"))
        return [Row(None, text, "en", (f"kind:{kind}",)) for kind, texts in listed.items() for text in texts]
    if data.name == INDEX or (data / INDEX).is_file():
        return [Row(None, row.said, "en", ()) for row in rows_of(data, [], "en")]
    lines = [line for file in lined(data) for line in objects(file)]
    if not all(isinstance(line.get("text"), str) for line in lines):
        raise UnreadableData(f"{data.name}: every line needs the field text")
    return [Row(None, line["text"], "en", ()) for line in lines if line.get("language", "en") == "en"]


def recognition(
    rows: list[Row], recogniser: Recogniser, *, opus: bool, hinted: bool, console: Console
) -> dict[str, Any]:
    """Hear every recording, with the language of its row as the settings' language where `hinted`."""
    recogniser.warm()
    tallies, size, seconds, right = Tallies(), 0, 0.0, 0
    for row in _shown(rows, console):
        assert row.path is not None
        data, refused, heard, sound_s = row.path.read_bytes(), True, None, 0.0
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            if opus:
                data = _opus(decode(data, LIMIT_S))
                wall, cpu = time.perf_counter(), time.process_time()
            sound = decode(data, LIMIT_S)
            sound_s, refused = sound.duration_s, False
            found = recogniser.recognise(sound, hint=row.language if hinted else None)
            heard = None if found.no_speech else found.text
            right += found.language == row.language
        except BadSound as bad:
            console.print(f"refused: {row.path.name}: {bad}")
        took = (time.perf_counter() - wall, time.process_time() - cpu)
        tallies.add(row, heard, sound_s, took, refused=refused)
        size, seconds = size + len(data), seconds + sound_s
    condition = "opus24k" if opus else "as stored"
    return tallies.result(
        "recognition", recogniser.name, condition=condition, hinted=hinted,
        language_accuracy=round(right / max(len(rows), 1), 4), kbit_s=round(size * 8 / 1000 / max(seconds, 1e-9), 1),
    )  # fmt: skip


def speech(rows: list[Row], voice: Synthesiser, recogniser: Recogniser, console: Console) -> dict[str, Any]:
    """Speak every sentence in every mood, and hear it again."""
    recogniser.warm()
    voice.warm()
    tallies = Tallies()
    for row in _shown(rows, console):
        for mood in MOODS:
            groups = (*row.groups, f"mood:{mood}")
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                spoken = voice.synthesise(row.said, mood=mood)
                took = (time.perf_counter() - wall, time.process_time() - cpu)
                aloud = " ".join(script(row.said, "en", voice.languages))  # a link is said as "a link"
            except NotSpoken as bad:
                console.print(f"refused: {type(bad).__name__}")
                tallies.add(Row(None, row.said, "en", groups), None, 0.0, (0.0, 0.0), refused=True)
                continue
            heard = _heard_again(recogniser, _sound(spoken.waveform, spoken.rate))
            tallies.add(Row(None, aloud, "en", groups), heard, spoken.duration_s, took)
    return tallies.result("speech", f"{voice.name} heard by {recogniser.name}")


def _heard_again(recogniser: Recogniser, sound: Sound) -> str | None:
    try:
        found = recogniser.recognise(sound, hint="en")
    except BadSound:
        return None
    return None if found.no_speech else found.text


def _sound(waveform: Any, rate: int) -> Sound:
    return measured(soxr.resample(waveform, rate, RATE).astype("float32"))


def _opus(sound: Sound) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, sound.waveform, RATE, format="OGG", subtype="OPUS", compression_level=OPUS_24K)
    return buffer.getvalue()


def _shown(rows: list[Row], console: Console) -> Iterator[Row]:
    yield from track(rows, description="listening", console=console, disable=not console.is_terminal)


def weights_folder() -> Path:
    """The folder of weights that the environment names, as the settings do."""
    home = Path(os.environ.get("HEED_HOME") or ".heed")
    return Path(os.environ.get("HEED_WEIGHTS") or home / "weights")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What the command line asks for."""
    asked = argparse.ArgumentParser(prog="heed evaluate", description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("task", choices=("recognition", "speech"))
    asked.add_argument("--data", type=Path, help="folder with index.csv; for speech also .jsonl, or a folder of it")
    asked.add_argument("--weights", type=Path, default=weights_folder())
    asked.add_argument("--recogniser", default="whisper")
    asked.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where the recogniser runs")
    asked.add_argument("--synthesiser", "--voice", default="hibari")
    asked.add_argument("--synthesiser-url", default="", help=f"of a speech server; its key is read from {KEY}")
    asked.add_argument("--synthesiser-model", default="")
    asked.add_argument("--synthesiser-voice", default="")
    asked.add_argument("--threads", type=int, default=2)
    asked.add_argument("--corpus", action="append", default=[], help="of the index's column; `all` for every row")
    asked.add_argument("--language", help="only rows of this language")
    asked.add_argument("--every", type=int, default=1, help="only each n-th row")
    asked.add_argument("--as-stored", action="store_true", help="recognition without the Opus step")
    asked.add_argument("--unhinted", action="store_true", help="recognition without a language from the settings")
    asked.add_argument("--json", action="store_true", help="nothing but the last line on standard output")
    asked.add_argument("--card", action="store_true", help="keep the figures and write CARD.md")
    return asked.parse_args(given)


def evaluate(given: list[str] | None = None) -> None:
    """What the command line asks for. Raises `UnreadableData`, and what hears and speaks raises."""
    asked = arguments(given)
    console = Console(stderr=True)
    if asked.task == "recognition":
        rows = rows_of(asked.data or SHARED / "voice", asked.corpus, asked.language)[:: asked.every]
    else:
        rows = sentences_of(asked.data)[:: asked.every]
    if not rows:
        raise UnreadableData("nothing to evaluate: no row with a transcript was asked for")
    recogniser = recogniser_from(asked.recogniser, weights=asked.weights, threads=asked.threads, device=asked.device)
    if asked.task == "recognition":
        result = recognition(rows, recogniser, opus=not asked.as_stored, hinted=not asked.unhinted, console=console)
    else:
        voice = synthesiser_from(
            asked.synthesiser, threads=1, url=asked.synthesiser_url, key=os.environ.get(KEY, ""),
            model=asked.synthesiser_model, voice=asked.synthesiser_voice,
        )  # fmt: skip
        result = speech(rows, voice, recogniser, console)
    if asked.card:
        card.keep(result, given if given is not None else sys.argv[1:])
    if not asked.json:
        for name, value in result["metrics"].items():
            print(f"{name:20} {value}")
    print(json.dumps(result, ensure_ascii=False))


def main(given: list[str] | None = None) -> int:
    """The command; its exit code."""
    try:
        return ended(lambda: evaluate(given))
    except (RecogniserUnavailable, SynthesiserUnavailable, UnknownRecogniser, UnknownSynthesiser) as missing:
        sys.stderr.write(f"heed: {missing}\n")
        return FAILED


if __name__ == "__main__":
    sys.exit(main())

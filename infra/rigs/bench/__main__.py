"""``python -m infra.rigs.bench [--only PART]…`` prints a table and keeps it in docs/benchmarks.md.

Parts: overhead, throughput, door (in-process engine, Bot API server included; the last without the second opinion on
danger); pictures (the shipped networks, no house); similar (searching music, no house; real features too where
--vectors names them); music (from a button to a piece, and taking sound in); latency, memory, voice, tokens,
saturation (the shipped model and recogniser); growth (stored turns); start (a second `heed up`).
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from infra.rigs.bench import growth, house_cost, model, music, pictures, saturation, similar, voice
from infra.rigs.bench.table import Row, keep, shown, today
from infra.rigs.machine import load, machine
from infra.rigs.running import RigFailed, Running

PARTS = (
    *("overhead", "throughput", "door", "pictures", "similar", "music", "latency", "memory", "voice"),
    *("tokens", "saturation", "growth", "start"),
)
TITLES = {
    "overhead": "Time the house adds (in-process engine, 5 messages a second)",
    "throughput": "Turns a second (in-process engine, Bot API server included, send rate raised, no merging)",
    "door": "The same without the second opinion on danger (HEED_DANGER_MODEL=none)",
    "pictures": "Looking at pictures, one at a time on one thread",
    "similar": "Choosing music, on one thread: Annoy beside comparing every piece, and journeys",
    "music": "Music: what somebody waits for, and taking it in",
    "latency": "A reply of the shipped model, one person at a time, ten turns of history",
    "memory": "Memory with the shipped model",
    "voice": "A voice note beside the same words typed",
    "tokens": "Tokens a second, in the house and bare",
    "saturation": "How much the shipped model sustains, and what is seen beyond",
    "growth": "Cost of a message by stored turns",
    "start": "Start",
}
QUIET_LOG = {"HEED_LOG_LEVEL": "WARNING"}


def main() -> int:
    """Exit codes: 0 every goal that was measured was met, 1 one was missed, 2 the rig could not run."""
    wanted, vectors = _arguments()
    print(f"machine: {machine()}", flush=True)
    missed = False

    def told(part: str, rows: list[Row], more: str, before: float) -> None:
        nonlocal missed
        missed = missed or any(row.met is False for row in rows)
        command = f'`make bench ARGS="--only {part}"`, {today()}, {machine()}, load {before:.1f} before'
        keep(part, TITLES[part], f"{command}\n\n{shown(rows)}\n\n{more}")
        print(f"\n{TITLES[part]} (load {before:.1f} before)", flush=True)
        width = max(len(row.what) for row in rows)
        for row in rows:
            mark = "" if row.met is None else "met" if row.met else "MISSED"
            print(f"  {row.what:<{width}}  {row.value}  {row.goal}  {mark}".rstrip(), flush=True)

    try:
        _in_process(wanted, told)
        _door(wanted, told)
        if "pictures" in wanted:
            before = load()
            told("pictures", pictures.pictures(), "", before)
        if "similar" in wanted:
            before = load()
            told("similar", similar.similar(vectors), similar.ABOUT, before)
        if "music" in wanted:
            before = load()
            with (
                tempfile.TemporaryDirectory(prefix="heed-bench-") as home,
                Running(Path(home), **house_cost.RAISED, **QUIET_LOG, HEED_MUSIC_STARTER="2") as heed,
            ):
                told("music", music.music(heed), "", before)
        _shipped(wanted, told)
        if "growth" in wanted:
            before = load()
            with tempfile.TemporaryDirectory(prefix="heed-bench-") as home:
                rows, plans = growth.growth(Path(home))
            told("growth", rows, plans, before)
    except RigFailed as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    return 1 if missed else 0


Told = Callable[[str, list[Row], str, float], None]


def _in_process(wanted: set[str], told: Told) -> None:
    """The parts whose engine costs nothing, on one Heed."""
    parts = {"overhead": house_cost.overhead, "throughput": house_cost.throughput}
    if not wanted & {*parts, "start"}:
        return
    settings = {**house_cost.RAISED, **QUIET_LOG}
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as home, Running(Path(home), **settings) as heed:
        for part, measure in parts.items():
            if part in wanted:
                before = load()
                told(part, measure(heed), "", before)
        if "start" in wanted:
            before = load()
            heed.stop()
            seconds = heed.start()
            told("start", [_start("in-process engine, scripted hearing", seconds)], "", before)


def _door(wanted: set[str], told: Told) -> None:
    """What the second opinion costs, by leaving it out."""
    if "door" not in wanted:
        return
    settings = {**house_cost.RAISED, **QUIET_LOG, "HEED_DANGER_MODEL": "none"}
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as home, Running(Path(home), **settings) as heed:
        before = load()
        told("door", house_cost.throughput(heed), "", before)


def _shipped(wanted: set[str], told: Told) -> None:
    """The parts that need the shipped model, on one Heed. `tokens` comes last: it stops the house."""
    parts = {
        "latency": model.latency,
        "memory": model.memory,
        "voice": voice.voice,
        "saturation": saturation.saturation,
        "tokens": model.tokens,
    }
    if not wanted & {*parts}:
        return
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as home:
        settings = {"HEED_REPLY_QUOTE": "always", **QUIET_LOG}
        with Running(Path(home), engine="llama", **settings) as heed:
            if "latency" not in wanted and wanted & {"memory", "tokens"}:
                model.latency(heed)  # both look at what it leaves behind
            for part, measure in parts.items():
                if part in wanted:
                    before = load()
                    told(part, measure(heed), "", before)


def _start(engine: str, seconds: float) -> Row:
    return Row(f"second `heed up`, {engine}", f"{seconds:.1f} s", "< 15 s", seconds < 15)


def _arguments() -> tuple[set[str], Path | None]:
    parser = argparse.ArgumentParser(prog="python -m infra.rigs.bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be given several times")
    parser.add_argument(
        "--vectors", type=Path, help="an .npz of real features for `similar`: `vectors` [n, d], z-scored"
    )
    given = parser.parse_args()
    return set(given.only or PARTS), given.vectors


if __name__ == "__main__":
    sys.exit(main())

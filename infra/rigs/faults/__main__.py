"""``python -m infra.rigs.faults [--engine inprocess|llama] [--people N] [--messages N] [--kills N] [--seconds S]``

Without ``--engine`` both parts run: volume with the in-process engine, then a smaller one with the shipped model.
Ends with code 1 where a promise was broken, and with 2 where the rig could not run or its kills met nothing.
"""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from infra.rigs.faults.run import Course, Outcome, run
from infra.rigs.faults.storm import HEARING, SPEAKING, cut_short
from infra.rigs.faults.verdict import Double
from infra.rigs.machine import load, machine
from infra.rigs.running import RigFailed

# Hearing and speaking take a moment in the first, and are real in the second, so that kills fall into them.
VOLUME = Course(
    *("inprocess", "scripted:0.4", "tone:0.4"), people=20, messages=400, aloud=0.2,
    ways=("both", "text", "voice", "both", "text"), kills=40, seconds=220, seed=1,
)  # fmt: skip
MODEL = Course(
    *("llama", "whisper", "hibari"), people=8, messages=40, aloud=0.4,
    ways=("both", "both", "voice", "text"), kills=10, seconds=150, seed=2,
)  # fmt: skip


def main() -> int:
    """Exit codes: 0 all promises held, 1 one was broken, 2 the rig could not run, or its kills met nothing."""
    given = _arguments()
    courses = [course for course in (VOLUME, MODEL) if given.engine in (None, course.engine)]
    print(f"machine: {machine()}; load {load():.1f}", flush=True)
    kept, proves = True, True
    for default in courses:
        course = replace(
            default,
            people=given.people or default.people,
            messages=given.messages or default.messages,
            kills=given.kills or default.kills,
            seconds=given.seconds or default.seconds,
            seed=given.seed or default.seed,
        )
        home = Path(tempfile.mkdtemp(prefix="heed-faults-"))
        began = time.monotonic()

        def told(what: str, began: float = began) -> None:
            if given.verbose:
                print(f"  {time.monotonic() - began:6.1f} s  {what}", flush=True)

        try:
            outcome = run(course, home, told)
        except RigFailed as error:
            print(f"faults: {error} (its home stays: {home})", file=sys.stderr)
            return 2
        _print(outcome)
        kept = kept and outcome.kept
        proves = proves and not (course.full and outcome.missed)
        if outcome.kept:
            shutil.rmtree(home, ignore_errors=True)
        else:
            print(f"  its home stays for a look: {home}")
    return 1 if not kept else 0 if proves else 2


def _print(outcome: Outcome) -> None:
    course, verdict = outcome.course, outcome.verdict
    kills: dict[str, int] = {}
    mishaps: dict[str, int] = {}
    for blow in outcome.blows:
        if blow.what == "kill -9":
            kills[blow.on] = kills.get(blow.on, 0) + 1
        else:
            name = f"{blow.what} ({blow.on})" if blow.on else blow.what
            mishaps[name] = mishaps.get(name, 0) + 1
    rows = [
        ("engine, recogniser, voice", f"{course.engine}, {course.recogniser}, {course.synthesiser}"),
        ("people, messages", f"{course.people}, {verdict.written} in {course.seconds:.0f} s (seed {course.seed})"),
        ("of them spoken", str(outcome.aloud)),
        (
            "kill -9",
            f"{sum(kills.values())}: " + ", ".join(f"{name} {count}" for name, count in sorted(kills.items())),
        ),
        ("kills while a note was being heard", str(cut_short(outcome.blows, HEARING))),
        ("kills while an answer was being spoken", str(cut_short(outcome.blows, SPEAKING))),
        *[("misfortune", f"{name}: {count}") for name, count in sorted(mishaps.items())],
        ("starts after a kill", ", ".join(f"{seconds:.1f} s" for seconds in outcome.starts) or "none"),
        ("at rest after", f"{outcome.quiet_after:.1f} s"),
        ("answers", f"{verdict.answers}, for {verdict.merged} messages together with a later one"),
        *_heard_and_spoken(outcome),
        ("other messages", f"{verdict.other}"),
        ("lost", _listed(verdict.lost)),
        ("out of order", _listed(verdict.backwards)),
        ("answers to nothing", _listed(verdict.strange)),
        ("dead", _listed(verdict.dead)),
        ("doubles", str(len(verdict.doubles))),
        *[("", _told(each)) for each in verdict.doubles],
        ("sounds searched for", f"{outcome.sought[0]} sent or made, {outcome.sought[1]} pieces"),
        ("words, sound or token on disk", _listed(outcome.traces)),
        ("promises", "kept" if outcome.kept else "BROKEN"),
        *[("proves nothing", f"no kill fell into {each}") for each in outcome.missed],
    ]
    width = max(len(name) for name, _ in rows)
    print()
    for name, value in rows:
        print(f"  {name:<{width}}  {value}")
    print(flush=True)


def _heard_and_spoken(outcome: Outcome) -> list[tuple[str, str]]:
    voices = outcome.verdict.voices
    return [
        ("recordings", f"{voices.heard} heard, {voices.unheard} not understood, which was said"),
        ("lines that show what was heard", str(voices.shown)),
        ("answers wanted aloud", str(voices.wanted)),
        ("spoken answers", str(voices.spoken)),
        ("written in their place", str(voices.instead)),
        ("said to be missing", f"{voices.missing}, and {voices.unsure} that came"),
        ("twice", _listed(voices.twice)),
        ("missing without a word", _listed(voices.silent)),
        ("spoken unasked", _listed(voices.unasked)),
        ("spoken before it was written", _listed(voices.early)),
    ]


def _told(double: Double) -> str:
    times = f"{double.first:.2f} s and {double.second:.2f} s"
    return f"{double.person}/{double.message_id} at {times}: {double.cause or 'NO CAUSE'}"


def _listed(found: list[str]) -> str:
    return f"{len(found)}" + "".join(f"\n      {each}" for each in found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.rigs.faults", description=__doc__)
    parser.add_argument("--engine", choices=("inprocess", "llama"), help="one part only")
    for name in ("people", "messages", "kills", "seed"):
        parser.add_argument(f"--{name}", type=int)
    parser.add_argument("--seconds", type=float, help="how long people write")
    parser.add_argument("--verbose", action="store_true", help="print each blow as it falls")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

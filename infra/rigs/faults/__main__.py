"""``python -m infra.rigs.faults [--engine inprocess|llama] [--people N] [--messages N] [--kills N] [--seconds S]``

Without ``--engine`` both parts run: volume with the in-process engine, then a smaller one with the shipped model.
Ends with code 1 where a promise was broken.
"""

import argparse
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from infra.rigs.faults.run import Course, Outcome, run
from infra.rigs.faults.verdict import Double
from infra.rigs.machine import load, machine
from infra.rigs.running import RigFailed

# Hearing takes a moment in the first, and is real in the second, so that kills fall into it.
VOLUME = Course("inprocess", "scripted:0.4", people=20, messages=400, aloud=0.2, kills=40, seconds=220, seed=1)
MODEL = Course("llama", "whisper", people=8, messages=40, aloud=0.4, kills=10, seconds=150, seed=2)


def main() -> int:
    """Exit codes: 0 all promises held, 1 one was broken, 2 the rig could not run."""
    given = _arguments()
    courses = [course for course in (VOLUME, MODEL) if given.engine in (None, course.engine)]
    print(f"machine: {machine()}; load {load():.1f}", flush=True)
    kept = True
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
        kept = kept and outcome.verdict.kept and not outcome.leaks
        if outcome.verdict.kept and not outcome.leaks:
            shutil.rmtree(home, ignore_errors=True)
        else:
            print(f"  its home stays for a look: {home}")
    return 0 if kept else 1


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
        ("engine, recogniser", f"{course.engine}, {course.recogniser}"),
        ("people, messages", f"{course.people}, {verdict.written} in {course.seconds:.0f} s (seed {course.seed})"),
        ("of them spoken", str(outcome.aloud)),
        (
            "kill -9",
            f"{sum(kills.values())}: " + ", ".join(f"{name} {count}" for name, count in sorted(kills.items())),
        ),
        *[("misfortune", f"{name}: {count}") for name, count in sorted(mishaps.items())],
        ("starts after a kill", ", ".join(f"{seconds:.1f} s" for seconds in outcome.starts) or "none"),
        ("at rest after", f"{outcome.quiet_after:.1f} s"),
        ("answers", f"{verdict.answers}, for {verdict.merged} messages together with a later one"),
        ("lines that show what was heard", f"{verdict.shown}"),
        ("other messages", f"{verdict.other}"),
        ("lost", _listed(verdict.lost)),
        ("out of order", _listed(verdict.backwards)),
        ("answers to nothing", _listed(verdict.strange)),
        ("dead", _listed(verdict.dead)),
        ("doubles", str(len(verdict.doubles))),
        *[("", _told(each)) for each in verdict.doubles],
        ("words, sound or token in files", _listed(outcome.leaks)),
        ("promises", "kept" if verdict.kept and not outcome.leaks else "BROKEN"),
    ]
    width = max(len(name) for name, _ in rows)
    print()
    for name, value in rows:
        print(f"  {name:<{width}}  {value}")
    print(flush=True)


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

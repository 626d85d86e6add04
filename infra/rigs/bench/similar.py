"""Finding what sounds alike: the index beside comparing every piece. And the time a journey takes."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.rigs.bench.table import Row, at_least, at_most
from infra.rigs.running import RigFailed
from workers.settings import PROJECT

RECALL = 0.98
JOURNEY_MS = 20
ABOUT = """Real pieces: the features of sound, with `--vectors FILE.npz`; those that Heed composes are described by
`python -m infra.rigs.bench.sounding FILE.npz`. Invented ones: clustered as a catalogue is, for sizes that nobody
has at hand."""
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def similar(vectors: Path | None) -> list[Row]:
    """On invented features of four sizes, and on those of `vectors` (an .npz whose `vectors` are [n, d], z-scored).
    Raises `RigFailed`."""
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        command = [sys.executable, "-m", "infra.rigs.bench.searching", folder]
        command += [str(vectors.resolve())] if vectors else []
        done = subprocess.run(
            command, cwd=PROJECT, env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, check=False
        )
    if done.returncode:
        raise RigFailed("nothing could be searched")
    return [row for told in json.loads(done.stdout) for row in _rows(told)]


def _rows(told: dict[str, Any]) -> list[Row]:
    if "journey" in told:
        return [
            at_most(f"a journey through {told['count']:,} pieces, p50", told["journey"] * 1e3, JOURNEY_MS, "ms", 1)
        ]
    which = f"{told['count']:,} {'real pieces' if told['real'] else 'invented ones'}"
    if "recall" not in told:
        return [Row(f"{which}: five by comparing all / by Annoy", f"{_ms(told['exact'])} / Annoy is not installed")]
    return [
        at_least(f"{which}: recall@5 of Annoy against comparing all", told["recall"], RECALL, "", 4),
        Row(f"{which}: five by comparing all / by Annoy, p50", f"{_ms(told['exact'])} / {_ms(told['annoy'])}"),
        Row(f"{which}: the 45 that a choice looks through, by comparing all / by Annoy, p50",
            f"{_ms(told['exact_in_use'])} / {_ms(told['annoy_in_use'])}"),
        Row(f"{which}: start of comparing all / of Annoy, its file checked",
            f"{_ms(told['exact_open'])} / {_ms(told['annoy_open'])}"),
        Row(f"{which}: Annoy's building / file", f"{told['build']:.2f} s / {told['bytes'] / 1e6:.1f} MB"),
    ]  # fmt: skip


def _ms(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"

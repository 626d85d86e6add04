"""A photo to an estimate, and what looking adds to the memory of the process that does it."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.rigs.bench import photos
from infra.rigs.bench.load import percentile
from infra.rigs.bench.table import Row, at_most
from infra.rigs.running import RigFailed
from workers.settings import PROJECT, Settings

MIB = 2**20
SENT_MS, PHONE_MS, MEMORY_MIB = 60, 250, 238  # 250 MB


def pictures() -> list[Row]:
    """With the shipped networks and heads. Raises `RigFailed`."""
    with tempfile.TemporaryDirectory(prefix="heed-bench-") as folder:
        for name, files in (("sent", photos.sent()), ("phone", photos.from_a_phone()), ("most", [photos.largest()])):
            for number, data in enumerate(files):
                (Path(folder) / f"{name}-{number}.picture").write_bytes(data)
        command = [sys.executable, "-m", "infra.rigs.bench.looking", str(Settings.load().weights_folder), folder]
        done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise RigFailed("nothing could be looked at; `heed models pull face-landmarker`")
    told = json.loads(done.stdout)
    if not told["sent"]:
        return [Row("a photo to an estimate", "not measured: no picture of a face is at hand")]
    return [
        at_most(f"a photo of {photos.SENT} pixels to an estimate, p50", percentile(told["sent"], 0.5), SENT_MS, "ms"),
        Row("the same, p95", f"{percentile(told['sent'], 0.95):.0f} ms"),
        at_most("a phone's photo of 12 megapixels, p50", percentile(told["phone"], 0.5), PHONE_MS, "ms"),
        Row("the same, p95", f"{percentile(told['phone'], 0.95):.0f} ms"),
        Row("of this, processor time of a photo / a phone's, p50",
            f"{percentile(told['sent_cpu'], 0.5):.0f} ms / {percentile(told['phone_cpu'], 0.5):.0f} ms"),
        Row("loading libraries and networks, once", f"{told['load_s']:.1f} s"),
        at_most("memory that looking adds to a media worker, libraries included", told["kept"] / MIB, MEMORY_MIB,
                "MiB"),
        Row("the same, most while a picture of 40 megapixels is made small", f"{told['most'] / MIB:.0f} MiB"),
    ]  # fmt: skip

"""How music that sounds alike is found on this machine."""

import importlib.util
import subprocess
import sys

from bot.doctor.finding import Finding
from workers.settings import Settings

# In a process of its own: built for another processor it would end this one.
RUNS = (
    "import annoy; a = annoy.AnnoyIndex(2, 'euclidean'); a.add_item(0, [1, 1]); a.build(1); a.get_nns_by_item(0, 1)"
)


def search(settings: Settings) -> Finding:
    """Whether Annoy could be built here, and runs. Without it nothing is lost but time, in a very large catalogue."""
    if importlib.util.find_spec("annoy") is None:
        return Finding(
            "search", "note", "all pieces are compared; annoy, which is quicker from 100,000 pieces on, is not here",
            "sudo apt-get install g++ python3-dev, then `make install`",
        )  # fmt: skip
    if subprocess.run([sys.executable, "-c", RUNS], capture_output=True, check=False).returncode:
        return Finding(
            "search", "wrong", "annoy is here and does not run",
            f"{sys.executable} -m pip uninstall annoy: then all pieces are compared",
        )  # fmt: skip
    return Finding("search", "ok", "annoy runs: asked from 100,000 pieces on; below, all pieces are compared")

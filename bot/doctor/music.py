"""How music that sounds alike is found on this machine."""

import importlib.util

from bot.doctor.finding import Finding
from workers.settings import Settings


def search(settings: Settings) -> Finding:
    """Whether Annoy could be built here. Without it nothing is lost but time, in a very large catalogue."""
    if importlib.util.find_spec("annoy") is not None:
        return Finding("search", "ok", "annoy is here, for catalogues of 100,000 pieces and more")
    return Finding(
        "search",
        "note",
        "annoy is not here: similar music is found by comparing all pieces, which is slower from 100,000 on",
        "sudo apt-get install g++ python3-dev, then `make install`",
    )

"""What music there is to play, and how what sounds alike is found on this machine."""

import importlib.util
import subprocess
import sys
from pathlib import Path

from bot.doctor.finding import Finding
from workers.settings import Settings

MOODS = 6  # of which each gets HEED_MUSIC_STARTER pieces
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


def catalogue(settings: Settings) -> Finding:
    """How many pieces can be played, and how far Heed is with those it composes itself."""
    from workers.journal import tracks
    from workers.journal.database import Journal, JournalUnavailable
    from workers.journal.keys import Keyring, KeysUnusable

    if settings.database.startswith("sqlite") and not Path(settings.database.removeprefix("sqlite:///")).exists():
        return Finding("music", "note", "no catalogue yet", "`heed up` composes one")
    try:
        journal = Journal(settings.database, Keyring.open(settings.keys_path))
    except KeysUnusable as error:
        return Finding("music", "note", f"not looked at: {error}")
    try:
        with journal.read() as session:
            pieces, made = tracks.count(session), len(tracks.originals(session, tracks.COMPOSED))
    except JournalUnavailable as error:
        return Finding("music", "note", f"not looked at: {error}")
    finally:
        journal.close()
    wanted = MOODS * settings.music_starter
    if made < wanted:
        said = f"{pieces} pieces; {made} of the {wanted} that Heed composes itself are done"
        return Finding("music", "note", said, "`heed up` goes on with them, or: heed music compose")
    if not pieces:
        return Finding("music", "note", "no piece to play", "heed music add FOLDER, or: heed music compose")
    return Finding("music", "ok", f"{pieces} pieces to play")

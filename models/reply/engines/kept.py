"""Evaluated beginnings of prompts on disk, so that a process which starts need not evaluate them again."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from models.reply.engine import ChatMessage

PREFIX, DATA, DIGEST = "read-ahead-", ".state", ".sha256"


class Kept:
    """A folder with one beginning for one model. It is the same for everyone and holds nobody's words.

    llama.cpp ends the process when it is given a state that was cut off: none is handed out that does not have the
    digest it was kept with.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def name(self, model: Path, made_by: str, messages: Sequence[ChatMessage]) -> str:
        """Of the state that `made_by`, an engine's release, makes of `messages` with `model`. Raises `OSError`."""
        found = model.stat()
        parts = [made_by, model.name, str(found.st_size), str(found.st_mtime_ns)]
        parts += [part for message in messages for part in (message.role, message.content)]
        return PREFIX + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24] + DATA

    def whole(self, name: str) -> bool:
        """Whether `name` is here as it was kept. Raises `OSError`."""
        state, digest = self.folder / name, (self.folder / name).with_suffix(DIGEST)
        if not (state.is_file() and digest.is_file()):
            return False
        return _digest(state) == digest.read_text(encoding="ascii", errors="replace").strip()

    def keep(self, written: str, name: str) -> None:
        """Make the file `written` in the folder the state `name`, and drop every other. Raises `OSError`."""
        state = self.folder / name
        digest = _digest(self.folder / written)
        state.with_suffix(DIGEST).unlink(missing_ok=True)
        (self.folder / written).replace(state)
        state.with_suffix(DIGEST).write_text(digest, encoding="ascii")
        for other in self.folder.glob(f"{PREFIX}*"):
            if other.stem != state.stem:
                other.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

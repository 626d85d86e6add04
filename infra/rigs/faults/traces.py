"""Traces that a run must not leave: what people said, how they and Heed sounded, and the token.

Everything that Heed could have written to is searched as bytes: its home with database, logs and temporary files, the
folder of its Redis, and what its Redis still holds. The playground's history is searched too: it is sealed.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator

import numpy as np
import redis

from infra.rigs.notes import pieces_of
from infra.rigs.running import TOKEN, RigFailed, Running
from models.speech.audio import decode

ANCHOR = 8  # bytes of a piece that are looked up first


class Sounds:
    """Pieces of many sounds, to be found in bytes. `sent` is looked for decoded too, as the worker has it in memory
    and a temporary file would; `made` is what Heed said aloud."""

    def __init__(self, sent: Iterable[bytes], made: Iterable[bytes] = ()) -> None:
        self._pieces: dict[int, list[bytes]] = {}
        heard, spoken = set(sent), set(made)
        self.count = len(heard | spoken)
        """How many different sounds these are."""
        for form in (*heard, *spoken, *map(b64encode, heard | spoken), *_decoded(heard)):
            for piece in pieces_of(form):
                self._pieces.setdefault(int.from_bytes(piece[:ANCHOR], "little"), []).append(piece)
        self._anchors = np.array(sorted(self._pieces), dtype=np.uint64)

    @property
    def pieces(self) -> int:
        """How many parts are searched for."""
        return sum(len(pieces) for pieces in self._pieces.values())

    def heard_in(self, content: bytes) -> bool:
        """Whether a piece of any of them is in `content`, wherever it begins."""
        if not len(self._anchors):
            return False
        for shift in range(ANCHOR):
            count = (len(content) - shift) // ANCHOR
            if count <= 0:
                break
            window = np.frombuffer(content, np.dtype("<u8"), count, shift)
            at = np.minimum(np.searchsorted(self._anchors, window), len(self._anchors) - 1)
            for place in np.flatnonzero(self._anchors[at] == window):
                begins = shift + int(place) * ANCHOR
                if any(content.startswith(piece, begins) for piece in self._pieces[int(window[place])]):
                    return True
        return False


def _decoded(sounds: Iterable[bytes]) -> Iterator[bytes]:
    for sound in sounds:
        waveform = decode(sound).waveform
        yield waveform.tobytes()
        yield (waveform * 32767).astype(np.int16).tobytes()


def traces(heed: Running, words: Iterable[str], sounds: Sounds) -> list[str]:
    """Where a word, a piece of a sound, or the token was found. Raises `RigFailed` where there is nothing to look
    into."""
    if not (heed.home / "logs").is_dir():
        raise RigFailed("there are no logs to look into")
    sought = {TOKEN.encode(): "the token", **{word.encode(): "what people said" for word in words}}
    found: list[str] = []
    for name, content in (*_files(heed), *_broker(heed)):
        found += [f"{name}: {what}" for trace, what in sought.items() if trace in content]
        if sounds.heard_in(content):
            found.append(f"{name}: how somebody sounded")
    return found


def _files(heed: Running) -> Iterator[tuple[str, bytes]]:
    for folder in (heed.home, heed.settings.redis_socket.parent):
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                yield str(file.relative_to(folder.parent)), file.read_bytes()


def _broker(heed: Running) -> Iterator[tuple[str, bytes]]:
    """What Redis holds in memory, key by key, as it would write it."""
    with redis.Redis(unix_socket_path=str(heed.settings.redis_socket), socket_timeout=5) as broker:
        for key in broker.scan_iter():
            yield f"redis, {key!r}", bytes(broker.dump(key) or b"")

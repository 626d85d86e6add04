"""The one interface of everything that hears words in a recording, and the factory that names them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol

from models.speech.audio.sound import Sound
from models.speech.audio.speech import Span
from models.speech.recognise.heard import Heard

Device = Literal["cpu", "cuda"]
Between = Callable[[], None]
"""Called between two pieces of a recording, so that other work gets its turn. What it raises ends the hearing."""


class RecogniserUnavailable(Exception):
    """The recogniser cannot hear now: its files are missing or it failed. The message holds no words."""


class UnknownRecogniser(ValueError):
    """There is no recogniser of this name."""


class Recogniser(Protocol):
    """Hears words. Safe to call from several threads; calls may queue."""

    @property
    def name(self) -> str:
        """Name and version of what heard, for the record of a turn."""

    def recognise(
        self,
        sound: Sound,
        *,
        hint: str | None = None,
        spans: Sequence[Span] | None = None,
        between: Between | None = None,
    ) -> Heard:
        """The words of `sound`. `hint`: the person's language (ISO 639-1), which detection may overrule.
        `spans`: where speech is, if that is known already. Raises `BadSound` where there is no speech to be
        found, and `RecogniserUnavailable`."""

    def warm(self) -> None:
        """Load whatever the first call would otherwise wait for. Raises `RecogniserUnavailable`."""

    def close(self) -> None:
        """Give memory back. The recogniser is not used afterwards."""


def recogniser_from(name: str, *, weights: Path, threads: int = 2, device: Device = "cpu") -> Recogniser:
    """`whisper` (the files of whisper-base in `weights`), `whisper:FOLDER` (any faster-whisper model in a
    folder, relative to `weights`), `scripted` or `scripted:SECONDS` (which takes that long). `device`
    is where Whisper runs. Raises `UnknownRecogniser`."""
    kind, _, folder = name.partition(":")
    if kind == "whisper":
        from models.speech.recognise.whisper import WhisperRecogniser  # heavy, so only where it is asked for

        return WhisperRecogniser(weights, folder=folder, threads=threads, device=device)
    if kind == "scripted":
        from models.speech.recognise.scripted import ScriptedRecogniser

        return ScriptedRecogniser(takes_s=float(folder or 0))
    raise UnknownRecogniser(f"no recogniser called {name!r}; there are whisper, whisper:FOLDER and scripted")

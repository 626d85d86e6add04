"""The one interface of everything that speaks, and the factory that names them."""

from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from models.speech.audio.sound import Waveform
from models.speech.synthesise.mood import Mood, Name


@dataclass(frozen=True, slots=True)
class Speech:
    """`waveform` float32 [samples], one channel, `rate` samples a second."""

    waveform: Waveform = field(repr=False)
    rate: int

    @property
    def duration_s(self) -> float:
        return len(self.waveform) / self.rate


class NotSpoken(Exception):
    """This text is not spoken; the answer stays written. The message holds nothing of it."""


class NoVoice(NotSpoken):
    """There is no voice for this language. `key` names the sentence that says so."""

    key: ClassVar[str] = "sound.no_voice"

    def __init__(self, language: str) -> None:
        super().__init__(f"no voice for the language {language!r}")
        self.language = language


class NothingToSay(NotSpoken):
    """Nothing of the text can be said aloud: only marks, or nothing."""

    def __init__(self) -> None:
        super().__init__("the text holds nothing that can be said aloud")


class SynthesiserUnavailable(Exception):
    """The voice cannot speak now: missing, out of order, too slow. The message holds no words of the text."""


class UnknownSynthesiser(ValueError):
    """There is no synthesiser of this name."""


class Synthesiser(Protocol):
    """Speaks a text. Safe to call from several threads; calls may queue."""

    @property
    def name(self) -> str:
        """Name and version of what speaks, for the record of a turn."""

    @property
    def languages(self) -> frozenset[str]:
        """The languages it has a voice for (ISO 639-1)."""

    def synthesise(self, text: str, *, language: str = "en", mood: Mood | Name = "neutral") -> Speech:
        """`text` aloud, as written for the eye: what cannot be said is left out or put into words.

        Raises `NoVoice`, `NothingToSay` and `SynthesiserUnavailable`.
        """

    def warm(self) -> None:
        """Load whatever the first call would otherwise wait for. Raises `SynthesiserUnavailable`."""

    def close(self) -> None:
        """Give memory and connections back. The synthesiser is not used afterwards."""


def synthesiser_from(
    name: str,
    *,
    threads: int = 1,
    url: str = "",
    key: str = "",
    model: str = "",
    voice: str = "",
    languages: tuple[str, ...] = ("en",),
    timeout: float = 30.0,
) -> Synthesiser:
    """`hibari` (English, in the process), `server` (speaks the speech interface of OpenAI, at `url`), `tone` or
    `tone:SECONDS` (beeps, for tests; takes that long). Raises `UnknownSynthesiser`, and `SynthesiserUnavailable` for
    an impossible `url`."""
    if name == "hibari":
        from models.speech.synthesise.hibari import HibariSynthesiser  # heavy, so only where it is asked for

        return HibariSynthesiser(threads=threads)
    if name == "server":
        from models.speech.synthesise.server import ServerSynthesiser

        return ServerSynthesiser(url, model=model, voice=voice, key=key, languages=languages, timeout=timeout)
    kind, _, takes = name.partition(":")
    if kind == "tone":
        from models.speech.synthesise.tone import ToneSynthesiser

        return ToneSynthesiser(languages=languages, takes_s=float(takes or 0))
    raise UnknownSynthesiser(f"no synthesiser called {name!r}; there are hibari, server and tone")

"""A voice behind the speech interface of OpenAI: `POST audio/speech`, answered with a WAV."""

import io

import httpx
import numpy as np
import soundfile

from models.speech.synthesise.mood import Mood, Name, mood_of
from models.speech.synthesise.script import script
from models.speech.synthesise.synthesiser import Speech, SynthesiserUnavailable

MOST_BYTES = 32_000_000
"""Ten minutes at 24 kHz; a server that sends more is out of order."""
NOT_SOUND = "the speech server answered with something that is not a WAV"


class ServerSynthesiser:
    """One voice of one server. Errors carry a status or a kind, never what was sent or received."""

    def __init__(
        self,
        url: str,
        *,
        model: str,
        voice: str,
        key: str = "",
        languages: tuple[str, ...] = ("en",),
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise SynthesiserUnavailable("the speech server needs an address, such as http://host:8000/v1")
        self.languages = frozenset(languages)
        self._model, self._voice = model, voice
        self._client = httpx.Client(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=5.0),
            transport=transport,
        )

    @property
    def name(self) -> str:
        return f"{self._model or 'server'}-{self._voice or 'default'}"

    def warm(self) -> None:
        """Ask the server for its list of models, so that a wrong address or key shows at start."""
        try:
            response = self._client.get("models")
        except httpx.HTTPError as error:
            raise _unreachable(error) from None
        if response.status_code != 200:
            raise SynthesiserUnavailable(f"the speech server answered with status {response.status_code}")

    def close(self) -> None:
        self._client.close()

    def synthesise(self, text: str, *, language: str = "en", mood: Mood | Name = "neutral") -> Speech:
        said = script(text, language, self.languages)
        body = {
            "model": self._model,
            "voice": self._voice,
            "input": " ".join(said),
            "response_format": "wav",
            "speed": round(mood_of(mood).pace, 3),
        }
        return _speech(self._asked(body))

    def _asked(self, body: dict[str, object]) -> bytes:
        got = bytearray()
        try:
            with self._client.stream("POST", "audio/speech", json=body) as response:
                if response.status_code != 200:
                    raise SynthesiserUnavailable(f"the speech server answered with status {response.status_code}")
                for block in response.iter_bytes():
                    got += block
                    if len(got) > MOST_BYTES:
                        raise SynthesiserUnavailable("the speech server sends more than ten minutes of sound")
        except httpx.HTTPError as error:
            raise _unreachable(error) from None
        return bytes(got)


def _unreachable(error: httpx.HTTPError) -> SynthesiserUnavailable:
    return SynthesiserUnavailable(f"the speech server cannot be reached ({type(error).__name__})")


def _speech(data: bytes) -> Speech:
    """The sound of a WAV, its channels averaged."""
    if not data.startswith(b"RIFF"):
        raise SynthesiserUnavailable(NOT_SOUND)
    try:
        channels, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        raise SynthesiserUnavailable(NOT_SOUND) from None
    if not len(channels):
        raise SynthesiserUnavailable(NOT_SOUND)
    return Speech(np.clip(np.nan_to_num(channels.mean(axis=1)), -1.0, 1.0).astype(np.float32), int(rate))

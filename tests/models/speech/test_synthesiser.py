"""One contract for every voice, and what is special about each."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import numpy as np
import pytest
import soundfile

from models.speech.audio.sound import loudness
from models.speech.synthesise import (
    MOODS,
    Mood,
    NothingToSay,
    NoVoice,
    Synthesiser,
    SynthesiserUnavailable,
    UnknownSynthesiser,
    synthesiser_from,
)
from models.speech.synthesise.hibari import _melody
from models.speech.synthesise.server import ServerSynthesiser
from models.speech.synthesise.tone import ToneSynthesiser

TEXT = "I'm glad you wrote. It's 7:30, so take your time."
CANARY = "zebrafinch"
ASKED: list[tuple[str, dict[str, str], dict[str, object]]] = []


class Speaker(BaseHTTPRequestHandler):
    """A server that speaks the speech interface of OpenAI: a beep as long as the text, at the speed asked for."""

    def do_GET(self) -> None:
        self._answer(b'{"data": []}', "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ASKED.append((self.path, dict(self.headers), body))
        count = int(24_000 * 0.05 * len(body["input"]) / body["speed"])
        buffer = io.BytesIO()
        beep = 0.3 * np.sin(np.arange(count) / 20)
        soundfile.write(buffer, np.stack([beep, beep], axis=1), 24_000, format="WAV")
        self._answer(buffer.getvalue(), "audio/wav")

    def _answer(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Speaker) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["hibari", "tone", "server"])
def voice(request: pytest.FixtureRequest, address: str) -> Iterator[Synthesiser]:
    made = synthesiser_from(request.param, url=address, model="some", voice="one", key="key-of-the-server")
    made.warm()
    yield made
    made.close()


def test_a_text_becomes_sound(voice: Synthesiser) -> None:
    speech = voice.synthesise(TEXT)
    assert speech.waveform.dtype == np.float32
    assert speech.waveform.ndim == 1
    assert speech.rate >= 16_000
    assert 1.0 < speech.duration_s < 12
    assert np.abs(speech.waveform).max() <= 1
    assert loudness(speech.waveform) > -40


def test_the_same_text_in_the_same_mood_is_the_same_sound(voice: Synthesiser) -> None:
    assert np.array_equal(voice.synthesise(TEXT).waveform, voice.synthesise(TEXT, mood=Mood()).waveform)


def test_a_calm_answer_takes_longer_than_a_bright_one(voice: Synthesiser) -> None:
    calm, neutral, bright = (voice.synthesise(TEXT, mood=mood).duration_s for mood in ("calm", "neutral", "bright"))
    assert calm > neutral > bright


def test_a_longer_text_takes_longer(voice: Synthesiser) -> None:
    assert voice.synthesise(" ".join([TEXT] * 4)).duration_s > 3 * voice.synthesise(TEXT).duration_s


@pytest.mark.parametrize("language", ["ko", "tr"])
def test_korean_and_turkish_have_no_voice(voice: Synthesiser, language: str) -> None:
    with pytest.raises(NoVoice):
        voice.synthesise(CANARY, language=language)


def test_marks_alone_are_nothing_to_say(voice: Synthesiser) -> None:
    with pytest.raises(NothingToSay):
        voice.synthesise("🧿 ...")


def test_no_voice_shows_what_it_says(voice: Synthesiser) -> None:
    assert CANARY not in repr(voice.synthesise(CANARY))
    assert voice.name


def test_several_threads_may_ask_at_once(voice: Synthesiser) -> None:
    wanted, got = voice.synthesise(TEXT).waveform, []
    threads = [threading.Thread(target=lambda: got.append(voice.synthesise(TEXT).waveform)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert all(np.array_equal(wanted, each) for each in got)


def test_the_server_is_asked_as_openai_describes_it(address: str) -> None:
    made = ServerSynthesiser(address, model="some", voice="one", key="key-of-the-server")
    made.synthesise("It's **7:30**.", mood="bright")
    made.close()
    path, headers, body = ASKED[-1]
    assert path == "/v1/audio/speech"
    assert headers["Authorization"] == "Bearer key-of-the-server"
    assert body == {
        "model": "some", "voice": "one", "input": "It's seven thirty.", "response_format": "wav",
        "speed": round(MOODS["bright"].pace, 3),
    }  # fmt: skip


def test_a_server_may_have_voices_for_other_languages(address: str) -> None:
    made = synthesiser_from("server", url=address, model="some", voice="one", languages=("en", "ko"))
    assert made.synthesise("괜찮아요", language="ko").duration_s > 0
    made.close()
    assert ASKED[-1][2]["input"] == "괜찮아요."


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text=CANARY),
        httpx.Response(200, content=CANARY.encode()),
        httpx.Response(200, content=b"RIFF" + CANARY.encode()),
        httpx.Response(200, content=b""),
        httpx.ConnectError(CANARY),
        httpx.ReadTimeout(CANARY),
    ],
    ids=["status", "text", "broken", "nothing", "gone", "slow"],
)
def test_a_server_out_of_order_is_unavailable_and_repeats_nothing(answer: httpx.Response | Exception) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = ServerSynthesiser("http://server.test/v1", model="", voice="", transport=httpx.MockTransport(handle))
    with pytest.raises(SynthesiserUnavailable) as caught:
        made.synthesise(CANARY)
    made.close()
    assert CANARY not in str(caught.value)


def test_a_server_that_never_stops_sending_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.speech.synthesise.server.MOST_BYTES", 1000)
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b"RIFF" + bytes(5000)))
    made = ServerSynthesiser("http://server.test/v1", model="", voice="", transport=transport)
    with pytest.raises(SynthesiserUnavailable, match="more than ten minutes"):
        made.synthesise("hello")
    made.close()


def test_a_wrong_address_shows_at_the_start() -> None:
    with pytest.raises(SynthesiserUnavailable, match="address"):
        synthesiser_from("server", url="nowhere")
    gone = synthesiser_from("server", url="http://127.0.0.1:9/v1", timeout=1)
    with pytest.raises(SynthesiserUnavailable, match="cannot be reached"):
        gone.warm()
    gone.close()


def test_an_unknown_voice_is_refused() -> None:
    with pytest.raises(UnknownSynthesiser, match="parrot"):
        synthesiser_from("parrot")


def test_the_tone_fails_when_it_is_told_to() -> None:
    with pytest.raises(SynthesiserUnavailable):
        ToneSynthesiser(failing=True).synthesise("hello")


def test_a_bright_mood_lifts_the_voice_and_lets_it_move_and_a_calm_one_the_other_way() -> None:
    melody = np.asarray([0, 180, 200, 220, 0, 210], np.float32)
    voiced = melody > 0
    bright, calm = _melody(melody, MOODS["bright"]), _melody(melody, MOODS["calm"])
    assert bright[voiced].mean() > melody[voiced].mean() > calm[voiced].mean()
    assert np.ptp(bright[voiced]) > np.ptp(melody[voiced]) > np.ptp(calm[voiced])
    assert not bright[~voiced].any()
    assert np.allclose(_melody(melody, MOODS["neutral"]), melody, rtol=1e-5)


def test_a_mood_follows_valence_and_arousal_within_bounds() -> None:
    assert Mood(1, 1).pace <= 1.15
    assert Mood(-1, -1).pace >= 0.85
    assert Mood(0, 1).pitch > 1 > Mood(0, -1).pitch
    with pytest.raises(ValueError, match="valence"):
        Mood(2, 0)

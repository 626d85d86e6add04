"""One contract for everything that can write a candidate, and what is special about each."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from models.reply.engine import ChatMessage, Engine, EngineUnavailable, UnknownEngine
from models.reply.engines import engine_from
from models.reply.engines.kept import Kept
from models.reply.engines.llama import LlamaEngine
from models.reply.engines.openai import OpenAIEngine
from tests.rig.weights import weight

TALK = (
    ChatMessage("system", "You are kind."),
    ChatMessage("user", "I failed my exam and I don't dare tell my parents."),
)
SMALL = "smollm2-135m-instruct-q4_1"
CANARY = "zebrafinch-in-the-cellar"


def _server(request: httpx.Request) -> httpx.Response:
    if request.url.path.endswith("/models"):
        return httpx.Response(200, json={"data": []})
    asked = json.loads(request.content)
    text = " ".join(["That sounds heavy."] * 40)[: asked["max_tokens"] * 4]
    return httpx.Response(
        200,
        json={
            "choices": [{"message": {"content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 20, "completion_tokens": min(asked["max_tokens"], 30)},
        },
    )


@pytest.fixture(scope="module", params=["inprocess", "openai", pytest.param("llama", marks=pytest.mark.weights)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made: Engine
    if request.param == "llama":
        made = LlamaEngine(weight(SMALL), threads=1, context=1024)
    elif request.param == "openai":
        made = OpenAIEngine("http://server.test/v1", "some", transport=httpx.MockTransport(_server))
    else:
        made = engine_from("inprocess")
    yield made
    made.close()


def test_an_engine_warms_up_and_says_who_it_is(engine: Engine) -> None:
    engine.warm()
    assert engine.name
    assert "en" in engine.languages
    assert engine.context >= 1024


def test_an_engine_writes_text_and_counts_what_it_cost(engine: Engine) -> None:
    completion = engine.generate(TALK, max_tokens=24, temperature=0.5, seed=7)
    assert completion.text.strip()
    assert completion.prompt_tokens > 5
    assert completion.completion_tokens > 0
    assert completion.seconds >= 0


def test_the_same_seed_gives_the_same_text(engine: Engine) -> None:
    first, second = (engine.generate(TALK, max_tokens=16, temperature=0.0, seed=3) for _ in range(2))
    assert first.text == second.text


def test_a_longer_text_counts_more_tokens(engine: Engine) -> None:
    assert 0 < engine.count_tokens("a word") < engine.count_tokens("a word and many more words after it")


def test_what_is_written_and_asked_is_masked_when_printed(engine: Engine) -> None:
    completion = engine.generate(TALK, max_tokens=16, temperature=0.0, seed=3)
    assert completion.text.strip()[:12] not in repr(completion)
    assert "exam" not in repr(TALK)


def test_the_in_process_engine_gives_different_inputs_different_answers() -> None:
    engine = engine_from("inprocess")
    asked = [f"message number {number} about my day" for number in range(40)]
    answers = {
        engine.generate([ChatMessage("user", text)], max_tokens=60, temperature=0.5, seed=0).text for text in asked
    }
    assert len(answers) > 20


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(UnknownEngine, match="nonesuch"):
        engine_from("nonesuch")


def test_a_missing_model_file_names_the_command_that_fetches_it(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="heed models pull"):
        engine_from("llama", model=tmp_path / "none.gguf")


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_an_error_of_a_server_is_told_by_its_status_and_without_words(status: int) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, content=request.content))
    engine = OpenAIEngine("http://server.test/v1", "some", transport=transport)
    with pytest.raises(EngineUnavailable, match=str(status)) as caught:
        engine.generate([ChatMessage("user", CANARY)], max_tokens=5, temperature=0, seed=0)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("body", ["not json", "[]", '{"choices": []}', '{"choices": [{"message": {}}]}'])
def test_a_malformed_answer_of_a_server_makes_the_engine_unavailable(body: str) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    engine = OpenAIEngine("http://server.test/v1", "some", transport=transport)
    with pytest.raises(EngineUnavailable):
        engine.generate([ChatMessage("user", CANARY)], max_tokens=5, temperature=0, seed=0)


def test_a_server_that_hangs_or_is_gone_makes_the_engine_unavailable() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout(CANARY, request=request)

    engine = OpenAIEngine("http://server.test/v1", "some", transport=httpx.MockTransport(gone))
    with pytest.raises(EngineUnavailable, match="ReadTimeout") as caught:
        engine.generate(TALK, max_tokens=5, temperature=0, seed=0)
    assert CANARY not in str(caught.value)


@pytest.mark.weights
def test_a_second_person_does_not_pay_for_the_beginning_of_the_prompt() -> None:
    engine = LlamaEngine(weight(SMALL), threads=1, context=1024)
    rules = ChatMessage("system", "You are a kind listener who takes up what was said. " * 20)
    engine.generate([rules, ChatMessage("user", "My dog died.")], max_tokens=2, temperature=0, seed=0)
    second = engine.generate([rules, ChatMessage("user", "I got the job!")], max_tokens=2, temperature=0, seed=0)
    engine.close()
    assert second.cached_tokens > 0.8 * second.prompt_tokens


@pytest.mark.weights
def test_a_prompt_too_long_for_the_window_is_refused_without_its_words() -> None:
    engine = LlamaEngine(weight(SMALL), threads=1, context=512)
    with pytest.raises(EngineUnavailable) as caught:
        engine.generate([ChatMessage("user", f"{CANARY} " * 400)], max_tokens=2, temperature=0, seed=0)
    engine.close()
    assert CANARY not in str(caught.value)


@pytest.mark.weights
def test_llama_cpp_prints_nothing_of_what_was_said_and_lets_nobody_in() -> None:
    program = (
        "import sys, urllib.request, urllib.error\n"
        "from pathlib import Path\n"
        "from models.reply.engine import ChatMessage\n"
        "from models.reply.engines.llama import LlamaEngine\n"
        "engine = LlamaEngine(Path(sys.argv[1]), threads=1, context=512)\n"
        "talk = [ChatMessage('user', sys.argv[2])]\n"
        "engine.generate(talk, max_tokens=4, temperature=0, seed=0)\n"
        "engine.count_tokens(sys.argv[2])\n"
        "address = engine._server.listening_address\n"
        "for path in ('/slots', '/props', '/v1/models', '/metrics', '/tokenize'):\n"
        "    try:\n"
        "        body = urllib.request.urlopen(address + path, timeout=5).read().decode()\n"
        "        assert sys.argv[2] not in body\n"
        "        assert path == '/v1/models', path\n"
        "    except urllib.error.HTTPError as refused:\n"
        "        assert refused.code in (401, 403, 404, 501), refused.code\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(weight(SMALL).resolve()), CANARY],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-600:]
    assert CANARY not in ran.stdout + ran.stderr


BEGINNING = (ChatMessage("system", "You are a kind listener who takes up what was said. " * 20),)


def _read_ahead(folder: Path) -> int:
    """Tokens of a first prompt that a new engine need not evaluate."""
    engine = LlamaEngine(weight(SMALL), threads=1, context=1024, kept=folder)
    engine.read_ahead([*BEGINNING, ChatMessage("user", "Hello.")])
    first = engine.generate([*BEGINNING, ChatMessage("user", "My dog died.")], max_tokens=2, temperature=0, seed=0)
    engine.close()
    assert first.text
    return first.cached_tokens


@pytest.mark.weights
def test_what_was_read_ahead_outlives_the_process_and_is_not_evaluated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated = _read_ahead(tmp_path)
    monkeypatch.setattr(Kept, "keep", lambda *_: pytest.fail("it was evaluated again"))
    assert _read_ahead(tmp_path) == evaluated > 100


@pytest.mark.weights
@pytest.mark.parametrize("harm", ["cut off", "garbled", "gone", "no digest"])
def test_a_damaged_state_is_evaluated_anew_and_never_handed_to_llama_cpp(tmp_path: Path, harm: str) -> None:
    evaluated = _read_ahead(tmp_path)
    (state,) = tmp_path.glob("*.state")
    whole = state.read_bytes()
    if harm == "cut off":
        state.write_bytes(whole[: len(whole) // 2])
    elif harm == "garbled":
        state.write_bytes(whole[:-9] + b"xxxxxxxxx")
    elif harm == "gone":
        state.unlink()
    else:
        state.with_suffix(".sha256").unlink()
    assert _read_ahead(tmp_path) == evaluated
    (again,) = tmp_path.glob("*.state")
    assert Kept(tmp_path).whole(again.name)


@pytest.mark.weights
def test_nothing_of_a_conversation_is_kept_with_what_is_read_ahead(tmp_path: Path) -> None:
    sizes = []
    for folder, before in ((tmp_path / "a", "Hello."), (tmp_path / "b", f"{CANARY} " * 60)):
        engine = LlamaEngine(weight(SMALL), threads=1, context=1024, kept=folder)
        engine.generate([*BEGINNING, ChatMessage("user", before)], max_tokens=8, temperature=0, seed=0)
        engine.read_ahead([*BEGINNING, ChatMessage("user", "Hello.")])
        engine.close()
        (state,) = folder.glob("*.state")
        sizes.append(state.stat().st_size)
        assert CANARY.encode() not in state.read_bytes()
    assert sizes[0] == sizes[1]


@pytest.mark.weights
def test_an_engine_that_cannot_keep_what_it_read_ahead_answers_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert _read_ahead(tmp_path / "file" / "cache") > 100


def test_another_model_or_beginning_has_another_state_and_replaces_the_old_one(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_bytes(b"weights")
    kept = Kept(tmp_path)
    one = kept.name(model, "engine 1", BEGINNING)
    assert one == kept.name(model, "engine 1", BEGINNING)
    others = {kept.name(model, "engine 2", BEGINNING), kept.name(model, "engine 1", TALK)}
    model.write_bytes(b"other weights")
    others.add(kept.name(model, "engine 1", BEGINNING))
    assert len(others | {one}) == 4
    for name in (one, others.pop()):
        (tmp_path / "written").write_bytes(b"state")
        kept.keep("written", name)
        assert kept.whole(name)
    assert not kept.whole(one)

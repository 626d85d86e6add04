"""The command `heed`: its exit codes, what goes where, and how little it imports."""

import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bot import doctor
from bot.commands import rooms
from bot.supervisor.plan import page_token_file
from workers.journal import cases, migrate, people
from workers.journal.answers import Answers
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.settings import PROJECT, Settings

BOT = 1000000001
LIGHT = {"HEED_REPLY_ENGINE": "inprocess", "HEED_DANGER_MODEL": "none", "HEED_RECOGNISER": "scripted"}
"""Settings that need no weights."""
CANARY = "the canary sings at four"


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:
    settings = Settings.load()
    opened = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    migrate.upgrade(opened)
    yield opened
    opened.close()


def heed(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a person types it."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=PROJECT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", [["up"], ["bot"], ["worker", "text"], ["db", "upgrade"], ["say", "hello"]])
def test_a_wrong_setting_is_one_line_code_2_and_nothing_half_started(home: Path, command: list[str]) -> None:
    done = heed(*command, HEED_MIN_AGE="3")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "heed: HEED_MIN_AGE: Input should be greater than or equal to 13\n"
    assert not home.exists()


def test_a_broker_within_one_process_cannot_carry_heed_up(home: Path) -> None:
    done = heed("up", HEED_BROKER_URL="memory://")
    assert done.returncode == 2
    assert done.stderr.startswith("heed: HEED_BROKER_URL: memory://")


def test_a_home_that_cannot_be_made_is_one_line_and_code_2(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = heed("up", HEED_HOME=str(tmp_path / "file" / "home"))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command", [["worker", "video"], ["evaluate", "music"], ["train", "danger"], ["nothing"], ["up", "--fast"]]
)
def test_a_wrong_word_on_the_command_line_is_code_2(home: Path, command: list[str]) -> None:
    assert heed(*command).returncode == 2


def test_the_command_alone_imports_nothing_heavy() -> None:
    heavy = ["sqlalchemy", "celery", "redis", "telegram", "numpy", "xllamacpp", "aiohttp", "alembic", "httpx"]
    code = f"import sys, bot.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_an_error_nobody_foresaw_is_one_line_without_what_it_says(home: Path) -> None:
    code = (
        "import sys; from bot import cli; from unittest import mock\n"
        f"cli.app = mock.Mock(side_effect=KeyError({CANARY!r}))\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("heed: unexpected: KeyError at ")
    assert CANARY not in done.stderr


def test_the_database_goes_up_and_down(home: Path) -> None:
    assert heed("db", "upgrade").returncode == 0
    assert heed("db", "current").stdout.strip() == migrate.head()
    assert heed("db", "downgrade", "base").returncode == 0
    assert heed("db", "current").stdout == "empty\n"


def test_without_keys_nothing_is_read_and_the_code_is_2(home: Path, journal: Journal) -> None:
    Settings.load().keys_path.unlink()
    done = heed("cases", "list")
    assert done.returncode == 2
    assert done.stderr.startswith("heed: the key file cannot be read")


def test_a_case_is_listed_claimed_by_one_and_closed(journal: Journal) -> None:
    with journal.write() as session:
        person = people.meet(session, BOT, 1, "en")
        number = cases.open_case(
            session, person, turn_id=None, kind="suicide", tier="clear", language="en", words=CANARY
        ).id

    listed = heed("cases", "list")
    assert "words shared" in listed.stdout
    assert CANARY not in listed.stdout + listed.stderr

    assert heed("cases", "claim", str(number), "--by", "Ada").returncode == 0
    second = heed("cases", "claim", str(number), "--by", "Bob")
    assert (second.returncode, second.stdout) == (1, "")
    read = heed("cases", "read", str(number), "--by", "Ada", "--reason", "on duty")
    assert read.stdout == CANARY + "\n"
    assert heed("cases", "close", str(number), "--by", "Bob", "--note", "mine").returncode == 1
    assert heed("cases", "close", str(number), "--by", "Ada", "--note", "called back").returncode == 0
    assert heed("cases", "list").stdout == ""
    assert "closed" in heed("cases", "list", "--all").stdout


def test_an_export_is_a_file_that_only_the_operator_can_read(journal: Journal, tmp_path: Path) -> None:
    with journal.write() as session:
        people.meet(session, BOT, 42, "en")
    file = tmp_path / "out.zip"
    done = heed("export", "42", "--to", str(file))
    assert (done.returncode, done.stdout) == (0, f"{file}\n")
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        held = json.loads(archive.read("everything.json"))
    assert held["person"]["telegram_id"] == 42
    assert [entry["what"] for entry in held["read_by_the_team"]] == ["person.export"]
    assert heed("export", "42", "--to", str(file)).returncode == 1


def test_forgetting_asks_first_and_then_nothing_is_left(journal: Journal) -> None:
    with journal.write() as session:
        people.meet(session, BOT, 42, "en")
    assert heed("forget", "42").returncode != 0
    with journal.read() as session:
        assert people.find(session, BOT, 42) is not None

    assert heed("forget", "42", "--yes").returncode == 0

    with journal.read() as session:
        assert people.find(session, BOT, 42) is None
    assert heed("forget", "42", "--yes").stderr == "heed: nobody is known here as 42\n"


class Playground(BaseHTTPRequestHandler):
    """The person's side, with one message said and three answered."""

    seen: ClassVar[list[tuple[str, str | None]]] = []

    def log_message(self, format: str, *args: Any) -> None:
        return

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Authorization"]))
        self._answer({"message": {"message_id": 10}})

    def do_GET(self) -> None:
        texts = {11: "typing takes a while", 12: "first part", 13: "second part", 14: "an introduction"}
        self._answer([{"message_id": number, "text": text} for number, text in texts.items()])

    def _answer(self, body: object) -> None:
        packed = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)


@pytest.fixture
def playground(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Playground]]:
    server = HTTPServer(("127.0.0.1", 0), Playground)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HEED_PLAYGROUND_PORT", str(server.server_address[1]))
    token = page_token_file(Settings.load())
    token.parent.mkdir(parents=True)
    token.write_text("page-token\n")
    Playground.seen.clear()
    yield Playground
    server.shutdown()
    server.server_close()


def test_say_prints_only_the_answer_one_line_a_part(
    playground: type[Playground], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from bot.commands.say import say
    from workers.journal import answers

    found = iter([Answers(False, (), "received"), Answers(False, (12,), "sending"), Answers(True, (12, 13), "sent")])
    monkeypatch.setattr(answers, "answers_to", lambda *_: next(found))

    say("hello", person=7, wait=5)

    assert capsys.readouterr().out == "first part\nsecond part\n"
    assert playground.seen == [("/people/7/messages", "Bearer page-token")]


def test_say_ends_with_3_when_no_answer_comes(playground: type[Playground]) -> None:
    done = heed("say", "hello", "--wait", "0.3")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "heed: no answer within 0.3 s\n")


def test_say_tells_that_nothing_runs(journal: Journal) -> None:
    done = heed("say", "hello", HEED_PLAYGROUND_PORT="1")
    assert (done.returncode, done.stderr) == (1, "heed: Heed does not run here; start it with: heed up\n")


def test_say_does_not_speak_to_a_real_bot(home: Path) -> None:
    done = heed("say", "hello", HEED_TELEGRAM_API_URL="http://127.0.0.1:1")
    assert done.returncode == 1
    assert "playground" in done.stderr


def test_doctor_ends_with_1_and_a_fix_where_something_is_wrong(journal: Journal) -> None:
    settings = Settings.load()
    well = heed("doctor", **LIGHT)
    assert well.returncode == 0, well.stdout + well.stderr

    settings.keys_path.chmod(0o644)
    ill = heed("doctor", **LIGHT)
    assert ill.returncode == 1
    assert f"chmod 600 '{settings.keys_path}'" in ill.stdout
    settings.keys_path.chmod(0o600)

    migrate.downgrade(journal, "base")
    assert "heed db upgrade" in heed("doctor", **LIGHT).stdout


def test_doctor_says_whether_recordings_can_be_decoded_and_heard_and_answers_spoken(
    home: Path, tmp_path: Path, playground: type[Playground]
) -> None:
    def told(**environment: str) -> str:
        lines = heed("doctor", **LIGHT, **environment).stdout.splitlines()
        (line,) = [line for line in lines if line[7:].startswith("voice ")]
        return line

    assert told().startswith("ok     voice")
    assert "spoken by hibari" in told()
    (tmp_path / "no_program").write_text("")
    lost = told(IMAGEIO_FFMPEG_EXE=str(tmp_path / "no_program"))
    assert lost.startswith("wrong")
    assert "ffmpeg" in lost
    server = {"HEED_SYNTHESISER": "server", "HEED_SYNTHESISER_URL": "http://127.0.0.1:1/v1"}
    away = told(**server)
    assert away.startswith("wrong")
    assert "HEED_SYNTHESISER_URL" in away
    port = os.environ["HEED_PLAYGROUND_PORT"]
    here = told(**(server | {"HEED_SYNTHESISER_URL": f"http://127.0.0.1:{port}/v1"}))
    assert here.startswith("ok     voice")
    assert "spoken by 127.0.0.1" in here


def test_doctor_says_that_there_is_no_gpu_where_the_settings_want_one(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(_env_file=None, recogniser_device="cuda")  # type: ignore[call-arg]
    monkeypatch.setattr(doctor, "gpus", lambda: 0)
    found = doctor.voice(settings)
    assert found.wrong
    assert "HEED_RECOGNISER_DEVICE=cpu" in found.fix
    monkeypatch.setattr(doctor, "gpus", lambda: 1)
    assert "heard on cuda" in doctor.voice(settings).said


def test_the_weights_of_the_manifest_are_listed_and_a_missing_one_is_told(home: Path) -> None:
    listed = heed("models", "list")
    assert listed.returncode == 0
    pulled, _, heads = listed.stdout.partition("\n\n")
    assert all(line.startswith("missing") for line in pulled.splitlines())
    assert Settings.load().reply_model in pulled
    assert heads
    told = heed("models", "verify", "smollm2-135m-instruct-q4_1")
    assert (told.returncode, told.stderr) == (
        1,
        "heed: missing or damaged; fetch again: heed models pull smollm2-135m-instruct-q4_1\n",
    )


def test_weights_of_the_right_size_are_not_fetched_again_at_a_start(home: Path) -> None:
    from models.weights import weight

    entry = weight("smollm2-135m-instruct-q4_1")
    folder = Settings.load().weights_folder
    folder.mkdir(parents=True)
    with (folder / entry.path).open("wb") as file:
        file.truncate(entry.size)  # a hole, not 98 MB
    assert heed("models", "pull", "--missing", entry.name).returncode == 0
    assert heed("models", "verify", entry.name).returncode == 1


def test_a_name_the_manifest_does_not_hold_is_one_line(home: Path) -> None:
    done = heed("models", "pull", "--missing", "nothing")
    assert done.returncode == 1
    assert done.stderr == "heed: no weights called 'nothing'; `heed models list` shows what there is\n"


def test_every_learned_head_is_listed_with_its_terms(home: Path) -> None:
    heads = heed("models", "list").stdout.partition("\n\n")[2].splitlines()[1:]
    files = [path for kind in ("npz", "bin", "onnx") for path in PROJECT.glob(f"models/**/*.{kind}")]
    assert len(heads) == len(files)
    (voice,) = [line for line in heads if " voice-eight-3 " in line]
    assert voice.startswith("used")
    assert "NOT FOR COMMERCIAL USE" in voice
    assert "CC BY-NC-SA" in voice


def test_open_weights_are_chosen_by_a_setting_and_then_none_is_bound(home: Path) -> None:
    heads = heed("models", "list", HEED_WEIGHTS_LICENCE="open").stdout.partition("\n\n")[2].splitlines()[1:]
    used = [line for line in heads if line.startswith("used")]
    assert any(" voice-eight-open-3 " in line for line in used)
    assert not any("NOT FOR COMMERCIAL USE" in line for line in used)


def test_doctor_says_which_heads_are_not_for_commercial_use(home: Path) -> None:
    told = next(line for line in heed("doctor", **LIGHT).stdout.splitlines() if "licences" in line)
    assert "voice-eight-3" in told
    assert "HEED_WEIGHTS_LICENCE=open" in told
    open_ = heed("doctor", HEED_WEIGHTS_LICENCE="open", **LIGHT).stdout
    assert "ok     licences" in open_


@pytest.mark.parametrize("command", [["evaluate", "voice"], ["evaluate", "recognition"], ["train", "text"]])
def test_a_room_gets_what_the_settings_say_and_answers_for_wrong_data(
    home: Path, tmp_path: Path, command: list[str]
) -> None:
    done = heed(*command, "--data", str(tmp_path / "nowhere"), HEED_WEIGHTS_LICENCE="open")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("heed: ")
    assert done.stderr.count("\n") == 1, done.stderr


def test_an_evaluation_hears_and_speaks_with_what_the_settings_name(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in {
        "RECOGNISER": "whisper:larger",
        "RECOGNISER_DEVICE": "cuda",
        "SYNTHESISER": "server",
        "SYNTHESISER_URL": "http://127.0.0.1:9/v1",
        "SYNTHESISER_VOICE": "alto",
        "SYNTHESISER_KEY": CANARY,
    }.items():
        monkeypatch.setenv(f"HEED_{key}", value)
    became: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda _, told, environment: became.append((told, environment)))
    rooms._enter(rooms.EVALUATED, "speech", ["--json"])
    rooms._enter(rooms.EVALUATED, "recognition", [])
    (speech, environment), (recognition, _) = became
    given = " ".join(speech)
    assert "--recogniser whisper:larger --device cuda" in given
    assert "--synthesiser server --synthesiser-url http://127.0.0.1:9/v1 --synthesiser-voice alto" in given
    assert speech[-1] == "--json"
    assert CANARY not in given
    assert environment["HEED_SYNTHESISER_KEY"] == CANARY
    assert "--recogniser whisper:larger --device cuda" in " ".join(recognition)
    assert not any("synthesiser" in word for word in recognition)


def test_doctor_explains_a_wrong_setting(home: Path) -> None:
    done = heed("doctor", HEED_LOG_LEVEL="LOUD")
    assert done.returncode == 1
    assert "HEED_LOG_LEVEL" in done.stdout

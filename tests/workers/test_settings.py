"""Settings: what they default to, and that a wrong one is one clear line."""

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from workers.settings import PROJECT, SECRETS, BadSettings, Settings

TOKEN = "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
OPERATOR = {
    "HEED_OPERATOR_NAME": "Example",
    "HEED_OPERATOR_CONTACT": "help@example.org",
    "HEED_PRIVACY_NOTICE_URL": "https://example.org/privacy",
}
WRONG = [
    ("HEED_WEBHOOK_PORT", "70000"),
    ("HEED_WEBHOOK_URL", "ftp://example.org"),
    ("HEED_WEBHOOK_URL", "http://example.org/hook"),
    ("HEED_TELEGRAM_API_URL", "api.example.org"),
    ("HEED_PLAYGROUND_PORT", "0"),
    ("HEED_PLAYGROUND_PORT", "many"),
    ("HEED_DATABASE_URL", "mysql://localhost/heed"),
    ("HEED_BROKER_URL", "amqp://localhost"),
    ("HEED_MEDIA_URL", "gs://bucket"),
    ("HEED_REPLY_ENGINE", "magic"),
    ("HEED_REPLY_ENGINE", "openai"),
    ("HEED_REPLY_URL", "localhost:8000"),
    ("HEED_REPLY_CANDIDATES", "0"),
    ("HEED_SYNTHESISER", "magic"),
    ("HEED_SYNTHESISER", "server"),
    ("HEED_SYNTHESISER_URL", "localhost:8000"),
    ("HEED_SYNTHESISER_LANGUAGES", "en, xx"),
    ("HEED_REPLY_QUOTE", "never"),
    ("HEED_RECOGNISER", "scripted:soon"),
    ("HEED_WEIGHTS_LICENCE", "some"),
    ("HEED_SEND_RATE", "0"),
    ("HEED_CHAT_SEND_RATE", "-1"),
    ("HEED_MIN_AGE", "12"),
    ("HEED_THREADS", "0"),
    ("HEED_PRIVACY_NOTICE_URL", "here"),
    ("HEED_ADMIN_CHAT_IDS", "me, you"),
    ("HEED_CONTEXT_HOURS", "0"),
    ("HEED_DIARY_DAYS", "x"),
    ("HEED_LOG_LEVEL", "LOUD"),
    ("HEED_TELEGRAM_TOKEN", "not-a-token"),
    ("HEED_TELEGRAM_TOKEN_FILE", "/nowhere/token"),
    ("HEED_WEBHOOK_SECRET", "short"),
]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for key in list(os.environ):
        if key.startswith("HEED_"):
            monkeypatch.delenv(key)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.mark.parametrize(("key", "value"), WRONG)
def test_a_wrong_value_is_one_line_that_names_its_key(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    monkeypatch.setenv(key, value)
    with pytest.raises(BadSettings) as raised:
        Settings.load()
    line = str(raised.value)
    assert "\n" not in line
    missing = {
        ("HEED_REPLY_ENGINE", "openai"): "HEED_REPLY_URL",
        ("HEED_SYNTHESISER", "server"): "HEED_SYNTHESISER_URL",
    }
    named = missing.get((key, value), key)
    assert line.startswith(f"{named}")


@pytest.mark.parametrize("key", [f"HEED_{name.upper()}" for name in SECRETS])
def test_no_error_shows_a_secret(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(key, "hunter2 hunter2")
    monkeypatch.setenv("HEED_MIN_AGE", "1")
    with pytest.raises(BadSettings) as raised:
        Settings.load()
    assert "hunter2" not in f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__context__!r}"


def test_a_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    for key, value in OPERATOR.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("HEED_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    settings = Settings.load()
    assert settings.token == TOKEN
    assert settings.bot_id == 123456789
    assert TOKEN not in repr(settings)


def test_a_secret_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    monkeypatch.setenv("HEED_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("HEED_TELEGRAM_TOKEN", TOKEN)
    with pytest.raises(BadSettings, match="both set"):
        Settings.load()


@pytest.mark.parametrize("missing", OPERATOR)
def test_a_bot_with_a_token_names_its_operator(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setenv("HEED_TELEGRAM_TOKEN", TOKEN)
    for key, value in OPERATOR.items():
        if key != missing:
            monkeypatch.setenv(key, value)
    with pytest.raises(BadSettings, match=missing):
        Settings.load()


def test_a_key_that_is_set_to_nothing_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(f"HEED_{name.upper()}", "")
    assert Settings.load() == Settings.load(_env_prefix="NOTHING_")


@pytest.mark.parametrize(
    ("values", "spoken"),
    [
        ({}, {"en"}),
        ({"synthesiser": "none"}, set()),
        ({"synthesiser_languages": "en,ko"}, {"en"}),
        (
            {"synthesiser": "server", "synthesiser_url": "http://voice/v1", "synthesiser_languages": "ko, tr"},
            {"ko", "tr"},
        ),
    ],
)
def test_the_settings_tell_which_languages_are_spoken(values: dict[str, str], spoken: set[str]) -> None:
    assert Settings.load(**values).spoken == spoken


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEED_WEBHOOK_URL", "https://bot.example.org/hook")
    with pytest.raises(BadSettings, match="HEED_WEBHOOK_SECRET"):
        Settings.load()


def test_without_a_token_the_playground_plays_and_needs_no_operator() -> None:
    settings = Settings.load()
    assert settings.plays
    assert not settings.real
    assert settings.api_url == "http://127.0.0.1:8765"


def test_another_bot_api_server_takes_the_place_of_the_playground(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEED_TELEGRAM_API_URL", "http://127.0.0.1:9000/")
    settings = Settings.load()
    assert not settings.plays
    assert settings.api_url == "http://127.0.0.1:9000"


def test_the_socket_of_redis_fits_into_its_107_bytes_however_long_the_home() -> None:
    settings = Settings.load(home=Path("/") / ("long" * 60))
    assert len(bytes(settings.redis_socket)) <= 107


def test_the_example_documents_every_setting_and_no_other() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    documented = re.findall(r"^#(HEED_[A-Z0-9_]+)=", text, re.MULTILINE)
    assert sorted(documented) == sorted(f"HEED_{name.upper()}" for name in Settings.model_fields)


def test_the_values_that_the_example_calls_defaults_are_the_defaults() -> None:
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^#HEED_([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        if field.default is None or name in {"home", "admin_chat_ids"}:
            continue
        assert TypeAdapter(type(field.default)).validate_python(shown[name.upper()]) == field.default, name


def test_the_models_that_feelings_are_read_with_are_wanted_whatever_hears_and_whatever_reads_danger() -> None:
    def load(recogniser: str) -> tuple[str, ...]:
        return Settings.load(recogniser=recogniser, danger_model="none", reply_engine="inprocess").wanted_weights

    assert "whisper-base" in load("whisper")
    assert load("whisper:large") == ("whisper-base", "multilingual-e5-small-q4", "face-landmarker")
    assert load("scripted") == ()

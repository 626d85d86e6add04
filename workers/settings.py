"""Every setting of Heed, typed, in one class. Prefix ``HEED_``; a secret may come from a file (``…_FILE``).

`Settings.load()` is the one way in: it turns a wrong value into `BadSettings`, whose text is one clear line that
names the key and never shows a secret.
"""

import os
import re
import zlib
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlparse

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.words import LANGUAGES, Language, as_language

PROJECT = Path(__file__).resolve().parent.parent
BUCKET_SHAPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]")
TOKEN_SHAPE = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,}")
FACES = "face-landmarker"  # finds the faces in pictures
TEXT_ENCODER = "multilingual-e5-small-q4"  # feelings in texts are read with it, whatever reads danger
WHISPER = ("whisper-base", "whisper-base-config", "whisper-base-tokenizer", "whisper-base-vocabulary")
SECRETS = ("telegram_token", "webhook_secret", "reply_key", "synthesiser_key", "s3_secret", "api_token")


class BadSettings(ValueError):
    """One clear line: which key is wrong and what it should be."""


class Settings(BaseSettings):
    """All keys are documented in ``.env.example``; a test holds the two together."""

    model_config = SettingsConfigDict(
        env_prefix="HEED_",
        env_file=PROJECT / ".env",
        env_ignore_empty=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    home: Path = PROJECT / ".heed"
    weights: Path | None = None
    weights_licence: Literal["all", "open"] = "all"
    key_file: Path | None = None

    telegram_token: SecretStr | None = None
    telegram_token_file: Path | None = None
    telegram_api_url: str | None = None
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_secret_file: Path | None = None
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    webhook_bind: str = "127.0.0.1"
    playground_port: int = Field(default=8765, ge=1, le=65535)

    database_url: str | None = None
    broker_url: str | None = None
    media_url: str | None = None
    s3_endpoint: str | None = None
    s3_region: str | None = Field(default=None, pattern=r"^[A-Za-z0-9-]+$")
    s3_key: str | None = None
    s3_secret: SecretStr | None = None
    s3_secret_file: Path | None = None
    s3_sse: Literal["AES256", "aws:kms"] | None = None
    s3_path_style: bool = False

    reply_engine: Literal["llama", "openai", "inprocess"] = "llama"
    reply_model: str = "qwen2.5-coder-1.5b-instruct-q4_k_m"
    reply_url: str | None = None
    reply_key: SecretStr | None = None
    reply_key_file: Path | None = None
    reply_candidates: int = Field(default=4, ge=1, le=8)
    reply_quote: Literal["auto", "always"] = "auto"

    recogniser: str = "whisper"
    recogniser_device: Literal["cpu", "cuda"] = "cpu"
    face_model: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    face_device: Literal["cpu", "cuda"] = "cpu"
    voice_limit_s: float = Field(default=300.0, ge=5, le=1800)

    synthesiser: str = "hibari"
    synthesiser_url: str | None = None
    synthesiser_model: str | None = None
    synthesiser_voice: str | None = None
    synthesiser_key: SecretStr | None = None
    synthesiser_key_file: Path | None = None
    synthesiser_languages: str = "en"

    danger_model: str = "multilingual-e5-small-q4"

    music_starter: int = Field(default=8, ge=0, le=1000, description="pieces of each mood that Heed composes itself")
    api_token: SecretStr | None = None
    api_token_file: Path | None = None

    send_rate: float = Field(default=30.0, gt=0, description="messages a second over all chats")
    chat_send_rate: float = Field(default=1.0, gt=0, description="messages a second in one chat after a burst of 4")
    min_age: int = Field(default=18, ge=13, le=99)
    threads: int | None = Field(default=None, ge=1, le=256)

    operator_name: str | None = None
    operator_contact: str | None = None
    privacy_notice_url: str | None = None
    admin_chat_ids: str = ""

    context_hours: int = Field(default=24, ge=1, le=720)
    diary_days: int = Field(default=365, ge=1, le=3650)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @classmethod
    def load(cls, **values: object) -> "Settings":
        """Settings from the environment, ``.env`` and `values`. Raises `BadSettings` with one line."""
        try:
            return cls(**values)  # type: ignore[arg-type]
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False, include_context=False)[0]
            where = "_".join(str(part) for part in first["loc"])
            key = f"HEED_{where.upper()}: " if where else ""
            raise BadSettings(key + first["msg"].removeprefix("Value error, ")) from None

    @field_validator("home", "weights", "key_file", mode="after")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().resolve() if path else None

    @field_validator(
        "telegram_api_url",
        "webhook_url",
        "reply_url",
        "synthesiser_url",
        "privacy_notice_url",
        "s3_endpoint",
        mode="after",
    )
    @classmethod
    def _http(cls, url: str | None, info: ValidationInfo) -> str | None:
        if not url:
            return None
        parts = urlparse(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ValueError("must be an http(s) address")
        if info.field_name == "s3_endpoint" and "@" in parts.netloc:
            raise ValueError("must be an http(s) address without a key in it")
        if (
            info.field_name == "webhook_url"
            and parts.scheme != "https"
            and parts.hostname not in {"127.0.0.1", "localhost"}
        ):
            raise ValueError("must be an https address, Telegram accepts no other")
        return url.rstrip("/")

    @field_validator("database_url", "broker_url", mode="after")
    @classmethod
    def _scheme(cls, url: str | None, info: ValidationInfo) -> str | None:
        if not url:
            return None
        known = {
            "database_url": ("sqlite:///", "postgresql://", "postgresql+psycopg://"),
            "broker_url": ("redis://", "rediss://", "redis+socket://", "memory://"),
        }[str(info.field_name)]
        if not url.startswith(known):
            raise ValueError("must begin with one of " + ", ".join(known))
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @field_validator("media_url", mode="after")
    @classmethod
    def _store(cls, url: str | None) -> str | None:
        parts = urlparse(url or "")
        if parts.scheme and not (url or "").startswith(("s3://", "file:///")):
            raise ValueError("must be a folder or an s3://bucket address")
        # A key in the address would be seen wherever the bucket is named; it has settings of its own.
        if parts.scheme == "s3" and not BUCKET_SHAPE.fullmatch(parts.netloc):
            raise ValueError("must be a folder or an s3://bucket address, with a bucket's name and no key in it")
        return url or None

    @field_validator("danger_model", mode="after")
    @classmethod
    def _none(cls, name: str) -> str:
        return "" if name == "none" else name

    @field_validator("recogniser", mode="after")
    @classmethod
    def _hears(cls, name: str) -> str:
        if not re.fullmatch(r"whisper(:[\w.-]+)?|scripted(:\d+(\.\d+)?)?", name):
            raise ValueError("must be whisper, or whisper: and the folder of another model beside the weights")
        return name

    @field_validator("synthesiser", mode="after")
    @classmethod
    def _speaks(cls, name: str) -> str:
        if not re.fullmatch(r"hibari|server|none|tone(:\d+(\.\d+)?)?", name):
            raise ValueError("must be hibari, server, tone or none")
        return name

    @field_validator("synthesiser_languages", mode="after")
    @classmethod
    def _languages(cls, text: str) -> str:
        if not {part.strip() for part in text.split(",")} <= set(LANGUAGES):
            raise ValueError("must be some of " + ", ".join(LANGUAGES) + ", separated by commas")
        return text

    @field_validator("admin_chat_ids", mode="after")
    @classmethod
    def _ids(cls, text: str) -> str:
        if text and not re.fullmatch(r"\s*-?\d+(\s*,\s*-?\d+)*\s*", text):
            raise ValueError("must be Telegram chat ids separated by commas")
        return text

    @model_validator(mode="after")
    def _read_secrets(self) -> "Settings":
        for name in SECRETS:
            file: Path | None = getattr(self, f"{name}_file")
            if file is None:
                continue
            if getattr(self, name) is not None:
                raise ValueError(f"HEED_{name.upper()} and HEED_{name.upper()}_FILE are both set; keep one")
            try:
                object.__setattr__(self, name, SecretStr(file.read_text(encoding="utf-8").strip()))
            except (OSError, UnicodeDecodeError):
                raise ValueError(f"HEED_{name.upper()}_FILE cannot be read") from None
        return self

    @model_validator(mode="after")
    def _agree(self) -> "Settings":
        if self.telegram_token and not TOKEN_SHAPE.fullmatch(self.telegram_token.get_secret_value()):
            raise ValueError("HEED_TELEGRAM_TOKEN: is not a bot token (digits, a colon, letters)")
        if self.webhook_url and not self.webhook_secret:
            raise ValueError("HEED_WEBHOOK_SECRET: is needed with HEED_WEBHOOK_URL")
        if self.webhook_secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", self.webhook_secret.get_secret_value()):
            raise ValueError("HEED_WEBHOOK_SECRET: must be 16 to 256 of A-Z a-z 0-9 _ -")
        if self.api_token and not re.fullmatch(r"[\x21-\x7e]{16,256}", self.api_token.get_secret_value()):
            raise ValueError("HEED_API_TOKEN: must be 16 to 256 letters, digits and signs without a space")
        if self.reply_engine == "openai" and not self.reply_url:
            raise ValueError("HEED_REPLY_URL: is needed with HEED_REPLY_ENGINE=openai")
        if bool(self.s3_key) != bool(self.s3_secret):
            raise ValueError("HEED_S3_KEY and HEED_S3_SECRET: set both or neither")
        if self.synthesiser == "server" and not self.synthesiser_url:
            raise ValueError("HEED_SYNTHESISER_URL: is needed with HEED_SYNTHESISER=server")
        if self.real:
            missing = [
                f"HEED_{name.upper()}"
                for name in ("operator_name", "operator_contact", "privacy_notice_url")
                if not getattr(self, name)
            ]
            if missing:
                raise ValueError("a bot with a token does not start without " + ", ".join(missing))
        return self

    @property
    def real(self) -> bool:
        """Whether this speaks with a Bot API server that is not the playground's."""
        return self.telegram_token is not None

    @property
    def plays(self) -> bool:
        """Whether `heed up` starts the playground: neither a token nor another Bot API server is set."""
        return self.telegram_token is None and self.telegram_api_url is None

    @property
    def token(self) -> str:
        """The bot's token; the playground's bot where none is set."""
        if self.telegram_token:
            return self.telegram_token.get_secret_value()
        return "1000000001:the-playground-needs-no-account-00"

    @property
    def bot_id(self) -> int:
        return int(self.token.split(":", 1)[0])

    @property
    def api_url(self) -> str:
        """Root of the Bot API: methods at URL/bot<token>/…, files at URL/file/bot<token>/…"""
        if self.telegram_api_url:
            return self.telegram_api_url
        return "https://api.telegram.org" if self.real else f"http://127.0.0.1:{self.playground_port}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'heed.db'}"

    @property
    def broker(self) -> str:
        return self.broker_url or f"redis+socket://{self.redis_socket}"

    @property
    def redis_socket(self) -> Path:
        """Socket of the embedded Redis. A socket's path holds 107 bytes at most, so it is short and private."""
        return Path(f"/tmp/heed-{os.getuid()}-{hash_of(str(self.home)):08x}") / "redis.sock"

    @property
    def voice_limit_minutes(self) -> str:
        """The longest recording that is listened to, as it is said to a person: "5", "7.5"."""
        return f"{round(self.voice_limit_s / 60, 1):g}"

    @property
    def weights_folder(self) -> Path:
        return self.weights or self.home / "weights"

    @property
    def keys_path(self) -> Path:
        return self.key_file or self.home / "keys" / "heed.key"

    @property
    def media(self) -> str:
        return self.media_url or str(self.home / "media")

    @property
    def media_folder(self) -> Path | None:
        """Where the store is a folder, that folder."""
        if self.media.startswith("s3://"):
            return None
        # Only an address is written with %20 for a space; a folder may have a name with a %.
        is_address = self.media.startswith("file://")
        return Path(unquote(self.media.removeprefix("file://")) if is_address else self.media).absolute()

    @property
    def wanted_weights(self) -> tuple[str, ...]:
        """Names of the manifest's files that the workers load, as these settings are."""
        reply = (self.reply_model,) if self.reply_engine == "llama" else ()
        danger = (self.danger_model,) if self.danger_model else ()
        hearing: tuple[str, ...] = WHISPER if self.recogniser == "whisper" else ()
        if self.recogniser.startswith("whisper:"):
            hearing = WHISPER[:1]  # feelings are read from the base model's first layers, whatever hears the words
        feeling = (TEXT_ENCODER,) if hearing and TEXT_ENCODER not in danger else ()
        seeing = (FACES,) if hearing else ()
        return (*reply, *danger, *hearing, *feeling, *seeing)

    @property
    def spoken(self) -> frozenset[Language]:
        """The languages in which answers can be spoken aloud, as these settings are."""
        if self.synthesiser == "none":
            return frozenset()
        if self.synthesiser == "hibari":
            return frozenset({"en"})
        return frozenset(as_language(part.strip()) for part in self.synthesiser_languages.split(","))

    @property
    def admins(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.admin_chat_ids.split(",") if part.strip())


def hash_of(text: str) -> int:
    """A 32-bit number of `text` that is the same in every process (unlike `hash`)."""
    return zlib.crc32(text.encode())

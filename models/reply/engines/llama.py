"""A GGUF file answered in this process by llama.cpp (binding: xllamacpp).

The binding's `Server` also opens an HTTP listener on 127.0.0.1. It gets a random key, no pages, no slot
listing, and is used here for two things: counting tokens, and keeping what stands first in every prompt,
evaluated, in a file. Its log is off (verbosity -1), because at higher levels it prints prompts.
"""

import json
import logging
import os
import secrets
import threading
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.reply.engine import ChatMessage, Completion, EngineUnavailable
from models.reply.engines.kept import Kept
from models.words import Language

log = logging.getLogger(__name__)

SILENT = -1
PROMPT_CACHE_MIB = 256
"""Memory for the evaluated prompts of other conversations; about 28 KiB a token for the default weights."""


class LlamaEngine:
    """One GGUF model with one slot, for which calls from several threads queue. `kept`: folder in which evaluated
    beginnings outlive the process."""

    def __init__(
        self,
        model: Path,
        *,
        threads: int = 0,
        context: int = 4096,
        languages: Sequence[Language] = ("en",),
        prompt_cache_mib: int = PROMPT_CACHE_MIB,
        mended: bool = True,
        kept: Path | None = None,
    ) -> None:
        if not model.is_file():
            raise EngineUnavailable(f"no model file at {model}; `heed models pull` fetches the default one")
        self._model = model
        self._threads = threads or os.cpu_count() or 1
        self._context = context
        self._languages = frozenset(languages)
        self._prompt_cache_mib = prompt_cache_mib
        self._mended = mended
        self._key = secrets.token_urlsafe(32)
        self._kept = Kept(kept) if kept else None
        self._loading = threading.Lock()
        self._slot = threading.Lock()
        self._server: Any = None

    @property
    def name(self) -> str:
        return self._model.stem

    @property
    def languages(self) -> frozenset[Language]:
        return self._languages

    @property
    def context(self) -> int:
        return self._context

    @property
    def mended(self) -> bool:
        return self._mended

    def warm(self) -> None:
        """Load the weights (seconds) and run them once."""
        self._loaded()

    def close(self) -> None:
        with self._loading:
            self._server = None

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        with self._slot:
            return self._generated(messages, max_tokens, temperature, seed, stop)

    def read_ahead(self, messages: Sequence[ChatMessage]) -> None:
        with self._slot:  # until it is kept, or somebody's words would be in the slot
            kept, name = self._kept, self._kept_name(messages)
            if kept is None or name is None:
                self._generated(messages, 1, 0.0, 0, ())
                return
            try:
                if kept.whole(name) and self._ask_slot("restore", name):
                    return
                self._generated(messages, 1, 0.0, 0, ())
                written = f"{name}.{os.getpid()}"
                if self._ask_slot("save", written):
                    kept.keep(written, name)
                else:
                    log.warning("what is read ahead is not kept (llama.cpp could not write it)")
            except OSError as error:
                log.warning("what is read ahead is not kept (%s)", type(error).__name__)

    def _generated(
        self, messages: Sequence[ChatMessage], max_tokens: int, temperature: float, seed: int, stop: Sequence[str]
    ) -> Completion:
        server = self._loaded()
        asked = {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "top_p": 0.92,
            "seed": seed % 2**31,
            "stop": list(stop),
            "cache_prompt": True,
        }
        began = time.perf_counter()
        try:
            answered = server.handle_chat_completions(asked)
        except (ValueError, RuntimeError) as error:
            # The binding quotes the request in some errors: keep its kind, drop its words.
            raise EngineUnavailable(f"llama.cpp refused a prompt ({type(error).__name__})") from None
        if "error" in answered:
            raise EngineUnavailable(f"llama.cpp answered with error {answered['error'].get('code')}")
        choice, usage = answered["choices"][0], answered["usage"]
        return Completion(
            text=choice["message"].get("content") or "",
            prompt_tokens=usage["prompt_tokens"],
            completion_tokens=usage["completion_tokens"],
            seconds=time.perf_counter() - began,
            cached_tokens=answered.get("timings", {}).get("cache_n", 0),
            finished=choice["finish_reason"] != "length",
        )

    def count_tokens(self, text: str) -> int:
        status, answered = self._ask("/tokenize", {"content": text})
        if status != 200:
            raise EngineUnavailable(f"llama.cpp could not count tokens (status {status})")
        return len(answered["tokens"])

    def _kept_name(self, messages: Sequence[ChatMessage]) -> str | None:
        """Of the file with `messages` evaluated; None where nothing can be kept."""
        import xllamacpp

        if self._kept is None:
            return None
        try:
            self._kept.folder.mkdir(parents=True, exist_ok=True)
            return self._kept.name(self._model, f"{xllamacpp.__version__} {self._context}", messages)
        except OSError as error:
            log.warning("what is read ahead is not kept (%s)", type(error).__name__)
            return None

    def _ask_slot(self, action: str, file_name: str) -> bool:
        """Whether llama.cpp could "save" its slot to, or "restore" it from, a file in the folder of `kept`."""
        status, _ = self._ask(f"/slots/0?action={action}", {"filename": file_name})
        return status == 200

    def _ask(self, path: str, body: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and answer of the listener. Raises `EngineUnavailable`."""
        address = urlsplit(self._loaded().listening_address)
        connection = HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._key}"}
        try:
            connection.request("POST", path, body=json.dumps(body).encode(), headers=headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise EngineUnavailable(f"llama.cpp's listener failed ({type(error).__name__})") from None
        finally:
            connection.close()

    def _loaded(self) -> Any:
        with self._loading:
            if self._server is None:
                self._server = self._load()
            return self._server

    def _load(self) -> Any:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(self._model)
        params.n_ctx = self._context
        params.n_parallel = 1
        params.cpuparams.n_threads = self._threads
        params.cpuparams_batch.n_threads = self._threads
        params.cache_ram_mib = self._prompt_cache_mib
        params.verbosity = SILENT
        params.api_keys = [self._key]
        params.ui = False
        params.endpoint_slots = False
        if self._kept is not None:
            params.slot_save_path = f"{self._kept.folder.resolve()}/"
        params.cors_origins = ""
        params.n_threads_http = 2
        try:
            return xllamacpp.Server(params)
        except (ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"llama.cpp could not load {self._model.name}") from error

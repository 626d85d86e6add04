"""Any server that speaks OpenAI's chat completions: vLLM, Ollama, llama-server."""

import time
from collections.abc import Sequence
from typing import Any

import httpx

from models.reply.engine import ChatMessage, Completion, EngineUnavailable
from models.words import Language

NOT_A_COMPLETION = "the reply server answered in a shape that is not a chat completion"
BYTES_A_TOKEN = 3
"""A server tells token counts only of what it answered; three bytes a token estimates upward for English."""


class OpenAIEngine:
    """One model of one server. Errors carry a status or a kind, never what was sent or received."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        context: int = 4096,
        timeout: float = 30.0,
        languages: Sequence[Language] = ("en",),
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise EngineUnavailable("the openai engine needs the address of a server, such as http://host:8000/v1")
        self._model = model
        self._context = context
        self._languages = frozenset(languages)
        self._client = httpx.Client(
            base_url=url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=5.0),
            transport=transport,
        )

    @property
    def name(self) -> str:
        return self._model or "openai"

    @property
    def languages(self) -> frozenset[Language]:
        return self._languages

    @property
    def context(self) -> int:
        return self._context

    @property
    def mended(self) -> bool:
        return False

    def warm(self) -> None:
        """Ask the server for its list of models, so that a wrong address or key shows at start."""
        self._asked("GET", "models")

    def read_ahead(self, messages: Sequence[ChatMessage]) -> None:
        self.generate(messages, max_tokens=1, temperature=0.0, seed=0)

    def close(self) -> None:
        self._client.close()

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed % 2**31,
        }
        if stop:
            body["stop"] = list(stop)[:4]  # four is the most the interface allows
        began = time.perf_counter()
        answered = self._asked("POST", "chat/completions", body)
        try:
            choice = answered["choices"][0]
            text = choice["message"]["content"] or ""
        except (KeyError, IndexError, TypeError):
            raise EngineUnavailable(NOT_A_COMPLETION) from None
        usage = answered.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        return Completion(
            text=text,
            prompt_tokens=usage.get("prompt_tokens", 0),
            completion_tokens=usage.get("completion_tokens", 0),
            seconds=time.perf_counter() - began,
            cached_tokens=details.get("cached_tokens") or 0,
            finished=choice.get("finish_reason") != "length",
        )

    def count_tokens(self, text: str) -> int:
        return len(text.encode()) // BYTES_A_TOKEN + 1

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            response = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise EngineUnavailable(f"the reply server cannot be reached ({type(error).__name__})") from None
        if response.status_code != 200:
            raise EngineUnavailable(f"the reply server answered with status {response.status_code}")
        try:
            answered = response.json()
        except ValueError:
            raise EngineUnavailable("the reply server answered with something that is not JSON") from None
        if not isinstance(answered, dict):
            raise EngineUnavailable(NOT_A_COMPLETION)
        return answered

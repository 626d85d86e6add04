"""A deterministic engine without a model, for tests and load: fitting, guarded answers in microseconds."""

import time
import zlib
from collections.abc import Sequence

from models.emotion.estimate import guess_in
from models.reply.engine import ChatMessage, Completion
from models.reply.phrase import by_situation
from models.reply.prompt import person_text
from models.reply.script import language_of
from models.words import LANGUAGES, Language


class InProcessEngine:
    """Answers with reviewed phrases chosen by the prompt and the seed: one input, one answer."""

    @property
    def name(self) -> str:
        return "inprocess-1"

    @property
    def languages(self) -> frozenset[Language]:
        return frozenset(LANGUAGES)

    @property
    def context(self) -> int:
        return 4096

    @property
    def mended(self) -> bool:
        return False

    def warm(self) -> None:
        by_situation("hello", "en", seed=0)

    def read_ahead(self, messages: Sequence[ChatMessage]) -> None:
        """Evaluates nothing."""

    def close(self) -> None:
        """Holds nothing."""

    def generate(
        self,
        messages: Sequence[ChatMessage],
        *,
        max_tokens: int,
        temperature: float,
        seed: int,
        stop: Sequence[str] = (),
    ) -> Completion:
        began = time.perf_counter()
        asked = person_text(messages[-1].content)
        said = tuple(message.content for message in messages if message.role == "assistant")
        guess = guess_in(messages[-1].content.removesuffix(asked))
        drawn = zlib.crc32(f"{seed}:{asked}".encode())
        text = by_situation(asked, language_of(asked), seed=drawn, said=said, guess=guess)
        return Completion(
            text=text,
            prompt_tokens=sum(self.count_tokens(message.content) for message in messages),
            completion_tokens=self.count_tokens(text),
            seconds=time.perf_counter() - began,
        )

    def count_tokens(self, text: str) -> int:
        return len(text) // 3 + 1

"""Everything that can write a candidate, one file each, and the choice between them."""

from collections.abc import Sequence
from pathlib import Path

from models.reply.engine import Engine, UnknownEngine
from models.words import Language


def engine_from(
    name: str,
    *,
    model: str | Path = "",
    url: str = "",
    key: str = "",
    threads: int = 0,
    context: int = 4096,
    timeout: float = 30.0,
    languages: Sequence[Language] = (),
    kept: Path | None = None,
) -> Engine:
    """The engine called `name`, from plain values.

    "llama": `model` is the path of a GGUF file, `threads` 0 means as many as the processor has, `kept` a folder
    in which what is read ahead outlives the process.
    "openai": `model` is the name the server at `url` knows, `key` its bearer token, `timeout` in seconds.
    "inprocess": deterministic, for tests; needs nothing. `languages` are those it is trusted with.
    Raises `UnknownEngine`, and `EngineUnavailable` where a model file is missing.
    """
    if name == "inprocess":
        from models.reply.engines.inprocess import InProcessEngine

        return InProcessEngine()
    if name == "llama":
        from models.reply.engines.llama import LlamaEngine

        return LlamaEngine(Path(model), threads=threads, context=context, languages=languages or ("en",), kept=kept)
    if name == "openai":
        from models.reply.engines.openai import OpenAIEngine

        return OpenAIEngine(
            url, str(model), key=key, context=context, timeout=timeout, languages=languages or ("en",)
        )
    raise UnknownEngine(f"no reply engine called {name!r}; there are llama, openai and inprocess")

"""How a reply comes about: reviewed answers first, then candidates of the model until one passes."""

import time
from dataclasses import dataclass, field, replace

from models.reply.assemble import assemble
from models.reply.careful import careful_answer
from models.reply.engine import ChatMessage, Engine
from models.reply.guard import judge, may_be_sent
from models.reply.intents import answer, intent_of
from models.reply.phrase import by_situation, of_photo
from models.reply.prompt import Budget, build, opening, sample_answers
from models.reply.repair import repaired
from models.reply.request import Decision, Reply, Request
from models.reply.rerank import ENOUGH, score
from models.reply.script import language_of
from models.reply.tact import speaks_for_itself, tactful
from models.words import variants

TEMPERATURES = (0.2, 0.5, 0.75, 0.9)
"""The first candidate is the safest; later ones look further away."""
BEARABLE = 0.4
"""Score from which the best candidate is sent although none was good enough."""
CLEARLY = 3
"""Lead of one language over another from which a person is answered in it, whatever their setting."""
STOP = ("\n\n", "<|im_end|>", "<|im_start|>", "\nuser:", "\nperson:")
CAPTION_WORDS = 4
"""Under a photo so few words name what it shows ("my cat and me"): a model makes up what happened."""


@dataclass(slots=True)
class _Course:
    """What has happened to one request so far."""

    began: float
    decisions: list[Decision] = field(default_factory=list)
    candidates: int = 0
    tokens: int = 0


class Composer:
    """Composes replies with one engine. Holds no state between replies; safe to share between threads."""

    def __init__(self, engine: Engine, *, candidates: int = 4, budget: Budget | None = None) -> None:
        if candidates < 1:
            raise ValueError("a composer asks for at least one candidate")
        self._engine = engine
        self._candidates = candidates
        self._budget = budget or Budget()

    def warm(self) -> None:
        """Load the engine and let it evaluate what most prompts begin with. Raises `EngineUnavailable`."""
        self._engine.warm()
        self._engine.read_ahead([*opening(), ChatMessage("user", "Hello.")])

    @property
    def engine(self) -> Engine:
        """What writes the candidates."""
        return self._engine

    def compose(self, request: Request, *, without_model: bool = False) -> Reply:
        """The answer to `request`; one that may be sent, always. In the language of `request`, unless its
        messages are clearly written in another of the three.

        Raises `EngineUnavailable` where the engine is needed and cannot answer; `without_model` answers
        with a reviewed sentence then, for the last attempt of a turn.
        """
        course = _Course(time.perf_counter())
        spoken = language_of(request.text, default=request.language, margin=CLEARLY)
        request = tactful(replace(request, language=spoken))
        reply = self._composed(request, course, without_model)
        return replace(
            reply,
            text=_with_apology(request, reply.text) if request.late else reply.text,
            decisions=tuple(course.decisions),
            candidates=course.candidates,
            tokens=course.tokens,
            seconds=time.perf_counter() - course.began,
        )

    def _composed(self, request: Request, course: _Course, without_model: bool) -> Reply:
        said, language = request.earlier, request.language
        found = intent_of(request.text, language, min_age=request.min_age)
        minor = found.minor or request.minor
        if request.mode == "careful":
            text = careful_answer(request.text, language, seed=request.seed, said=said)
            return Reply(text, "careful", minor=minor)
        if request.shown and not request.text:
            return Reply(of_photo(request), "photo", minor=minor)
        if found.name is not None:
            text = answer(found.name, language, seed=request.seed, said=said)
            return Reply(text, f"intent:{found.name}", minor=minor)
        if speaks_for_itself(request) and len(request.text.split()) <= CAPTION_WORDS:
            return Reply(_phrase(request), "photo", minor=minor)
        if language not in self._engine.languages or request.minor:
            return Reply(_phrase(request), "phrase", minor=minor)
        written = None if without_model else self._written(request, course)
        if written is None:
            return Reply(_phrase(request), "fallback", model=self._engine.name, minor=minor)
        return Reply(written, "model", model=self._engine.name, minor=minor)

    def _written(self, request: Request, course: _Course) -> str | None:
        """The first candidate good enough; else the best bearable one; else nothing."""
        prompt = build(request, self._engine, self._budget)
        earlier = tuple(exchange.person for exchange in request.history)
        best: tuple[float, str] | None = None
        for number in range(1, self._candidates + 1):
            completion = self._engine.generate(
                prompt,
                max_tokens=self._budget.answer,
                temperature=TEMPERATURES[min(number, len(TEMPERATURES)) - 1],
                seed=request.seed * 31 + number,
                stop=STOP,
            )
            course.candidates = number
            course.tokens += completion.completion_tokens
            text = repaired(completion.text)
            if self._engine.mended:
                mended = assemble(text, request, seed=request.seed)
                course.decisions.append(Decision("sense", bool(mended.text), number, mended.statements))
                if not mended.text:
                    continue
                text = mended.text
            decisions = judge(
                text,
                request.language,
                asked=request.text,
                said=(*request.earlier, *sample_answers()),
                doubts=request.doubts,
                candidate=number,
            )
            course.decisions.extend(decisions)
            if not may_be_sent(decisions):
                continue
            total = score(text, request.language, asked=request.text, said=request.earlier, earlier=earlier).total
            course.decisions.append(Decision("rerank:score", total >= ENOUGH, number, round(total, 3)))
            if total >= ENOUGH:
                return text
            if best is None or total > best[0]:
                best = (total, text)
        return best[1] if best is not None and best[0] >= BEARABLE else None


def _phrase(request: Request) -> str:
    if speaks_for_itself(request):
        return of_photo(request)
    return by_situation(
        request.text,
        request.language,
        seed=request.seed,
        said=request.earlier,
        earlier=tuple(exchange.person for exchange in request.history),
        guess=request.estimate.guess if request.estimate is not None else None,
    )


def _with_apology(request: Request, text: str) -> str:
    sentences = variants(request.language, "reply.late")
    return f"{sentences[request.seed % len(sentences)]} {text}"

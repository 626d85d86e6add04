"""An answer out of what is good in a candidate; a reviewed sentence stands in for the part that is missing."""

import random
from dataclasses import dataclass

from models.emotion.estimate import Torn
from models.reply.guard import QUESTION, SENTENCE, judge
from models.reply.phrase import guessing, hearing, inviting
from models.reply.request import Request
from models.reply.sense import supported, worth_asking
from models.reply.situation import scores, situation_of
from models.reply.stems import content

MOST_STATEMENTS = 2
WITH_HEARING = 0.4
"""Share of answers with one sentence of the model to which a reviewed sentence about the situation is added."""
BARE = 8
"""Words under which the model's part alone would sound blunt."""
WITHOUT_QUESTION = 0.35
"""Share of answers without a good question of their own that get none at all, so that talk is no interview."""
SENTENCE_RULES = frozenset(
    f"guard:{name}"
    for name in (
        *("human", "own_life", "diagnosis", "medicine", "orders", "minimising", "promises", "love", "harm"),
        *("person_comment", "contact", "form", "prompt", "jargon", "language", "signs"),
    )
)
"""The rules of the guard that one sentence can break by itself."""


@dataclass(frozen=True, slots=True)
class Assembled:
    """An answer and which of its parts a model wrote. `text` is empty where nothing of it was good."""

    text: str
    statements: int
    asks: bool
    supplied: tuple[str, ...] = ()


def assemble(text: str, request: Request, *, seed: int) -> Assembled:
    """Keep the sentences of `text` that may be sent and make sense; add what an answer needs besides."""
    language, asked = request.language, request.text
    statements: list[str] = []
    question = ""
    for sentence in SENTENCE.split(text):
        if QUESTION.search(sentence):
            fits = worth_asking(sentence, language, asked=asked, before=" ".join(statements))
            if not question and fits and _may_be_sent(sentence, request):
                question = sentence
            continue
        kept = supported(sentence, language, asked=asked)
        if not kept or not _may_be_sent(kept, request):
            continue
        if len(statements) < MOST_STATEMENTS and (not statements or _relates(kept, request)):
            statements.append(kept)
    if not _takes_up(statements, question, request):
        return Assembled("", 0, False)
    drawn = random.Random(seed)
    parts = list(statements)
    supplied = []
    short = len(" ".join(statements).split()) < BARE
    guess = request.estimate.guess if request.estimate is not None else None
    guessed = guessing(guess, language, seed=seed, said=request.earlier)
    if guessed:
        parts.append(guessed)
        supplied.append("feel")
    elif len(statements) < MOST_STATEMENTS and (short or drawn.random() < WITH_HEARING):
        parts.append(hearing(request, seed=seed))
        supplied.append("hear")
    if guessed and isinstance(guess, Torn):
        return Assembled(" ".join(parts), len(statements), False, tuple(supplied))
    if question:
        parts.append(question)
    elif len(parts) < 2 or drawn.random() > WITHOUT_QUESTION:
        parts.append(inviting(request, seed=seed))
        supplied.append("ask")
    return Assembled(" ".join(parts), len(statements), bool(question), tuple(supplied))


def _takes_up(statements: list[str], question: str, request: Request) -> bool:
    """Whether the model's part speaks of what the person wrote about."""
    return _relates(" ".join([*statements, question]), request)


def _relates(text: str, request: Request) -> bool:
    """Whether `text` shares a word that carries meaning with the turn, or its situation."""
    theirs = set(content(request.text, request.language))
    if not theirs:
        return bool(text.strip())
    situation = situation_of(request.text, request.language).name
    return bool(theirs & set(content(text, request.language))) or situation in scores(text, request.language)


def _may_be_sent(sentence: str, request: Request) -> bool:
    return all(each.passed for each in judge(sentence, request.language) if each.name in SENTENCE_RULES)

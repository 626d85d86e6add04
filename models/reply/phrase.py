"""Reviewed answers put together from parts: what was heard, perhaps a feeling or a person, and an invitation.

They answer where no candidate of the model may be sent, and in languages the model does not speak.
"""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache

from models.emotion.estimate import Guess, Torn
from models.reply.request import Request
from models.reply.rules import rules
from models.reply.situation import UNKNOWN, situation_of
from models.reply.stems import plain
from models.reply.tact import speaks_for_itself
from models.words import Language, variants
from models.words import say as words_say

ASKING = 0.75
"""Share of the answers that end with a question; the others leave room."""
EXTRA = 0.5
"""Share of the answers that take up whom it is about, where somebody is mentioned and no feeling guessed."""


def by_situation(
    text: str,
    language: Language,
    *,
    seed: int,
    said: Sequence[str] = (),
    earlier: Sequence[str] = (),
    guess: Guess | Torn | None = None,
) -> str:
    """An answer to `text` made of reviewed sentences.

    No sentence that stands in `said` is used again while others are left, and no whole answer is given
    twice before every combination was. `earlier` are the person's messages before, oldest first. A `guess` is named
    as a guess; where words, voice and face are torn apart, that is the one thing asked about.
    """
    drawn = random.Random(seed)
    found = situation_of(text, language, earlier)
    heard = list(variants(language, "reply.follow" if found.carried else f"situations.{found.name}.hear"))
    asks = list(variants(language, f"situations.{found.name}.ask"))
    stays = list(variants(language, "reply.stay"))
    if found.carried:
        heard += variants(language, f"situations.{UNKNOWN}.hear")
    for parts in (heard, asks, stays):
        drawn.shuffle(parts)
    extra = guessing(guess, language, seed=seed, said=said)
    if not extra and drawn.random() < EXTRA:
        extra = _about(text, language, found.name)
    closings = [*asks, *stays] if drawn.random() < ASKING else [*stays, *asks]
    return _fresh(heard, extra, stays if isinstance(guess, Torn) and extra else closings, said)


def of_photo(request: Request) -> str:
    """An answer of reviewed sentences to a photo that came without words."""
    drawn = random.Random(request.seed)
    heard, asks = (list(variants(request.language, f"reply.photo.{part}")) for part in ("hear", "ask"))
    for parts in (heard, asks):
        drawn.shuffle(parts)
    guess = request.estimate.guess if request.estimate is not None else None
    extra = guessing(guess, request.language, seed=request.seed, said=request.earlier)
    if isinstance(guess, Torn) and extra:
        return _fresh(heard, "", [extra], request.earlier)
    return _fresh(heard, extra, asks, request.earlier)


def hearing(request: Request, *, seed: int) -> str:
    """One reviewed sentence that takes up the situation of `request`, unsaid if there is one."""
    if speaks_for_itself(request):
        return _unsaid(variants(request.language, "reply.photo.hear"), request.earlier, seed)
    found = situation_of(request.text, request.language, [exchange.person for exchange in request.history])
    key = "reply.follow" if found.carried else f"situations.{found.name}.hear"
    return _unsaid(variants(request.language, key), request.earlier, seed)


def inviting(request: Request, *, seed: int) -> str:
    """One reviewed question that fits the situation of `request`, unsaid if there is one."""
    if speaks_for_itself(request):
        return _unsaid(variants(request.language, "reply.photo.ask"), request.earlier, seed)
    found = situation_of(request.text, request.language, [exchange.person for exchange in request.history])
    return _unsaid(variants(request.language, f"situations.{found.name}.ask"), request.earlier, seed)


def guessing(guess: Guess | Torn | None, language: Language, *, seed: int, said: Sequence[str] = ()) -> str:
    """One reviewed sentence that names `guess` as a guess, or asks about what is torn apart: never the same one
    twice, and then nothing."""
    if guess is None:
        return ""
    spoken = "\n".join(said)
    left = [each for each in variants(language, f"reply.{_kind(guess)}") if each not in spoken]
    return random.Random(seed).choice(left) if left else ""


def _kind(guess: Guess | Torn) -> str:
    """Where the sentences stand that speak of `guess`; under `feel` those of what was read from words, or partly."""
    if isinstance(guess, Torn):
        return f"torn.{'_'.join(guess.of) if len(guess.of) == 2 else 'several'}"
    kind = "feel" if "text" in guess.of else "heard" if "voice" in guess.of else "seen"
    return f"{kind}.{guess.feeling}"


def _unsaid(possible: Sequence[str], said: Sequence[str], seed: int) -> str:
    spoken = "\n".join(said)
    return random.Random(seed).choice([each for each in possible if each not in spoken] or list(possible))


def _fresh(heard: list[str], extra: str, closings: list[str], said: Sequence[str]) -> str:
    """The first combination whose sentences were all not said before; else the least said one."""
    spoken = "\n".join(said)
    if extra in spoken:
        extra = ""
    new_heard = [part for part in heard if part not in spoken]
    new_closings = [part for part in closings if part not in spoken]
    if new_heard and new_closings:
        return _joined(new_heard[0], extra, new_closings[0])
    earlier = set(said)
    for answer in _combinations(new_heard or heard, extra, new_closings or closings):
        if answer not in earlier:
            return answer
    for answer in _combinations(heard, "", closings):
        if answer not in earlier:
            return answer
    return min(_combinations(heard, "", closings), key=lambda answer: list(said).count(answer))


def _combinations(heard: Sequence[str], extra: str, closings: Sequence[str]) -> Iterator[str]:
    for closing in closings:
        for first in heard:
            yield _joined(first, extra, closing)


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _about(text: str, language: Language, situation: str) -> str:
    """The sentence that takes up whom `text` is about, if it mentions somebody."""
    read = plain(text, language)
    for name, allowed, cue in _abouts(language):
        if situation in allowed and cue.search(read):
            return words_say(language, f"reply.about.{name}")
    return ""


@cache
def _abouts(language: Language) -> tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]:
    return tuple(
        (name, frozenset(rule["situations"]), re.compile(rule[language])) for name, rule in rules("about").items()
    )

"""Careful mode, after a danger event: reviewed phrases only, put together by how the person reacts."""

import random
import re
from collections.abc import Sequence
from functools import cache

from models.reply.rules import rules
from models.reply.stems import plain, words
from models.words import Language, variants

SHORT = 3
"""Words up to which a message that speaks of nothing else counts as a short answer."""
WITHOUT_POINTER = frozenset({"reached", "denial", "refusal"})
"""Reactions on which pointing to people every time would be pressing: every second answer there."""


def reaction_of(text: str, language: Language) -> str:
    """How the person reacts, coarsely."""
    read = " ".join(plain(text, language).split())
    for name, patterns in _reactions(language):
        if any(pattern.search(read) for pattern in patterns):
            return name
    return "short" if len(words(text, language)) <= SHORT else "other"


def careful_answer(text: str, language: Language, *, seed: int, said: Sequence[str] = ()) -> str:
    """A gentle answer that stays; no sentence of it stands in `said` while unsaid ones are left."""
    drawn = random.Random(seed)
    reaction = reaction_of(text, language)
    points = reaction not in WITHOUT_POINTER or drawn.random() < 0.5
    lists = ["react." + reaction, "near", "stay"] if points else ["react." + reaction, "stay"]
    spoken = "\n".join(said)
    return " ".join(_drawn(variants(language, f"careful.{name}"), spoken, drawn) for name in lists)


def _drawn(possible: Sequence[str], spoken: str, drawn: random.Random) -> str:
    """One of `possible` that was said least often so far; by chance among equals."""
    fewest = min(spoken.count(each) for each in possible)
    return drawn.choice([each for each in possible if spoken.count(each) == fewest])


@cache
def _reactions(language: Language) -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    start = "" if language == "ko" else r"(?<![^\W_])"
    return tuple(
        (
            name,
            tuple(
                re.compile(each if each.startswith(("^", "\\?")) else f"{start}(?:{each})")
                for each in by_language[language]
            ),
        )
        for name, by_language in rules("careful").items()
    )

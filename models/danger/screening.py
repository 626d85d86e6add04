"""The danger screen: one message in, one finding or none out, before anything else happens to it.

Pure and light on purpose: it runs in the bot process with broker, workers, models and database down.
"""

import re
from collections.abc import Sequence

from models.danger import opinion, spelling
from models.danger.hit import Hit, Tier
from models.danger.rules import lexicon
from models.words import LANGUAGES, Language, by_letters

MAX_EARLIER = 6
"""Earlier messages that are read together with the newest one."""
MAX_EARLIER_CHARS = 600
"""Of those, this many characters at most: what is typed in pieces is typed in short pieces."""


GLUES = (" ", "")
_SINGLE = re.compile(r"(?<![^\W_])[^\W\d_](?:[\W_]+[^\W\d_](?![^\W_]))+")
"""Two letters or more that stand alone, one after the other."""
_UNFINISHED = " \t\n.,;:…-~"
"""What is taken off the end of an earlier message, so that "I want to..." and "die" meet."""


def _find(text: str, languages: Sequence[Language], *, joined: bool = False) -> Hit | None:
    plain = spelling.plain(text)
    found: Hit | None = None
    for language in languages:
        hit = lexicon(language).find(plain, joined=joined)
        if hit and hit.tier is Tier.clear:
            return hit
        found = found or hit
    return found


def _across(text: str, before: Sequence[str], languages: Sequence[Language]) -> Hit | None:
    """What the newest message says together with the earlier ones, and they did not say without it."""
    joined = _joined(before)
    newest = text[: spelling.MAX_CHARS]
    if not joined or not _may_find(joined[-1], newest, languages):
        return None
    for earlier in joined:
        said = _find(earlier, languages, joined=True)
        if said and said.tier is Tier.clear:
            return None
        for glue in GLUES:
            together = _find(f"{earlier}{glue}{newest}", languages, joined=True)
            if together and (said is None or together.tier is Tier.clear):
                return together
        if said:
            return None
    return None


def _joined(before: Sequence[str]) -> list[str]:
    """The last earlier message, the last two, and so on, each as one text, as far back as is read together."""
    texts: list[str] = []
    earlier = ""
    for message in reversed(before[-MAX_EARLIER:]):
        piece = message.strip(_UNFINISHED)
        earlier = f"{piece} {earlier}".strip() if earlier else piece
        if not earlier or len(earlier) > MAX_EARLIER_CHARS:
            break
        texts.append(earlier)
    return texts


def _may_find(longest: str, newest: str, languages: Sequence[Language]) -> bool:
    """Whether any joining can give a finding, told from the longest one alone: mostly it cannot.

    Single letters are joined with their neighbours, so that there a longer text may hold less than a shorter one.
    """
    if _SINGLE.search(f"{longest} {newest}"):
        return True
    plain = [spelling.plain(f"{longest}{glue}{newest}") for glue in GLUES]
    return any(lexicon(language).may_find(text) for language in languages for text in plain)


def _ordered(first: Language | None) -> Sequence[Language]:
    return LANGUAGES if first is None else (first, *(one for one in LANGUAGES if one != first))


def by_lexicon(text: str, before: Sequence[str] = (), language: Language | None = None) -> Hit | None:
    """What the reviewed lexicon alone finds; see `screen`."""
    languages = _ordered(language)
    return _with_earlier(text, before, languages, _find(text, languages))


def _with_earlier(text: str, before: Sequence[str], languages: Sequence[Language], alone: Hit | None) -> Hit | None:
    """What the message says `alone`, or the graver thing that it says together with the earlier ones."""
    if not before or (alone and alone.tier is Tier.clear):
        return alone
    across = _across(text, before, languages)
    return across if across and (alone is None or across.tier is Tier.clear) else alone


def load() -> None:
    """Read the lexicon and the learned opinion (half a second) now, so that no first message waits for it."""
    screen("hello")


def can_wait(hit: Hit, text: str) -> bool:
    """Whether `hit` is a mere hint that `text`, the newest message, gives alone: a later reader finds it again."""
    if hit.tier is Tier.clear:
        return False
    alone = screen(text)
    return alone is not None and alone.tier is hit.tier


def screen(text: str, before: Sequence[str] = (), language: Language | None = None) -> Hit | None:
    """What danger `text` tells of, or None: the lexicon's finding, weighed by the learned opinion.

    `before` are the chat's messages of the last two minutes, oldest first: what is said across several
    messages is found, but only if the newest one has part in it, so that a message already answered raises no
    second alarm. What only several messages say together is the lexicon's alone to judge.
    `language` is a hint for the order only; all three languages are always read.
    """
    languages = _ordered(language)
    found = _find(text, languages)
    weighed = opinion.weigh(spelling.plain(text), found, by_letters(text) or language or "en")
    if not before or (weighed and weighed.tier is Tier.clear):
        return weighed
    together = _with_earlier(text, before, languages, found)
    return together if together is not None and together != found else weighed

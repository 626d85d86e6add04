"""The canonical view of a text that one language's rules read: sentences of plain words, single spaces."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.danger import spelling
from models.words import Language

_SENTENCES = re.compile(r"[.!?;:…]+(?=[\s\"')\]]|$)|(?<=[^\W\d_][^\W\d_])[.!?]+(?=[^\W\d_]{2})|\n+")
_TOKENS = re.compile(r"[\w@$!#*'+&]+(?:[.\-/|~+][\w@$!#*]+)*|,|[😂🤣😆😹😅💀☠]", re.ASCII)
_TURKISH_TOKENS = re.compile(r"[\wö@$!#*'+&]+(?:[.\-/|~+][\wö@$!#*]+)*|,|[😂🤣😆😹😅💀☠]", re.ASCII)
_OTHER_OE = re.compile(r"ö(?!l)|(?<=\w)ö")
_LAUGHTER = re.compile(
    r"(?:a?(?:h+[aeiou]+){2,}h*|l+o+l+(?:ol)*|lmf?a+o+|rofl|xd+|jk|k+e+k+w?|(?:as|sj|jd|ks){3,}|[hjkds]{5,})$"
)
_LAUGHING_SIGNS = frozenset("😂🤣😆😹😅💀☠")
_LEET = str.maketrans("0134578@$!+69", "oieastbasitgg")
_LEET_L = str.maketrans("0134578@$!+69", "oleastbasltgg")
_EDGES = "'!#*+&@$_"
_RUN = re.compile(r"(.)\1\1")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KOREAN_NOISE = re.compile(r"[^가-힣ㄱ-ㅣa-z ]+")
_BLANKS = re.compile(r" +")
_SHORTEST_RUN_ON = 9
_LONGEST_WORD = 40


def _edits(word: str) -> Iterator[str]:
    """Every string one slip of the finger away: a letter left out, doubled, swapped, or replaced."""
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        for letter in _LETTERS:
            yield word[:at] + letter + word[at + 1 :]
            yield word[:at] + letter + word[at:]


@dataclass(frozen=True)
class Speller:
    """How one language's words are brought to their plain form: tables from the lexicon's `spelling`."""

    written_out: Mapping[str, str]
    fillers: frozenset[str]
    stars: tuple[str, ...]
    run_on: frozenset[str]
    run_on_long: tuple[str, ...]
    known: frozenset[str]
    slips: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, table: Mapping[str, Any], known: frozenset[str]) -> "Speller":
        """Build from the `spelling` part of a lexicon and the set of words that its rules mention."""
        tables = (table.get(part) or {} for part in ("contractions", "slang"))
        written_out = {str(seen): str(meant) for entries in tables for seen, meant in entries.items()}
        slips: dict[str, str] = {}
        for word in str(table.get("keywords", "")).split():
            for slip in _edits(word):
                if slip not in known and slip not in written_out:
                    slips.setdefault(slip, word)
        stars = tuple(str(table.get("stars", "")).split())
        fillers = frozenset(str(table.get("fillers", "")).split())
        run_on = frozenset(str(table.get("run_on", "")).split())
        run_on_long = tuple(sorted(part for part in run_on if len(part) > 2))
        return cls(written_out, fillers, stars, run_on, run_on_long, known | set(stars), slips)

    def word(self, token: str) -> str:
        """The plain form of one token; the empty string for a filler."""
        found = self.written_out.get(token)
        if found is not None:
            return found
        if token in self.fillers:
            return ""
        if token in self.known:
            return token
        return self._repaired(token)

    def _repaired(self, token: str) -> str:
        if token.isalpha():
            return "lol" if _LAUGHTER.match(token) else self._misspelt(token)
        if token in _LAUGHING_SIGNS:
            return "lol"
        bare = token.strip(_EDGES)
        if bare != token and bare.isalpha():
            return self.word(bare) if bare else ""
        for separator in ".-/|~+_":
            if separator in bare:
                whole = bare.replace(separator, "")
                if whole in self.known or whole in self.written_out:
                    return self.word(whole)
                return " ".join(filter(None, (self.word(part) for part in bare.split(separator) if part)))
        if "'" in bare:
            return self._apostrophe(bare)
        if not bare.isalpha():
            return self._disguised(token.strip("'#&_")) if len(token) <= _LONGEST_WORD else bare
        return self._misspelt(bare)

    def _apostrophe(self, bare: str) -> str:
        head, _, tail = bare.partition("'")
        joined = head + tail
        if joined in self.written_out:
            return self.written_out[joined]
        return f"{self.word(head)} {tail}".strip()

    def _disguised(self, token: str) -> str:
        if token.isdigit():
            return token
        for table in (_LEET, _LEET_L):
            letters = token.translate(table)
            for guess in (letters, spelling.shorter_runs(letters, 1)):
                if guess in self.known or guess in self.written_out:
                    return self.written_out.get(guess, guess)
        if "*" in token or "#" in token:
            return self._starred(token)
        letters = token.translate(_LEET)
        return self.slips.get(letters, letters if letters.isalpha() and not token[0].isdigit() else token)

    def _starred(self, token: str) -> str:
        given = sum(sign.isalpha() for sign in token)
        if 2 * given < len(token):
            return ""
        for word in self.stars:
            if len(word) == len(token) and all(a in ("*", "#", b) for a, b in zip(token, word, strict=True)):
                return word
        return ""

    def _misspelt(self, word: str) -> str:
        for keep in (2, 1) if _RUN.search(word) else ():
            guess = spelling.shorter_runs(word, keep)
            if guess != word and len(guess) > 2:
                if guess in self.written_out:
                    return self.written_out[guess]
                if guess in self.fillers:
                    return ""
                if guess in self.known:
                    return guess
        slip = self.slips.get(word)
        if slip:
            return slip
        if _SHORTEST_RUN_ON <= len(word) <= _LONGEST_WORD and any(part in word for part in self.run_on_long):
            return self._run_on(word) or word
        return spelling.shorter_runs(word, 1)

    def _run_on(self, word: str) -> str | None:
        """ "iwanttodie" as its words, where all of it are known words and at least two."""
        best: list[list[str] | None] = [[]] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 12), end):
                before = best[start]
                part = word[start:end]
                if (
                    before is not None
                    and part in self.run_on
                    and (best[end] is None or len(before) + 1 < len(best[end] or ()))
                ):
                    best[end] = [*before, self.written_out.get(part, part)]
        found = best[-1]
        return " ".join(found) if found and len(found) >= 2 else None


def _latin(text: str, speller: Speller, tokens: re.Pattern[str]) -> list[str]:
    views = []
    seen: dict[str, str] = {}
    for sentence in _SENTENCES.split(text):
        found = tokens.findall(sentence)
        seen.update((token, speller.word(token)) for token in found if token not in seen)
        words = [plain for plain in map(seen.__getitem__, found) if plain]
        if words:
            views.append(f" {' '.join(words)} ")
    return views


def english(text: str, speller: Speller) -> list[str]:
    """Sentences of `text` (already `spelling.plain`) in plain English words."""
    return _latin(spelling.unmarked(spelling.joined_letters(text)), speller, _TOKENS)


def turkish(text: str, speller: Speller) -> list[str]:
    """Sentences of `text` in Turkish words without marks; only a word's first öl- keeps its ö."""
    bare = spelling.unmarked(spelling.joined_letters(text), keep_oe=True)
    return _latin(_OTHER_OE.sub("o", bare), speller, _TURKISH_TOKENS)


def korean(text: str, speller: Speller) -> list[str]:
    """Sentences of `text` as Hangul between single spaces; digits and signs between syllables are dropped."""
    if not any("ㄱ" <= sign <= "ㅣ" or "가" <= sign <= "힣" for sign in text):
        return []
    views = []
    for sentence in re.split(r"[.!?;…]+(?=\s|$)|\n+", text):
        bare = _BLANKS.sub(" ", _KOREAN_NOISE.sub("", sentence.replace(",", " ").replace("\t", " "))).strip()
        for slang, meant in speller.written_out.items():
            if slang in bare:
                bare = bare.replace(slang, meant)
        if bare:
            views.append(f" {bare} ")
    return views


VIEWS: dict[Language, Callable[[str, Speller], list[str]]] = {"en": english, "ko": korean, "tr": turkish}

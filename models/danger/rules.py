"""The lexicon, read from `lexicon/<language>.yaml` and compiled once: macros, idioms, shields and rules."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from models.danger.hit import Hit, Kind, Tier
from models.danger.views import VIEWS, Speller
from models.words import Language
from models.words.literals import needed

HERE = Path(__file__).parent / "lexicon"
_GAP = "(?: (?!not |never |no |nobody )[^ ,]+){0,%d}"
_GAPS = {f"g{size}": _GAP % size for size in (1, 2, 3, 4, 6)}
_MACRO = re.compile(r"\{([a-z]\w*)\}")
_BETWEEN_SYLLABLES = re.compile(r"(?<=[가-힣ㄱ-ㅣ])(?=[가-힣ㄱ-ㅣ]|\(\?:)|(?<=[)?])(?=[가-힣])")
_BEFORE = re.compile(r"(?<![\[\\])\^|\(\?<[!=][^()]*\)")
"""What a pattern asks of the place before it: the start of a sentence, or words that must or must not stand there."""
_NEAR = 160
"""How far before and after a finding its sentence is read for negation, quotation and the like, in characters."""
_MOST_FINDINGS = 8
"""Findings of one pattern that are looked at in one text; more of the same change nothing."""
_AROUND = 1200
"""The sentence of a finding with the one before and the one after, in characters at most."""
_HEAD = 3


@dataclass(frozen=True)
class Limit:
    """Words nearby under which one rule says nothing, and the words that lift them again."""

    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None

    def covers(self, around: str) -> bool:
        """Whether these sentences lie under this limit."""
        return bool(self.pattern.search(around)) and not (self.unless and self.unless.search(around))


@dataclass(frozen=True)
class Pattern:
    """One compiled pattern, with the strings of which a text must hold at least one."""

    compiled: re.Pattern[str]
    needs: frozenset[str] | None
    anywhere: re.Pattern[str]
    """The same without its conditions on what stands before it: found wherever it may be found in a part."""


@dataclass(frozen=True)
class Patterns:
    """Many patterns, found by the strings they need: most need one that the text has not."""

    patterns: tuple[re.Pattern[str], ...]
    anywhere: tuple[re.Pattern[str], ...]
    always: tuple[int, ...]
    by_stem: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, patterns: Sequence[Pattern]) -> "Patterns":
        by_stem: dict[str, list[int]] = {}
        for number, pattern in enumerate(patterns):
            for stem in pattern.needs or ():
                by_stem.setdefault(stem, []).append(number)
        return cls(
            tuple(pattern.compiled for pattern in patterns),
            tuple(pattern.anywhere for pattern in patterns),
            tuple(number for number, pattern in enumerate(patterns) if pattern.needs is None),
            {stem: tuple(numbers) for stem, numbers in by_stem.items()},
        )

    def candidates(self, present: Iterable[str]) -> list[int]:
        """The numbers of those that can match a text with the strings of `present` in it, in their order."""
        return sorted({*self.always, *(number for stem in present for number in self.by_stem.get(stem, ()))})


@dataclass(frozen=True)
class Stems:
    """The strings that patterns need, by their first three letters, so that a text is walked through once."""

    by_head: Mapping[str, tuple[str, ...]]
    short: tuple[str, ...]

    @classmethod
    def of(cls, stems: Iterable[str]) -> "Stems":
        heads: dict[str, list[str]] = {}
        short: list[str] = []
        for stem in sorted(stems):
            if len(stem) < _HEAD:
                short.append(stem)
            else:
                heads.setdefault(stem[:_HEAD], []).append(stem)
        return cls({head: tuple(found) for head, found in heads.items()}, tuple(short))

    def within(self, text: str) -> set[str]:
        """Which of them are in `text`."""
        found = {stem for stem in self.short if stem in text}
        for head in {text[at : at + _HEAD] for at in range(len(text) - _HEAD + 1)} & self.by_head.keys():
            found.update(stem for stem in self.by_head[head] if len(stem) == _HEAD or stem in text)
        return found


@dataclass(frozen=True)
class Shield:
    """Words around a finding that change it: negated, quoted, told, in a story, long over, a joke."""

    name: str
    drops: bool
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    anywhere: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    not_of: re.Pattern[str] | None

    def covers(self, text: str, around: str, start: int, end: int) -> bool:
        """Whether the finding at `start`:`end` of `text` lies under this shield."""
        if self.not_of and self.not_of.search(text[start:end]):
            return False
        if self.before is not None:
            head = text[max(text.rfind("\n", 0, start) + 1, start - _NEAR) : start]
            head = head if head.endswith(" ") else head + " "
            return bool(self.before.search(head)) and not (self.unless and self.unless.search(head))
        if self.after is not None:
            tail = text[end : end + _NEAR].split("\n", 1)[0]
            return bool(self.after.match(tail)) and not (self.unless and self.unless.search(tail))
        if self.anywhere is None:
            return False
        return bool(self.anywhere.search(around)) and not (self.unless and self.unless.search(around))


@dataclass(frozen=True)
class Rule:
    """One way of saying it, over all its persons and tenses. `like` holds its own examples, for the tests."""

    id: str
    kind: Kind
    tier: Tier
    patterns: tuple[Pattern, ...]
    limits: tuple[Limit, ...]
    free_of: frozenset[str]
    like: tuple[str, ...]

    @property
    def reaches_far(self) -> bool:
        """Whether its patterns join words that may lie far apart."""
        return self.id.endswith(".wide")


@dataclass(frozen=True)
class Lexicon:
    """All of one language."""

    language: Language
    speller: Speller
    idioms: Patterns
    shields: tuple[Shield, ...]
    rules: tuple[Rule, ...]
    patterns: Patterns
    """Those of all rules, the clear rules' first."""
    owners: tuple[Rule, ...]
    """The rule that each of `patterns` belongs to."""
    stems: Stems

    def find(self, text: str, *, joined: bool = False) -> Hit | None:
        """The gravest finding in `text` (already `spelling.plain`), or nothing.

        With `joined` the text is several messages; rules that reach over many words are then left out.
        """
        text = self._view(text)
        if not text:
            return None
        present = self._present(text)
        text = self._without_idioms(text, present)
        found: Hit | None = None
        for number in self.patterns.candidates(present):
            rule = self.owners[number]
            if (found and rule.tier is Tier.unclear) or (joined and rule.reaches_far):
                continue
            tier = self._tier(rule, self.patterns.patterns[number], text)
            if tier is Tier.clear:
                return Hit(tier, rule.kind, self.language, rule.id)
            if tier is not None and found is None:
                found = Hit(tier, rule.kind, self.language, rule.id)
        return found

    def may_find(self, text: str) -> bool:
        """Whether any rule's pattern is in `text` or a part of it that ends with it, shields and limits aside."""
        text = self._view(text)
        if not text:
            return False
        present = self._present(text)
        bare = self._without_idioms(text, present)
        views = (text,) if bare == text else (text, bare)
        numbers = self.patterns.candidates(present)
        return any(self.patterns.anywhere[number].search(view) for number in numbers for view in views)

    def _view(self, text: str) -> str:
        return "\n".join(dict.fromkeys(VIEWS[self.language](text, self.speller)))

    def _present(self, text: str) -> set[str]:
        return self.stems.within(text.replace(" ", "") if self.language == "ko" else text)

    def _without_idioms(self, text: str, present: set[str]) -> str:
        for number in self.idioms.candidates(present):
            text = self.idioms.patterns[number].sub("_", text)
        return text

    def _tier(self, rule: Rule, pattern: re.Pattern[str], text: str) -> Tier | None:
        """The tier that `rule` gives to `text` by one of its patterns, after limits and shields."""
        best: Tier | None = None
        for number, match in enumerate(pattern.finditer(text)):
            if match.end() == match.start():
                continue
            if number >= _MOST_FINDINGS:
                break
            around = _around(text, match.start(), match.end())
            if any(limit.covers(around) for limit in rule.limits):
                continue
            covering = [
                shield
                for shield in self.shields
                if shield.name not in rule.free_of and shield.covers(text, around, match.start(), match.end())
            ]
            if any(shield.drops for shield in covering):
                continue
            if not covering and rule.tier is Tier.clear:
                return Tier.clear
            best = Tier.unclear
        return best


def _around(text: str, start: int, end: int) -> str:
    """The sentence of `start`:`end` with the one before and the one after, in `_AROUND` characters at most."""
    first = text.rfind("\n", 0, max(0, text.rfind("\n", 0, start)))
    last = text.find("\n", end)
    last = text.find("\n", last + 1) if last >= 0 else -1
    last = len(text) if last < 0 else last
    return text[max(first + 1, start - _AROUND // 2) : min(last, end + _AROUND // 2)].replace("\n", "")


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    for _ in range(12):
        wider = _MACRO.sub(lambda name: f"(?:{words[name.group(1)]})", pattern)
        if wider == pattern:
            return pattern
        pattern = wider
    raise ValueError("a macro of the lexicon names itself")


def _whole_words_ahead(pattern: str) -> str:
    """Makes what a "(?! word)" forbids a whole word: "(?! a)" must not forbid " again"."""
    built = ""
    open_groups: list[bool] = []
    for at, sign in enumerate(pattern):
        escaped = pattern[at - 1 : at] == "\\" and pattern[at - 2 : at - 1] != "\\"
        if sign == "(" and not escaped:
            open_groups.append(pattern.startswith("(?! ", at))
        elif sign == ")" and not escaped and open_groups.pop() and not built.endswith(" "):
            built += "(?![^ \n])"
        built += sign
    return built


def _compiled(pattern: str, words: Mapping[str, str], language: Language) -> Pattern:
    wide = _expanded(pattern, words)
    if language == "ko":
        needs = needed(wide)
        bare = frozenset(need.replace(" ", "") for need in needs) if needs else None
        wide = _BETWEEN_SYLLABLES.sub(" ?", wide)
        return Pattern(_regex(wide), bare, _regex(_BEFORE.sub("", wide)))
    wide = _whole_words_ahead(wide)
    whole, anywhere = (f"(?<![^ \n])(?:{part})(?![^ \n])" for part in (wide, _BEFORE.sub("", wide)))
    return Pattern(_regex(whole), needed(whole), _regex(anywhere))


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


def _loose(pattern: str | None, words: Mapping[str, str], language: Language) -> re.Pattern[str] | None:
    if pattern is None:
        return None
    wide = _expanded(pattern, words)
    if language == "ko":
        return re.compile(_BETWEEN_SYLLABLES.sub(" ?", wide))
    return re.compile(f"(?<![^ \n])(?:{wide})" if wide.endswith("$") else f"(?<![^ \n])(?:{wide})(?![^ \n])")


@cache
def lexicon(language: Language) -> Lexicon:
    """The compiled lexicon of `language`."""
    path = HERE / f"{language}.yaml"
    text = path.read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    words = {**_GAPS, **{name: str(pattern) for name, pattern in (data.get("words") or {}).items()}}
    known = frozenset(re.findall(r"(?<![\\a-zö])[a-zö]{2,}", f"{data['words']}{data['rules']}"))
    limits: dict[str, Limit] = {}
    for name, limit in (data.get("limits") or {}).items():
        spec = {"any": limit} if isinstance(limit, str) else limit
        lifted = spec.get("except")
        limits[name] = Limit(
            _compiled(spec["any"], words, language).compiled,
            _compiled(lifted, words, language).compiled if lifted else None,
        )
    idioms = tuple(_compiled(idiom, words, language) for idiom in data["idioms"])
    shields = tuple(
        Shield(
            name,
            bool(shield.get("drop")),
            _loose(shield.get("before"), words, language),
            _loose(shield.get("after"), words, language),
            _loose(shield.get("anywhere"), words, language),
            _loose(shield.get("except"), words, language),
            _loose(shield.get("not_of"), words, language),
        )
        for name, shield in data["shields"].items()
    )
    rules = tuple(
        Rule(
            rule["id"],
            Kind(rule["kind"]),
            Tier(rule["tier"]),
            tuple(_compiled(pattern, words, language) for pattern in rule["any"]),
            tuple(limits[name] for name in rule.get("unless", ())),
            frozenset(rule.get("free_of", ())),
            tuple(rule["like"]),
        )
        for rule in data["rules"]
    )
    rules = tuple(sorted(rules, key=lambda rule: rule.tier is Tier.unclear))
    patterns = [pattern for rule in rules for pattern in rule.patterns]
    stems = Stems.of({stem for pattern in (*idioms, *patterns) for stem in pattern.needs or ()})
    owners = tuple(rule for rule in rules for _ in rule.patterns)
    speller = Speller.of(data.get("spelling") or {}, known)
    return Lexicon(language, speller, Patterns.of(idioms), shields, rules, Patterns.of(patterns), owners, stems)

"""The age a person states of themselves, if they do."""

import re
from functools import cache

from models.reply.rules import rules
from models.reply.stems import plain
from models.words import Language

YOUNGEST, OLDEST = 5, 99
"""Numbers outside are not ages of people who write."""


def stated_age(text: str, language: Language) -> int | None:
    """The age in years that the writer of `text` gives as their own; a stage of school counts by its end."""
    read = plain(text, language)
    for pattern in _numbers(language):
        found = pattern.search(read)
        if found and YOUNGEST <= int(found.group(1)) <= OLDEST:
            return int(found.group(1))
    worded, ages = _worded(language)
    found = worded.search(read)
    if found:
        return ages[found.group(1)]
    for school, age in rules("age")["school"][language]:
        if re.search(school, read):
            return int(age)
    return None


@cache
def _numbers(language: Language) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in rules("age")["number"][language])


@cache
def _worded(language: Language) -> tuple[re.Pattern[str], dict[str, int]]:
    ages = {str(word): int(age) for word, age in rules("age")["word"][language].items()}
    longest_first = "|".join(sorted(ages, key=len, reverse=True))
    return re.compile(str(rules("age")["worded"][language]).replace("{words}", longest_first)), ages

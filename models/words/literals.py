"""Which letters a pattern cannot do without, so that most rules are skipped by a plain substring search.

Regular expressions in Python try every position of a text; `str.__contains__` is some fifty times faster.
"""

from collections.abc import Iterable
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 160


def _better(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Of two sets that must each be met, the one that rules out more text: longer strings, then fewer."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other, key=lambda found: (min(map(len, found)), -len(found)))


def _of(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    run = ""
    for code, value in items:
        if code is op.LITERAL:
            run += chr(value)
            continue
        if run.strip():
            best = _better(best, frozenset({run.strip()}))
        run = ""
        found: frozenset[str] | None = None
        if code is op.SUBPATTERN:
            found = _of(value[3])
        elif code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT) and value[0] > 0:
            found = _of(value[2])
        elif code is op.BRANCH:
            branches = [_of(branch) for branch in value[1]]
            if all(branches):
                found = frozenset().union(*(branch for branch in branches if branch))
        if found is not None and len(found) <= _MOST:
            best = _better(best, found)
    if run.strip():
        best = _better(best, frozenset({run.strip()}))
    return best


def needed(pattern: str) -> frozenset[str] | None:
    """Strings of which every match of `pattern` contains at least one; None where no such set is found."""
    return _of(_parser.parse(pattern))

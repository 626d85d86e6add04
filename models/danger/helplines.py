"""Where people find help, by country: `models/words/helplines.yaml`, each line with source and date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import yaml

from models import words
from models.words import Language

Audience = Literal["all", "young", "abuse"]
How = Literal["call", "call_or_text", "app"]
Hours = Literal["always", "unknown"]

PATH = words.HERE / "helplines.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """One helpline. `source` is the page it was read in, `checked` the day its stored copy was opened."""

    name: str
    number: str
    how: How
    hours: Hours
    audience: Audience
    source: str
    checked: date

    @property
    def site(self) -> str:
        """The source's host, short enough to be shown beside the number."""
        return (urlsplit(self.source).hostname or self.source).removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Country:
    """One country of the data: ISO 3166 code, its name in each language, its lines."""

    code: str
    names: dict[Language, str]
    emergency: Line | None
    lines: tuple[Line, ...]


def _line(row: dict[str, Any], audience: Audience = "all") -> Line:
    return Line(
        name=str(row.get("name", "")),
        number=str(row["number"]),
        how=row.get("how", "call"),
        hours=row.get("hours", "unknown"),
        audience=row.get("audience", audience),
        source=str(row["source"]),
        checked=row["checked"],
    )


@cache
def _data() -> tuple[dict[str, Country], tuple[Line, ...]]:
    text = PATH.read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    countries = {
        code: Country(
            code,
            {language: str(row["names"][language]) for language in words.LANGUAGES},
            _line(row["emergency"]) if row.get("emergency") else None,
            tuple(_line(line) for line in row["lines"]),
        )
        for code, row in data["countries"].items()
    }
    return countries, tuple(_line(line) for line in data["directory"])


def directory() -> tuple[Line, ...]:
    """International directories, for people of every country."""
    return _data()[1]


def country(code: str | None) -> Country | None:
    """The data of one country by ISO 3166 code in either case; None where there is none."""
    return _data()[0].get((code or "").strip().upper())


def countries(language: Language) -> tuple[tuple[str, str], ...]:
    """(code, name) of every country with checked lines, by name in `language`, for a picker."""
    names = ((one.code, one.names[language]) for one in _data()[0].values())
    return tuple(sorted(names, key=lambda pair: pair[1]))


def lines_for(code: str | None, first: Iterable[Audience]) -> tuple[Line, ...]:
    """The lines of a country: those of the audiences in `first`, in that order. No number is listed twice."""
    here = country(code)
    chosen: dict[str, Line] = {}
    for audience in first:
        for line in here.lines if here else ():
            if line.audience == audience:
                chosen.setdefault(line.number, line)
    return tuple(chosen.values())


AUDIENCES: tuple[Audience, ...] = get_args(Audience)

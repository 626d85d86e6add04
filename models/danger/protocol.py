"""The published danger protocol: which reviewed text answers which finding. No model has part in it.

Docs: `docs/safety.md`. Texts: `models/words/<language>/danger.yaml`. Numbers: `models/words/helplines.yaml`.
"""

from models.danger import helplines
from models.danger.helplines import Audience, Line
from models.danger.hit import Hit, Kind, Tier
from models.words import Language, say

PROTOCOL_VERSION = "2026.11"
"""Raised with every change of a text, a tier or a rule that changes who is shown what."""

REVIEWED_BY_CLINICIAN = False
"""Stays False until a clinician has signed a version of the protocol."""


def _line(language: Language, line: Line) -> str:
    return say(
        language,
        "danger.numbers.line",
        name=line.name,
        number=line.number,
        how=say(language, f"danger.how.{line.how}"),
        hours=say(language, f"danger.hours.{line.hours}"),
        source=line.site,
        date=line.checked.isoformat(),
    )


def _audiences(kind: Kind | None, young: bool) -> tuple[Audience, ...]:
    first: tuple[Audience, ...] = ("young",) if young else ()
    return (*first, "abuse", "all") if kind is Kind.abuse else (*first, "all")


def help_lines(language: Language, country: str | None, *, kind: Kind | None = None, young: bool = False) -> str:
    """Where help is: emergency number and lines of the person's country, then the international directories.

    Each line names its source and the day it was checked. `country` is an ISO 3166 code or None.
    """
    here = helplines.country(country)
    parts = []
    if here is None:
        parts.append(say(language, "danger.numbers.no_lines" if country else "danger.numbers.no_country"))
    elif here.emergency:
        urgent = here.emergency
        shown = {"number": urgent.number, "source": urgent.site, "date": urgent.checked.isoformat()}
        parts.append(say(language, "danger.numbers.emergency", **shown))
    parts += [_line(language, line) for line in helplines.lines_for(country, _audiences(kind, young))]
    parts.append(say(language, "danger.numbers.directory"))
    parts += [_line(language, line) for line in helplines.directory()]
    parts.append(say(language, "danger.numbers.stored"))
    return "\n".join(parts)


def answer(
    hit: Hit, language: Language, country: str | None = None, *, young: bool = False, on_duty: bool = False
) -> str:
    """The reviewed answer to `hit`, ready to be sent (under 4,096 characters).

    A clear hit gets care, numbers for `country` (ISO 3166, None where unknown) and what Heed cannot do; an
    unclear one gets one direct question. `on_duty` says that a person of the team can be offered now; `young`
    puts lines for the young first.
    """
    if hit.tier is Tier.unclear:
        return say(language, f"danger.unclear.{hit.kind}")
    numbers = help_lines(language, country, kind=hit.kind, young=young)
    parts = [f"{say(language, f'danger.clear.{hit.kind}')}\n{numbers}"]
    if young:
        parts.append(say(language, "danger.young"))
    parts.append(say(language, "danger.limits"))
    if on_duty:
        parts.append(say(language, "danger.on_duty"))
    parts.append(say(language, "danger.stay"))
    return "\n\n".join(parts)


def while_unheard(language: Language, country: str | None = None, *, young: bool = False) -> str:
    """What a person is told while a voice note cannot be heard: that it cannot, and where help is."""
    return f"{say(language, 'danger.waiting')}\n{help_lines(language, country, young=young)}"


def about(language: Language) -> str:
    """One sentence on the protocol: its version and whether a clinician has reviewed it."""
    review = say(language, f"danger.protocol.{'reviewed' if REVIEWED_BY_CLINICIAN else 'not_reviewed'}")
    return say(language, "danger.protocol.about", version=PROTOCOL_VERSION, review=review)

"""The course of feelings in words: one tentative sentence, and what it rests on."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from models.mood.moment import Moment, Span
from models.words import Language, say, variants

A_WEEK = timedelta(days=7)
MOSTLY = 0.5
"""Share of the moments from which one feeling is called the course's own."""
WORTH_SAYING = 0.1
"""Share of the moments from which a second feeling is named."""
PARTS = ((5, "night"), (12, "morning"), (18, "afternoon"), (23, "evening"), (24, "night"))
"""Until which hour of the day lasts what."""


def caption(
    moments: Sequence[Moment], span: Span, language: Language, clock: str, zone: tzinfo, until: datetime
) -> str:
    """What a picture of these moments shows, which ends `until` then. `clock` and `zone`: see `models.mood.zones`."""
    known = sum(moment.valence is not None for moment in moments)
    note = say(language, "mood.note", count=known, clock=say(language, f"mood.clock.{clock}"))
    return f"{sentence(moments, span, language, zone, until)}\n\n{note}"


def sentence(moments: Sequence[Moment], span: Span, language: Language, zone: tzinfo, until: datetime) -> str:
    """How somebody seemed over a span, in one sentence."""
    newest_first = sorted(moments, key=lambda moment: moment.at, reverse=True)
    named = [(each.feeling, each.at.astimezone(zone)) for each in newest_first if each.feeling is not None]
    if not named:
        return say(language, "mood.course.unclear")
    # Of feelings that are as frequent as one another, the later one counts first: it is nearer to now.
    counted = Counter(feeling for feeling, _ in named).most_common()
    main, times = counted[0]
    other = counted[1][0] if len(counted) > 1 and counted[1][1] >= WORTH_SAYING * len(named) else None
    if other is None:
        return say(language, "mood.course.one", main=say(language, f"mood.mainly.{main}"))
    some = say(language, f"mood.some.{other}")
    if times < MOSTLY * len(named) or times == counted[1][1]:
        return say(language, "mood.course.mixed", main=say(language, f"mood.some.{main}"), other=some)
    mainly = say(language, f"mood.mainly.{main}")
    when = _when([at for feeling, at in named if feeling == other], span, language, until.astimezone(zone))
    if when is None:
        return say(language, "mood.course.two", main=mainly, other=some)
    return say(language, "mood.course.two_when", main=mainly, other=some, when=when)


def _when(times: Sequence[datetime], span: Span, language: Language, until: datetime) -> str | None:
    """The one part of the day, or the one day, on which all these local times fall; None where there is none."""
    if span == "day":
        parts = {_part(at) for at in times}
        return say(language, f"mood.part.{parts.pop()}") if len(parts) == 1 else None
    days = {at.date() for at in times}
    if len(days) != 1:
        return None
    day = days.pop()
    if span == "week" and day > until.date() - A_WEEK:  # its first hours bear the name of its last day
        return say(language, "mood.on_weekday", weekday=variants(language, "mood.weekdays")[day.weekday()])
    return say(language, "mood.on_date", day=day.day, month=variants(language, "mood.months")[day.month - 1])


def _part(at: datetime) -> str:
    return next(name for until, name in PARTS if at.hour < until)

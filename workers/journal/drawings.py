"""Drawings: pictures of the course of feelings that were asked for. A worker draws, the sender sends, the row goes.

Nothing drawn is kept but in the outbox, sealed, until it is sent. What is drawn is read when it is drawn: whoever
withdraws the diary or erases everything meanwhile gets no picture of what is gone.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy.orm import Session

from models.words import Language, as_language, say
from workers.journal import consents, emotion_log, errands, outbox
from workers.journal.emotion_log import Moment
from workers.journal.outbox import Letter
from workers.journal.tables import Drawing, Person, now
from workers.journal.turns import Claim, Due

DRAW = "draw"
Span = Literal["day", "week", "month"]
SPANS: tuple[Span, ...] = get_args(Span)
LENGTH: dict[Span, timedelta] = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
FEWEST = 3
"""Marks below which a picture would show a course that nobody can see in it."""


@dataclass(frozen=True)
class Wanted:
    """What is to be drawn, and for whom."""

    span: Span
    language: Language
    country: str | None
    until: datetime
    moments: tuple[Moment, ...] = field(repr=False)


def enough(session: Session, person: Person, span: Span) -> bool:
    """Whether the diary is on and a picture of this span would show something."""
    if not consents.granted(session, person.id, "diary"):
        return False
    return emotion_log.count(session, person, now() - LENGTH[span]) >= FEWEST


def want(session: Session, person: Person, span: Span, origin: str, message_id: int | None = None) -> Due:
    """Asks for a picture, new or in the place of `message_id`. To be rung for after the commit."""
    drawing = Drawing(
        person_id=person.id, origin=origin, span=span, message_id=message_id, ring_at=now() + errands.RING_AGAIN
    )
    session.add(drawing)
    session.flush()
    return Due(drawing.id, DRAW)


def claim(session: Session, drawing_id: int) -> Claim | None:
    """Takes the drawing for one lease; see errands.py."""
    return errands.claim(session, Drawing, drawing_id, DRAW)


def wanted(session: Session, claim: Claim) -> Wanted | None:
    """What is to be drawn now. None where there is too little for a picture (any more): then a sentence says so."""
    drawing = errands.claimed(session, Drawing, claim)
    person = session.get(Person, drawing.person_id) if drawing is not None else None
    if drawing is None or person is None:
        return None
    span = span_of(drawing.span)
    if span is None or not enough(session, person, span):
        _say(session, drawing, person, "mood.gone")
        return None
    until = now()
    found = emotion_log.moments(session, person, until - LENGTH[span])
    return Wanted(span, as_language(person.language), person.country, until, tuple(found))


def keep(session: Session, claim: Claim, picture: bytes, caption: str) -> bool:
    """Puts a picture (PNG) into the outbox, once. False where it came too late or is void."""
    drawing = errands.claimed(session, Drawing, claim)
    person = session.get(Person, drawing.person_id) if drawing is not None else None
    if drawing is None or person is None or not consents.granted(session, person.id, "diary"):
        return False
    body = {
        "photo_b64": b64encode(picture).decode(),
        "caption": caption,
        "reply_markup": keyboard(as_language(person.language), drawing.span),
    }
    if drawing.message_id is not None:
        letter = Letter({"message_id": drawing.message_id, **body}, "answer", "mood", "editMessageMedia")
    else:
        letter = Letter(body, "answer", "mood", "sendPhoto")
    outbox.put(session, person.bot_id, person.telegram_id, drawing.origin, letter, person=person)
    session.delete(drawing)
    return True


def keyboard(language: Language, shown: str) -> dict[str, Any]:
    """The three spans, under the picture; the one that is shown is marked."""
    row = [
        {
            "text": ("✓ " if span == shown else "") + say(language, f"mood.button_{span}"),
            "callback_data": f"mood:span:{span}",
        }
        for span in SPANS
    ]
    return {"inline_keyboard": [row]}


def span_of(word: str) -> Span | None:
    """The span of that name, if there is one."""
    return next((span for span in SPANS if span == word), None)


def put_back(session: Session, claim: Claim) -> None:
    """Ends an attempt that failed. After the last one a sentence says that no picture comes."""
    drawing = errands.put_back(session, Drawing, claim)
    if drawing is not None:
        give_up(session, drawing)


def refuse(session: Session, claim: Claim) -> None:
    """No other attempt can succeed."""
    drawing = errands.claimed(session, Drawing, claim)
    if drawing is not None:
        give_up(session, drawing)


def give_up(session: Session, drawing: Drawing) -> None:
    """The picture cannot be drawn, and the person is told."""
    person = session.get(Person, drawing.person_id)
    if person is not None:
        _say(session, drawing, person, "mood.failed")


def _say(session: Session, drawing: Drawing, person: Person, key: str) -> None:
    """A sentence in the place of the picture."""
    letter = Letter({"text": say(as_language(person.language), key)}, "answer", "mood")
    outbox.put(session, person.bot_id, person.telegram_id, drawing.origin, letter, person=person)
    session.delete(drawing)

"""Faces: which of several in a photo is the person's. Heed asks, and keeps where the photo is for one hour."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from models.words import Language, say
from workers.journal import readings
from workers.journal.people import key_of
from workers.journal.pictures import Box, Picture
from workers.journal.tables import FaceChoice, Person, now

KEPT = timedelta(hours=1)
MOST = 8  # faces that are offered: more buttons nobody counts
IN_A_ROW = 4


def ask(session: Session, person: Person, turn_id: int, picture: Picture, boxes: Sequence[Box]) -> bool:
    """Notes the question for a photo of the turn, in place of that for an earlier one: only the newest is asked. Of
    very many faces the largest are offered, from left to right. False, and nothing kept, where the person does not
    allow that their face is read (any more)."""
    session.execute(delete(FaceChoice).where(FaceChoice.turn_id == turn_id))
    if readings.allowed(session, person, readings.FACE) is None:
        return False
    offered = sorted(sorted(boxes, key=lambda box: -box[2] * box[3])[:MOST])
    held = {"picture": picture.written(), "boxes": offered}
    session.add(
        FaceChoice(
            person_id=person.id,
            turn_id=turn_id,
            held=key_of(session, person).seal(json.dumps(held)),
            until=now() + KEPT,
        )
    )
    session.flush()
    return True


def keyboard(session: Session, person: Person, turn_id: int, language: Language) -> dict[str, Any] | None:
    """The buttons of the turn's newest question: a number for each face, and "none of them". None where there is no
    question."""
    choice = session.scalar(
        select(FaceChoice).where(FaceChoice.turn_id == turn_id).order_by(FaceChoice.id.desc()).limit(1)
    )
    if choice is None:
        return None
    count = len(json.loads(key_of(session, person).unseal(choice.held))["boxes"])
    numbers = [{"text": str(n), "callback_data": f"face:pick:{choice.id}.{n}"} for n in range(1, count + 1)]
    rows = [numbers[at : at + IN_A_ROW] for at in range(0, count, IN_A_ROW)]
    none = {"text": say(language, "picture.button_none"), "callback_data": f"face:pick:{choice.id}.none"}
    return {"inline_keyboard": [*rows, [none]]}


def take(session: Session, person: Person, choice_id: int) -> list[Picture] | None:
    """Ends a question: the photo, once for each face that was offered. None where it is not this person's, was
    answered, or its hour is over."""
    choice = session.get(FaceChoice, choice_id, populate_existing=True, with_for_update=True)
    if choice is None or choice.person_id != person.id:
        return None
    over = choice.until <= now()
    held = json.loads(key_of(session, person).unseal(choice.held))
    session.delete(choice)
    session.flush()
    if over:
        return None
    picture = Picture.read(held["picture"])
    return [replace(picture, box=box) for box in held["boxes"]]


def sweep(session: Session) -> int:
    """Forgets questions whose hour is over. Returns how many."""
    gone: CursorResult[Any] = session.execute(  # type: ignore[assignment]
        delete(FaceChoice).where(FaceChoice.until <= now())
    )
    return gone.rowcount

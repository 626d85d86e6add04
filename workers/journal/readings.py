"""Readings: what software believes somebody felt, from one message each. Personal data, sealed like words.

They are written under the consent "readings" alone. Without the diary they live until their turn was sent.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from workers.journal import consents
from workers.journal.keys import PersonKey
from workers.journal.people import key_of
from workers.journal.tables import Person, Reading, now

TEXT, VOICE, FACE = "text", "voice", "face"
COVERED_SINCE = {TEXT: "2026-11", VOICE: "2026-11.2", FACE: "2026-11.3"}
"""The first version of the consent's words that speak of this modality: no yes to older words covers it."""


@dataclass(frozen=True)
class Felt:
    """What a model says of one message, or, with `abstained`, why it says nothing."""

    message_id: int
    modality: str
    model: str
    probabilities: Mapping[str, float] = field(default_factory=dict, repr=False)
    valence: float = field(default=0.0, repr=False)
    arousal: float = field(default=0.0, repr=False)
    abstained: str | None = None


def allowed(session: Session, person: Person, modality: str) -> str | None:
    """The version of the consent under which this person's feelings may be estimated from `modality` now; None where
    they may not: undecided, withdrawn, given to older words, paused, or a minor."""
    if person.paused or person.minor:
        return None
    version = consents.version(session, person.id, "readings")
    return version if version is not None and consents.speaks_of(version, COVERED_SINCE[modality]) else None


def wanted(session: Session, person: Person, modality: str, mode: str) -> bool:
    """Whether to estimate at all: it is allowed, and of use. In careful mode reviewed words answer, which no estimate
    changes: then it is of use to the diary alone."""
    if allowed(session, person, modality) is None:
        return False
    return mode == "normal" or consents.granted(session, person.id, "diary")


def add(session: Session, person: Person, turn_id: int, felt: Felt) -> bool:
    """Stores a reading, in place of an earlier one of the same message. False, and nothing stored, where the person
    does not allow it (any more)."""
    version = allowed(session, person, felt.modality)
    if version is None:
        return False
    session.execute(
        delete(Reading).where(
            Reading.turn_id == turn_id, Reading.modality == felt.modality, Reading.message_id == felt.message_id
        )
    )
    estimate = {"probabilities": dict(felt.probabilities), "valence": felt.valence, "arousal": felt.arousal}
    session.add(
        Reading(
            person_id=person.id,
            turn_id=turn_id,
            message_id=felt.message_id,
            modality=felt.modality,
            model=felt.model[:64],
            estimate=key_of(session, person).seal(json.dumps(estimate)) if felt.abstained is None else None,
            abstained=felt.abstained[:24] if felt.abstained is not None else None,
            consent=version,
            at=now(),
        )
    )
    session.flush()
    return True


def of_turn(session: Session, person: Person, turn_id: int) -> list[Felt]:
    """What was read from the messages of a turn, oldest message first."""
    rows = session.scalars(
        select(Reading).where(Reading.turn_id == turn_id).order_by(Reading.message_id, Reading.modality)
    ).all()
    key = key_of(session, person)
    return [opened(row, key) for row in rows]


def of_person(session: Session, person: Person) -> list[tuple[Reading, Felt]]:
    """Every reading that is kept of a person, oldest first: the row, and what it holds."""
    rows = session.scalars(select(Reading).where(Reading.person_id == person.id).order_by(Reading.at, Reading.id))
    key = key_of(session, person)
    return [(row, opened(row, key)) for row in rows]


def turn_was_sent(session: Session, person_id: str, turn_id: int) -> None:
    """Drops the readings of a turn whose answer has gone out, unless the person keeps a diary."""
    if not consents.granted(session, person_id, "diary"):
        drop_of_turn(session, turn_id)


def drop_of_turn(session: Session, turn_id: int) -> None:
    """Drops every reading of a turn."""
    session.execute(delete(Reading).where(Reading.turn_id == turn_id))


def drop_of_person(session: Session, person_id: str) -> None:
    """Drops every reading of a person."""
    session.execute(delete(Reading).where(Reading.person_id == person_id))


def opened(row: Reading, key: PersonKey) -> Felt:
    """What a row holds."""
    if row.estimate is None:
        return Felt(row.message_id, row.modality, row.model, abstained=row.abstained or "unknown")
    held = json.loads(key.unseal(row.estimate))
    return Felt(row.message_id, row.modality, row.model, held["probabilities"], held["valence"], held["arousal"])

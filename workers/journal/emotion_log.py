"""The course of feelings: of every turn what all its readings come to. Kept for the diary, and else not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from workers.journal import consents, readings
from workers.journal.keys import PersonKey
from workers.journal.people import key_of
from workers.journal.readings import Felt
from workers.journal.tables import EmotionLog, Person, Reading

FUSED = "fused"
ORDER = (readings.TEXT, readings.VOICE, readings.FACE)


@dataclass(frozen=True)
class Moment:
    """One turn: when it was begun, what its readings come to, `of` which of them, and all of them beside it."""

    turn_id: int
    at: datetime
    of: tuple[str, ...]
    fused: Felt = field(repr=False)
    readings: tuple[Felt, ...] = field(default=(), repr=False)


def write(session: Session, person: Person, turn_id: int, fused: Felt, of: Sequence[str], at: datetime) -> bool:
    """Keeps what the readings of a turn come to, `of` those that counted, in place of what they came to before.
    False, and nothing kept, without the diary, or where the readings themselves are not allowed (any more)."""
    session.execute(delete(EmotionLog).where(EmotionLog.turn_id == turn_id))
    version = consents.version(session, person.id, "diary")
    if version is None:
        return False
    if any(readings.allowed(session, person, modality) is None for modality in of or (readings.TEXT,)):
        return False
    estimate = {"probabilities": dict(fused.probabilities), "valence": fused.valence, "arousal": fused.arousal}
    session.add(
        EmotionLog(
            person_id=person.id,
            turn_id=turn_id,
            modalities=",".join(each for each in ORDER if each in of),
            model=fused.model[:64],
            estimate=key_of(session, person).seal(json.dumps(estimate)) if fused.abstained is None else None,
            abstained=fused.abstained[:24] if fused.abstained is not None else None,
            consent=version,
            at=at,
        )
    )
    session.flush()
    return True


def count(session: Session, person: Person, since: datetime) -> int:
    """Of how many turns since then it is known how the person seemed. Opens nothing that is sealed."""
    found = session.scalar(
        select(func.count()).where(
            EmotionLog.person_id == person.id, EmotionLog.at >= since, EmotionLog.estimate.is_not(None)
        )
    )
    return found or 0


def moments(session: Session, person: Person, since: datetime | None = None) -> list[Moment]:
    """What is kept of a person, since then or at all, oldest first."""
    wanted = select(EmotionLog).where(EmotionLog.person_id == person.id)
    beside = select(Reading).where(Reading.person_id == person.id)
    if since is not None:
        wanted = wanted.where(EmotionLog.at >= since)
        beside = beside.where(Reading.at >= since)
    key = key_of(session, person)
    read: dict[int, list[Felt]] = {}
    for row in session.scalars(beside.order_by(Reading.message_id, Reading.modality)):
        read.setdefault(row.turn_id, []).append(readings.opened(row, key))
    return [
        Moment(row.turn_id, row.at, _of(row), _opened(row, key), tuple(read.get(row.turn_id, ())))
        for row in session.scalars(wanted.order_by(EmotionLog.at, EmotionLog.id))
    ]


def drop_of_turn(session: Session, turn_id: int) -> None:
    """Drops what is kept of a turn."""
    session.execute(delete(EmotionLog).where(EmotionLog.turn_id == turn_id))


def drop_of_person(session: Session, person_id: str) -> None:
    """Drops the whole course of a person."""
    session.execute(delete(EmotionLog).where(EmotionLog.person_id == person_id))


def _opened(row: EmotionLog, key: PersonKey) -> Felt:
    of = _of(row)
    modality = of[0] if len(of) == 1 else FUSED
    if row.estimate is None:
        return Felt(0, modality, row.model, abstained=row.abstained or "unknown")
    held = json.loads(key.unseal(row.estimate))
    return Felt(0, modality, row.model, held["probabilities"], held["valence"], held["arousal"])


def _of(row: EmotionLog) -> tuple[str, ...]:
    return tuple(row.modalities.split(",")) if row.modalities else ()

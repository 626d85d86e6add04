"""Export: everything Heed holds of one person, in a zip that a person can read and a program can parse."""

import io
import json
import zipfile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.words import as_language, say
from workers.journal import audit, emotion_log, picks, playlists, readings
from workers.journal.people import key_of
from workers.journal.tables import Case, Consent, Conversation, Person, Turn, TurnMessage


def everything(session: Session, person: Person) -> dict[str, Any]:
    """All rows of the person, words unsealed, times in ISO 8601 UTC."""
    key = key_of(session, person)

    def words(sealed: bytes | None) -> str | None:
        return key.unseal(sealed) if sealed is not None else None

    turns = session.scalars(select(Turn).where(Turn.person_id == person.id).order_by(Turn.id)).all()
    messages = session.scalars(
        select(TurnMessage).where(TurnMessage.person_id == person.id).order_by(TurnMessage.message_id)
    ).all()
    conversations = session.scalars(
        select(Conversation).where(Conversation.person_id == person.id).order_by(Conversation.id)
    )
    consents = session.scalars(select(Consent).where(Consent.person_id == person.id).order_by(Consent.id))
    cases = session.scalars(select(Case).where(Case.person_id == person.id).order_by(Case.id))
    return {
        "person": {
            "id": person.id,
            "telegram_id": person.telegram_id,
            "language": person.language,
            "country": person.country,
            "persona": person.persona,
            "answers_as": person.voice,
            "paused": person.paused,
            "keep_nothing": person.keep_nothing,
            "under_age": person.minor,
            "since": person.created_at.isoformat(),
        },
        "consents": [
            {"kind": row.kind, "granted": row.granted, "version": row.version, "at": row.at.isoformat()}
            for row in consents
        ],
        "conversations": [
            {
                "id": row.id,
                "mode": row.mode,
                "began": row.started_at.isoformat(),
                "ended": row.closed_at.isoformat() if row.closed_at else None,
            }
            for row in conversations
        ],
        "turns": [
            {
                "id": turn.id,
                "conversation": turn.conversation_id,
                "state": turn.state,
                "at": turn.opened_at.isoformat(),
                "you": [
                    {"at": row.sent_at.isoformat(), "kind": row.kind, "words": words(row.words)}
                    for row in messages
                    if row.turn_id == turn.id
                ],
                "heed": words(turn.answer),
                "written_by": turn.source,
            }
            for turn in turns
        ],
        "readings": [
            {
                "at": row.at.isoformat(),
                "turn": row.turn_id,
                "from": row.modality,
                "model": row.model,
                "probabilities": dict(felt.probabilities),
                "valence": felt.valence if felt.abstained is None else None,
                "arousal": felt.arousal if felt.abstained is None else None,
                "not_estimated_because": felt.abstained,
                "consent": row.consent,
            }
            for row, felt in readings.of_person(session, person)
        ],
        "course_of_feelings": [
            {
                "at": moment.at.isoformat(),
                "turn": moment.turn_id,
                "from": list(moment.of),
                "model": moment.fused.model,
                "probabilities": dict(moment.fused.probabilities),
                "valence": moment.fused.valence if moment.fused.abstained is None else None,
                "arousal": moment.fused.arousal if moment.fused.abstained is None else None,
                "not_estimated_because": moment.fused.abstained,
            }
            for moment in emotion_log.moments(session, person)
        ],
        "music_sent": [
            {
                "at": pick.at.isoformat(),
                "conversation": pick.conversation_id,
                "title": track.title,
                "artist": track.artist,
                "chosen_at": pick.chosen_at.isoformat() if pick.chosen_at else None,
            }
            for pick, track in picks.of_person(session, person.id)
        ],
        "playlist": [
            {"title": track.title, "artist": track.artist} for track in playlists.tracks(session, person.id)
        ],
        "cases": [
            {
                "at": row.opened_at.isoformat(),
                "kind": row.kind,
                "state": row.state,
                "words_shared": row.words is not None,
            }
            for row in cases
        ],
        "read_by_the_team": [
            {"at": row.at.isoformat(), "who": row.actor, "what": row.action, "why": row.reason}
            for row in audit.of_person(session, person.id)
        ],
    }


def as_zip(session: Session, person: Person) -> bytes:
    """`everything.json` and, for reading, `conversation.txt`."""
    held = everything(session, person)
    language = as_language(person.language)
    you, heed = say(language, "export.you"), say(language, "export.heed")
    lines = [say(language, "export.heading"), ""]
    for turn in held["turns"]:
        lines += [f"{message['at'][:16]}  {you}: {message['words'] or '–'}" for message in turn["you"]]
        lines += [f"{turn['at'][:16]}  {heed}: {turn['heed'] or '–'}", ""]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(held, ensure_ascii=False, indent=2))
        archive.writestr("conversation.txt", "\n".join(lines))
    return packed.getvalue()

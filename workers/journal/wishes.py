"""Wishes: music that was asked for. A worker chooses, the sender sends, the row goes.

What is chosen is fenced by the conversation's epoch: after danger was seen, or `/new`, an older wish brings nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from models.music.goals import Goal
from models.words import Language, as_language, say
from workers.journal import conversations, emotion_log, errands, outbox, picks, playlists
from workers.journal import tracks as catalogue
from workers.journal.outbox import Letter
from workers.journal.people import key_of
from workers.journal.tables import Conversation, Person, Track, Wish, now
from workers.journal.turns import Claim, Due

RECOMMEND = "recommend"
ASKED = ("sadness", "fear", "anger", "neutral", "happiness")
"""The feelings that somebody is offered when they are asked how it is."""
NONE = "none"
PRESENT = timedelta(hours=3)
"""How long what was read of somebody counts as how they feel now."""
AT_ONCE = 5


@dataclass(frozen=True)
class Wanted:
    """What was asked for: a way toward `goal` from `feeling` (or from what the diary knows), what is like the track
    `like`, or the playlist from its place `start` on."""

    goal: Goal | None = field(default=None, repr=False)
    feeling: str | None = field(default=None, repr=False)
    like: int | None = None
    start: int | None = None


@dataclass(frozen=True)
class Known:
    """What the choice rests on: what is `heard` already, whether to be `careful`, and where the person stands:
    `present` is (valence, arousal) by the diary."""

    wanted: Wanted
    heard: frozenset[int]
    careful: bool
    present: tuple[float, float] | None = field(default=None, repr=False)
    playlist: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """Tracks in their order. `began_again`: something of it was heard before, since nothing else was left. `felt`:
    the first of them lies at a feeling that is known. `further`: where the playlist goes on."""

    tracks: tuple[int, ...]
    began_again: bool = False
    felt: bool = False
    further: int | None = None


def want(session: Session, person: Person, conversation: Conversation, wanted: Wanted, origin: str) -> Due:
    """Asks for music. To be rung for after the commit."""
    wish = Wish(
        person_id=person.id,
        conversation_id=conversation.id,
        epoch=conversation.epoch,
        origin=origin,
        wanted=key_of(session, person).seal(json.dumps(asdict(wanted))),
        ring_at=now() + errands.RING_AGAIN,
    )
    session.add(wish)
    session.flush()
    return Due(wish.id, RECOMMEND)


def claim(session: Session, wish_id: int) -> Claim | None:
    """Takes the wish for one lease; see errands.py."""
    return errands.claim(session, Wish, wish_id, RECOMMEND)


def present(session: Session, person: Person) -> tuple[float, float] | None:
    """(valence, arousal) of how the person seemed last, if the diary knows it of the last hours."""
    for moment in reversed(emotion_log.moments(session, person, now() - PRESENT)):
        felt = moment.fused
        if felt.abstained is None:
            return felt.valence, felt.arousal
    return None


def known(session: Session, claim: Claim) -> Known | None:
    """What to choose by. None where the wish is void: then it is gone."""
    found = _standing(session, claim)
    if found is None:
        return None
    wish, person, conversation = found
    wanted = Wanted(**json.loads(key_of(session, person).unseal(wish.wanted)))
    return Known(
        wanted,
        picks.heard(session, conversation.id),
        conversation.mode != "normal",
        present(session, person) if wanted.goal is not None and wanted.feeling is None else None,
        tuple(track.id for track in playlists.tracks(session, person.id)) if wanted.start is not None else (),
    )


def keep(session: Session, claim: Claim, wanted: Wanted, chosen: Chosen) -> bool:
    """Puts what was chosen into the outbox, once. False where it came too late or is void."""
    found = _standing(session, claim)
    if found is None:
        return False
    wish, person, conversation = found
    language = as_language(person.language)
    here = catalogue.some(session, chosen.tracks)
    tracks = [here[each] for each in chosen.tracks if each in here]
    if not tracks:
        tell(session, wish, person, "nothing_like" if wanted.like is not None else "none")
        return True
    lines = [_heading(session, language, wanted, chosen)]
    if chosen.began_again:
        lines.append(say(language, "music.again"))
    _put(session, wish, person, conversation, Letter({"text": "\n\n".join(lines)}, "answer", "music"))
    for number, track in enumerate(tracks):
        rows = [
            [
                like_button(language, track.id),
                keep_button(language, track.id, playlists.holds(session, person, track.id)),
            ]
        ]
        if number == len(tracks) - 1:
            rows += _onward(language, wanted, chosen)
        failed = {"text": say(language, "music.piece_failed", title=track.title)}
        body = {
            "track": track.id,
            "caption": _caption(language, track),
            "reply_markup": {"inline_keyboard": rows},
            outbox.WRITTEN: failed,
        }
        _put(session, wish, person, conversation, Letter(body, outbox.MUSIC, f"music{number}", "sendAudio"))
    if chosen.began_again:
        picks.begin_again(session, conversation.id)
    picks.add(session, person.id, conversation.id, wish.origin, [track.id for track in tracks])
    session.delete(wish)
    return True


def put_back(session: Session, claim: Claim) -> None:
    """Ends an attempt that failed. After the last one a sentence says that there is no music now."""
    wish = errands.put_back(session, Wish, claim)
    if wish is not None:
        give_up(session, wish)


def refuse(session: Session, claim: Claim) -> None:
    """No other attempt can succeed."""
    wish = errands.claimed(session, Wish, claim)
    if wish is not None:
        give_up(session, wish)


def give_up(session: Session, wish: Wish) -> None:
    """The music cannot be had, and the person is told."""
    person = session.get(Person, wish.person_id)
    if person is not None and conversations.is_current(session, wish.conversation_id, wish.epoch):
        tell(session, wish, person, "unavailable")
    else:
        session.delete(wish)


def tell(session: Session, wish: Wish, person: Person, key: str) -> None:
    """A sentence in the place of music."""
    letter = Letter({"text": say(as_language(person.language), f"music.{key}")}, "answer", "music")
    _put(session, wish, person, session.get(Conversation, wish.conversation_id), letter)
    session.delete(wish)


def like_button(language: Language, track_id: int) -> dict[str, str]:
    return {"text": say(language, "music.button_like"), "callback_data": f"music:like:{track_id}"}


def keep_button(language: Language, track_id: int, kept: bool) -> dict[str, str]:
    """Puts a piece into the playlist, or takes it out."""
    word, verb = ("kept", "drop") if kept else ("keep", "keep")
    return {"text": say(language, f"music.button_{word}"), "callback_data": f"music:{verb}:{track_id}"}


def _onward(language: Language, wanted: Wanted, chosen: Chosen) -> list[list[dict[str, str]]]:
    """What stands under the last piece: how the music goes on."""
    if wanted.goal is not None:
        data = f"music:go:{wanted.goal}.{wanted.feeling or NONE}"
        return [[{"text": say(language, "music.button_more"), "callback_data": data}]]
    if chosen.further is not None:
        data = f"music:play:{chosen.further}"
        return [[{"text": say(language, "music.playlist.button_further"), "callback_data": data}]]
    return []


def _heading(session: Session, language: Language, wanted: Wanted, chosen: Chosen) -> str:
    if wanted.goal is not None:
        return say(language, f"music.{'felt' if chosen.felt else 'open'}.{wanted.goal}")
    if wanted.like is not None:
        track = session.get(Track, wanted.like)
        return say(language, "music.like", title=track.title if track is not None else "…")
    return say(language, "music.mine")


def _caption(language: Language, track: Track) -> str:
    """What a licence asks to be said, under the piece."""
    composed = track.made_of is not None
    lines = [say(language, "music.composed" if composed else "music.licence", licence=track.licence)]
    lines += [line for line in (track.attribution, None if composed else track.source) if line]
    return "\n".join(lines)


def _put(session: Session, wish: Wish, person: Person, conversation: Conversation | None, letter: Letter) -> None:
    outbox.put(
        session, person.bot_id, person.telegram_id, wish.origin, letter, person=person, conversation=conversation
    )


def _standing(session: Session, claim: Claim) -> tuple[Wish, Person, Conversation] | None:
    """The wish, if this claim still holds it and its conversation goes on. One that is void goes."""
    wish = errands.claimed(session, Wish, claim)
    if wish is None:
        return None
    person = session.get(Person, wish.person_id)
    conversation = session.get(Conversation, wish.conversation_id)
    if person is None or conversation is None or not conversations.is_current(session, conversation.id, wish.epoch):
        session.delete(wish)
        return None
    return wish, person, conversation

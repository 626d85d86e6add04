"""Wishes: asked for once, chosen by one worker at a time, sent once, and never into another state of things."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.words import LANGUAGES, Language, say
from tests.rig.records import put
from tests.workers.journal.meeting import person_of, say_to
from workers.journal import consents, conversations, emotion_log, errands, outbox, picks, playlists, tracks, wishes
from workers.journal.database import Journal
from workers.journal.readings import TEXT, Felt
from workers.journal.tables import Outbox, Pick, Wish, now
from workers.journal.turns import Claim
from workers.journal.wishes import Chosen, Wanted

LIFT = Wanted(goal="lift", feeling="sadness")


def want(journal: Journal, wanted: Wanted = LIFT, origin: str = "u:1") -> int:
    def ask(session: Session) -> int:
        person = person_of(session)
        return wishes.want(session, person, conversations.current(session, person), wanted, origin).turn_id

    return journal.transact(ask)


def claimed(journal: Journal, wish_id: int) -> Claim:
    claim = journal.transact(lambda session: wishes.claim(session, wish_id))
    assert claim is not None
    return claim


def keep(journal: Journal, claim: Claim, chosen: Chosen, wanted: Wanted = LIFT) -> bool:
    return journal.transact(lambda session: wishes.keep(session, claim, wanted, chosen))


def letters(journal: Journal) -> list[tuple[str, dict[str, Any]]]:
    with journal.read() as session:
        rows = session.scalars(select(Outbox).order_by(Outbox.id))
        return [(row.method, outbox.body_of(session, row)) for row in rows]


def data_of(body: dict[str, Any]) -> list[str]:
    return [cell["callback_data"] for row in body["reply_markup"]["inline_keyboard"] for cell in row]


def test_what_is_chosen_is_sent_in_its_order_once_and_is_heard_from_then_on(journal: Journal) -> None:
    first, second = put(journal, 1), put(journal, 2, attribution="Ada of the Moon, CC BY 4.0", licence="CC-BY-4.0")
    claim = claimed(journal, want(journal))
    assert keep(journal, claim, Chosen((second, first), felt=True))
    assert not keep(journal, claim, Chosen((second, first), felt=True))
    (head, top), (how, one), (_, two) = letters(journal)
    assert (head, top["text"]) == ("sendMessage", say("en", "music.felt.lift"))
    assert (how, one["track"], two["track"]) == ("sendAudio", second, first)
    assert one["caption"] == "Licence: CC-BY-4.0\nAda of the Moon, CC BY 4.0"
    assert data_of(one) == [f"music:like:{second}", f"music:keep:{second}"]
    assert data_of(two) == [f"music:like:{first}", f"music:keep:{first}", "music:go:lift.sadness"]
    with journal.read() as session:
        conversation = conversations.current(session, person_of(session))
        assert picks.heard(session, conversation.id) == {first, second}
        assert session.scalars(select(Wish)).all() == []


def test_a_wish_is_sealed_and_hides_what_it_holds(journal: Journal) -> None:
    wish_id = want(journal)
    with journal.read() as session:
        held = session.scalars(select(Wish.wanted)).one()
    assert b"sadness" not in held
    assert b"goal" not in held
    claim = claimed(journal, wish_id)
    known = journal.transact(lambda session: wishes.known(session, claim))
    assert known is not None
    assert known.wanted == LIFT
    assert "sad" not in repr(known)


def test_what_comes_again_is_said(journal: Journal) -> None:
    track = put(journal, 1)
    assert keep(journal, claimed(journal, want(journal)), Chosen((track,), began_again=True))
    assert say("en", "music.again") in letters(journal)[0][1]["text"]
    assert letters(journal)[0][1]["text"].startswith(say("en", "music.open.lift"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_piece_that_cannot_be_played_brings_its_sentence_along(journal: Journal, language: Language) -> None:
    track = put(journal, 1, title="River")
    journal.transact(lambda session: setattr(person_of(session), "language", language))
    assert keep(journal, claimed(journal, want(journal)), Chosen((track,)))
    written = letters(journal)[1][1][outbox.WRITTEN]["text"]
    assert written == say(language, "music.piece_failed", title="River")
    assert "River" in written


@pytest.mark.parametrize(
    ("wanted", "key"), [(LIFT, "none"), (Wanted(like=7), "nothing_like"), (Wanted(start=0), "none")]
)
def test_where_nothing_can_be_played_a_sentence_says_so(journal: Journal, wanted: Wanted, key: str) -> None:
    claim = claimed(journal, want(journal, wanted))
    assert keep(journal, claim, Chosen((99,)), wanted)
    ((_, body),) = letters(journal)
    assert body["text"] == say("en", f"music.{key}")


def test_a_piece_that_went_meanwhile_is_left_out(journal: Journal) -> None:
    gone, here = put(journal, 1), put(journal, 2)
    claim = claimed(journal, want(journal))
    journal.transact(lambda session: tracks.remove(session, [gone]))
    assert keep(journal, claim, Chosen((gone, here)))
    assert [body["track"] for method, body in letters(journal) if method == "sendAudio"] == [here]


@pytest.mark.parametrize("what", ["danger", "new", "forgotten"])
def test_after_danger_or_a_fresh_start_an_older_wish_brings_nothing(journal: Journal, what: str) -> None:
    track = put(journal, 1)
    claim = claimed(journal, want(journal))

    def change(session: Session) -> None:
        person = person_of(session)
        if what == "danger":
            conversations.enter_careful(session, conversations.current(session, person), clear=True)
        elif what == "new":
            conversations.begin_afresh(session, person)
        else:
            session.delete(person)

    journal.transact(change)
    assert not keep(journal, claim, Chosen((track,)))
    assert journal.transact(lambda session: wishes.known(session, claim)) is None
    assert letters(journal) == []
    with journal.read() as session:
        assert session.scalars(select(Wish)).all() == []
        assert session.scalars(select(Pick)).all() == []


def test_what_is_unsent_of_a_list_is_void_after_danger(journal: Journal) -> None:
    track = put(journal, 1)
    assert keep(journal, claimed(journal, want(journal)), Chosen((track,)))

    def danger(session: Session) -> None:
        conversations.enter_careful(session, conversations.current(session, person_of(session)), clear=True)

    journal.transact(danger)
    with journal.read() as session:
        assert set(session.scalars(select(Outbox.state))) == {"cancelled"}


def test_a_choice_that_fails_each_time_ends_with_a_sentence(journal: Journal) -> None:
    wish_id = want(journal)
    for number in range(errands.ATTEMPTS):
        journal.transact(
            lambda session: session.execute(update(Wish).values(lease_until=now() - timedelta(seconds=1)))
        )
        claim = claimed(journal, wish_id)
        assert claim.attempts == number + 1
        journal.transact(lambda session, claim=claim: wishes.put_back(session, claim))
    ((_, body),) = letters(journal)
    assert body["text"] == say("en", "music.unavailable")
    assert journal.transact(lambda session: wishes.claim(session, wish_id)) is None


def test_only_the_diary_tells_how_somebody_feels_now_and_only_for_some_hours(journal: Journal) -> None:
    def feel(session: Session, hours: float, number: int) -> tuple[float, float] | None:
        person = person_of(session)
        for kind in ("readings", "diary"):
            consents.give(session, person, kind, True)
        turn = say_to(session, "it is all too much", number)
        felt = Felt(number, TEXT, "text-1", {"sadness": 1.0}, -0.6, -0.3)
        assert emotion_log.write(session, person, turn.id, felt, (TEXT,), now() - timedelta(hours=hours))
        return wishes.present(session, person)

    assert journal.transact(lambda session: wishes.present(session, person_of(session))) is None
    assert journal.transact(lambda session: feel(session, 2.9, 5)) == (-0.6, -0.3)
    assert journal.transact(lambda session: feel(session, 3.1, 6)) is None


def test_the_playlist_keeps_its_order_takes_nothing_twice_and_is_full_at_its_limit(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playlists, "LIMIT", 2)
    first, second, third = put(journal, 1), put(journal, 2), put(journal, 3)

    def add(track_id: int) -> str:
        return journal.transact(lambda session: playlists.add(session, person_of(session), track_id))

    assert [add(each) for each in (second, first, second, third, 99)] == ["kept", "kept", "kept", "full", "gone"]
    with journal.read() as session:
        person = person_of(session)
        assert [track.id for track in playlists.tracks(session, person.id)] == [second, first]
    journal.transact(lambda session: playlists.drop(session, person_of(session), second))
    assert add(third) == "kept"
    journal.transact(lambda session: tracks.remove(session, [first]))
    with journal.read() as session:
        person = person_of(session)
        assert [track.id for track in playlists.tracks(session, person.id)] == [third]
        assert playlists.count(session, person) == 1


def test_a_playlist_is_the_persons_own(journal: Journal) -> None:
    track = put(journal, 1)
    journal.transact(lambda session: playlists.add(session, person_of(session, 1), track))
    with journal.read() as session:
        assert playlists.tracks(session, person_of(session, 2).id) == []
        assert not playlists.holds(session, person_of(session, 2), track)

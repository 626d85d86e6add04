"""Music: asked for, chosen toward a goal, played, kept in a playlist."""

import pytest

from models.words import LANGUAGES, Language, say
from tests.rig.house import Rig
from tests.rig.people import People, buttons, text_of
from tests.rig.readers import estimate_of
from tests.rig.records import shop
from tests.scenarios.consenting import meet
from tests.scenarios.listening import forbid, goals, music, pieces, titles, track_of, wish
from workers.journal import tracks
from workers.media.store import StoreUnavailable


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_goal_and_a_feeling_bring_five_pieces(rig: Rig, people: People, language: Language) -> None:
    shop(rig.journal, rig.store)
    asking = await goals(people, language_code=language)
    assert text_of(asking) == say(language, "music.goals")
    assert buttons(asking) == ["music:goal:sit", "music:goal:lift", "music:goal:calm"]
    await people.press(1, "music:goal:lift")
    await people.hears(1)
    asked = people.chat(1)[-1]
    shown = next(message for message in people.chat(1) if "music:go:lift.sadness" in buttons(message))
    assert text_of(shown) == say(language, "music.ask")
    assert asked is not None
    heard = await wish(people, "music:go:lift.sadness")
    assert text_of(heard[0]) == say(language, "music.felt.lift")
    assert len(pieces(heard)) == 5
    for message in pieces(heard):
        assert message["audio"]["performer"].startswith("Artist")
        assert message["audio"]["duration"] == 1
        assert "CC0-1.0" in text_of(message)
    assert "music:go:lift.sadness" in buttons(heard[-1])
    assert (rig.count("pick"), rig.count("wish")) == (5, 0)


async def test_who_would_rather_not_say_gets_music_all_the_same(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people, "calm", "none")
    assert text_of(heard[0]) == say("en", "music.open.calm")
    assert len(pieces(heard)) == 5


async def test_where_the_diary_knows_how_somebody_feels_nobody_asks(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await meet(people, "readings", "diary")
    rig.text_reader.says = estimate_of("text", "sadness")
    await people.say(1, "it was a hard week at work")
    await people.hears(1)
    await goals(people)
    heard = await wish(people, "music:goal:sit")
    assert text_of(heard[0]) == say("en", "music.felt.sit")
    assert len(pieces(heard)) == 5


async def test_another_five_are_others_until_all_were_heard_and_then_that_is_said(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store, 12)
    heard = [await music(people)]
    for _ in range(2):
        heard.append(await wish(people, "music:go:lift.sadness"))
    one, two, three = (titles(each) for each in heard)
    assert set(one).isdisjoint(two)
    assert say("en", "music.again") not in text_of(heard[0][0]) + text_of(heard[1][0])
    assert say("en", "music.again") in text_of(heard[2][0])
    assert len(three) == 5
    assert sum(title.startswith("dark") for title in three) <= 1
    four = await wish(people, "music:go:lift.sadness")  # everything counts as unheard again
    assert say("en", "music.again") not in text_of(four[0])
    assert set(titles(four)).isdisjoint(three)


async def test_in_a_new_conversation_everything_may_come_again(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store, 6)
    await music(people)
    await people.say(1, "/new")
    await people.hears(1)
    heard = await music(people)
    assert say("en", "music.again") not in text_of(heard[0])


async def test_choosing_one_brings_five_like_it(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    heard = await music(people)
    chosen = pieces(heard)[2]
    similar = await wish(people, f"music:like:{track_of(chosen)}")
    assert text_of(similar[0]) == say("en", "music.like", title=chosen["audio"]["title"])
    assert len(pieces(similar)) == 5
    assert set(titles(similar)).isdisjoint(titles(heard))
    assert rig.count("pick", "chosen_at IS NOT NULL") == 1


async def test_a_piece_is_uploaded_once_and_then_sent_to_everybody_by_what_telegram_has(
    rig: Rig, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(rig.journal, rig.store, 5, moods={"calm": 1.0})
    await music(people)
    assert rig.count("track_upload") == 5
    asked = forbid(monkeypatch, rig, StoreUnavailable("away"), "get", "has")
    await people.say(2, "/music")
    await people.hears(2)
    await people.press(2, "music:goal:calm")
    await people.hears(2)
    await people.press(2, "music:go:calm.none")
    assert len(pieces(await people.hears(2))) == 5
    assert asked == []


async def test_a_file_id_that_telegram_does_not_know_any_more_costs_one_more_upload(rig: Rig, people: People) -> None:
    (track_id,) = shop(rig.journal, rig.store, 1)
    rig.journal.transact(lambda session: tracks.keep_upload(session, rig.bot_id, track_id, "AAAforgotten"))
    heard = await music(people)
    assert len(pieces(heard)) == 1
    assert rig.value("track_upload", "file_id") != "AAAforgotten"


async def test_a_playlist_is_filled_shown_played_and_emptied(rig: Rig, people: People) -> None:
    shop(rig.journal, rig.store)
    await people.say(1, "/playlist")
    assert text_of((await people.hears(1))[0]) == say("en", "music.playlist.empty")
    heard = await music(people)
    kept = [track_of(message) for message in pieces(heard)[:2]]
    for track_id in kept:
        await people.press(1, f"music:keep:{track_id}")
        await people.hears(1)
        assert f"music:drop:{track_id}" in buttons(people.chat(1)[people_index(people, track_id)])
    await people.say(1, "/playlist")
    (shown,) = await people.hears(1)
    for message in pieces(heard)[:2]:
        assert message["audio"]["title"] in text_of(shown)
    assert buttons(shown) == ["music:play:0", *(f"music:out:{track_id}" for track_id in kept)]
    played = await wish(people, "music:play:0")
    assert text_of(played[0]) == say("en", "music.mine")
    assert titles(played) == titles(heard)[:2]
    await people.press(1, f"music:out:{kept[0]}", shown["message_id"])
    await people.hears(1)
    assert rig.count("playlist_entry") == 1
    asking = await goals(people)
    assert "music:list:0" in buttons(asking)


def people_index(people: People, track_id: int) -> int:
    """Where in the chat the piece stands."""
    return next(
        number for number, message in enumerate(people.chat(1)) if f"music:like:{track_id}" in buttons(message)
    )


async def test_a_long_playlist_is_played_five_at_a_time(rig: Rig, people: People) -> None:
    ids = shop(rig.journal, rig.store, 12)
    await goals(people)
    for track_id in ids:
        await people.press(1, f"music:keep:{track_id}", 1)
    await people.say(1, "/playlist")
    shown = (await people.hears(1))[-1]
    assert "music:list:1" in buttons(shown)
    heard = await wish(people, "music:play:0")
    assert titles(heard) == [
        f"{mood} {n}" for n, mood in enumerate(["joyful", "energetic", "calm", "tender", "melancholy"])
    ]
    assert "music:play:5" in buttons(heard[-1])
    assert len(pieces(await wish(people, "music:play:5"))) == 5
    last = await wish(people, "music:play:10")
    assert len(pieces(last)) == 2
    assert not any(data.startswith("music:play") for data in buttons(last[-1]))

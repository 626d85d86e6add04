"""`/music` and its buttons: what somebody would like to hear, and what they keep. A worker chooses the pieces."""

from typing import Any

from bot.telegram.keyboards import Keyboard, button
from bot.telegram.press import Press, edit, number_in, toast
from bot.telegram.scene import Scene
from models.music.goals import GOALS, Goal
from workers.journal import leases, picks, playlists, tracks, wishes
from workers.journal.outbox import LAST, Letter
from workers.journal.wishes import ASKED, NONE, Wanted

ON_A_PAGE = 10


def music(scene: Scene) -> None:
    """Asks what would do good now, or says that there is nothing to play."""
    if tracks.any_here(scene.session):
        scene.answer(scene.words("music.goals"), reply_markup=_goals(scene))
    else:
        composing = leases.held(scene.session, leases.STARTER)
        scene.answer(scene.words("music.making" if composing else "music.none"))
    scene.introduce()


def playlist(scene: Scene) -> None:
    """What the person keeps."""
    text, keyboard = _playlist(scene, 0)
    scene.answer(text, **({"reply_markup": keyboard} if keyboard else {}))
    scene.introduce()


def pressed(scene: Scene, press: Press) -> None:
    verb, argument = press.verb, press.argument
    number = number_in(argument)
    goal, _, feeling = argument.partition(".")
    if verb == "open":
        toast(scene, press, None)
        music(scene)
    elif verb == "goal" and _goal(argument) is not None:
        _begin(scene, press, _goal(argument))
    elif verb == "go" and _goal(goal) is not None and feeling in {*ASKED, NONE}:
        _wish(scene, press, Wanted(goal=_goal(goal), feeling=None if feeling == NONE else feeling))
    elif verb == "like" and number is not None:
        _like(scene, press, number)
    elif verb in {"keep", "drop"} and number is not None:
        _keep(scene, press, number, kept=verb == "keep")
    elif verb == "play" and number is not None:
        _wish(scene, press, Wanted(start=number))
    elif verb == "list" and number is not None:
        toast(scene, press, None)
        _show_playlist(scene, press, number)
    elif verb == "out" and number is not None:
        playlists.drop(scene.session, scene.person, number)
        toast(scene, press, "music.dropped")
        _show_playlist(scene, press, 0)
    else:
        toast(scene, press, "settings.unknown")


def _begin(scene: Scene, press: Press, goal: Goal | None) -> None:
    """Where the diary knows how the person seems, the music starts there; else they are asked."""
    if wishes.present(scene.session, scene.person) is not None:
        _wish(scene, press, Wanted(goal=goal))
        return
    toast(scene, press, None)
    cells = [button(scene.words(f"music.feeling.{each}"), f"music:go:{goal}.{each}") for each in (*ASKED, NONE)]
    rows = [cells[at : at + 2] for at in range(0, len(cells), 2)]
    edit(scene, press, scene.words("music.ask"), {"inline_keyboard": rows})


def _wish(scene: Scene, press: Press, wanted: Wanted) -> None:
    toast(scene, press, "music.choosing")
    scene.rings.append(wishes.want(scene.session, scene.person, scene.conversation, wanted, scene.origin))


def _like(scene: Scene, press: Press, track_id: int) -> None:
    if tracks.get(scene.session, track_id) is None:
        toast(scene, press, "music.piece_gone")
        return
    picks.chosen(scene.session, scene.person.id, track_id)
    _wish(scene, press, Wanted(like=track_id))


def _keep(scene: Scene, press: Press, track_id: int, *, kept: bool) -> None:
    """Puts a piece into the playlist, or takes it out; and turns the button over."""
    if kept:
        how = playlists.add(scene.session, scene.person, track_id)
        if how == "full":
            scene.answer(scene.words("music.full", limit=playlists.LIMIT))
        toast(scene, press, {"kept": "music.kept", "gone": "music.piece_gone", "full": None}[how])
        if how != "kept":
            return
    else:
        playlists.drop(scene.session, scene.person, track_id)
        toast(scene, press, "music.dropped")
    rows = _turned(scene, track_id, kept)
    body = {"message_id": press.message_id, "reply_markup": {"inline_keyboard": rows}}
    scene.send(Letter(body, "edit", "edit", "editMessageReplyMarkup", LAST))


def _turned(scene: Scene, track_id: int, kept: bool) -> list[list[dict[str, Any]]]:
    """The buttons under the piece as they stand there, the one of the playlist turned over."""
    query = scene.update.callback_query
    markup = getattr(query.message, "reply_markup", None) if query is not None else None
    turned = wishes.keep_button(scene.language, track_id, kept)
    if markup is None:
        return [[wishes.like_button(scene.language, track_id), turned]]
    ours = {f"music:keep:{track_id}", f"music:drop:{track_id}"}
    return [
        [turned if cell.callback_data in ours else button(cell.text, str(cell.callback_data)) for cell in row]
        for row in markup.inline_keyboard
    ]


def _goals(scene: Scene) -> Keyboard:
    rows = [[button(scene.words(f"music.button_{goal}"), f"music:goal:{goal}")] for goal in GOALS]
    if playlists.count(scene.session, scene.person):
        rows.append([button(scene.words("music.button_playlist"), "music:list:0")])
    return {"inline_keyboard": rows}


def _show_playlist(scene: Scene, press: Press, page: int) -> None:
    text, keyboard = _playlist(scene, page)
    edit(scene, press, text, keyboard)


def _playlist(scene: Scene, page: int) -> tuple[str, Keyboard | None]:
    """A page of the playlist, with a button that plays it from there, and one for each piece that takes it out."""
    kept = playlists.tracks(scene.session, scene.person.id)
    if not kept:
        return scene.words("music.playlist.empty"), None
    page = min(page, (len(kept) - 1) // ON_A_PAGE)
    first = page * ON_A_PAGE
    shown = kept[first : first + ON_A_PAGE]
    lines = [f"{number}. {track.artist} – {track.title}" for number, track in enumerate(shown, first + 1)]
    cells = [button(f"✕ {number}", f"music:out:{track.id}") for number, track in enumerate(shown, first + 1)]
    rows = [[button(scene.words("music.playlist.button_play"), f"music:play:{first}")]]
    rows += [cells[at : at + 5] for at in range(0, len(cells), 5)]
    turning = []
    if page > 0:
        turning.append(button(scene.words("music.playlist.button_back"), f"music:list:{page - 1}"))
    if first + ON_A_PAGE < len(kept):
        turning.append(button(scene.words("music.playlist.button_next"), f"music:list:{page + 1}"))
    if turning:
        rows.append(turning)
    return scene.words("music.playlist.heading") + "\n" + "\n".join(lines), {"inline_keyboard": rows}


def _goal(word: str) -> Goal | None:
    return next((goal for goal in GOALS if goal == word), None)

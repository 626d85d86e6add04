"""`heed music …`: one function a command; what is heavy is imported when it runs."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from workers.catalogue.failure import INTERRUPTED, CatalogueFailed, Interrupted, code_of, line_of
from workers.catalogue.terminal import bar, length, table
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.process import set_native_threads, set_up_logging
from workers.settings import Settings

if TYPE_CHECKING:
    from workers.catalogue.keeping import Archive
    from workers.journal.tables import Track

app = typer.Typer(
    help="The music of the catalogue.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def run() -> int:
    """Runs the command line; whatever goes wrong is one line on standard error and a code."""
    signal.signal(signal.SIGINT, _interrupt)
    try:
        app(prog_name="heed music")
    except Interrupted:
        sys.stderr.write("heed: stopped; the same command goes on where it was\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the end of the line: nothing is above
        sys.stderr.write(f"heed: {line_of(error)}\n")
        return code_of(error)
    return 0


def _interrupt(sign: int, frame: FrameType | None) -> None:
    raise Interrupted


def _settings() -> Settings:
    settings = Settings.load()
    set_native_threads("command", settings)
    set_up_logging("music", "WARNING", sys.stderr)
    return settings


@contextmanager
def _journal(settings: Settings) -> Iterator[Journal]:
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def _archive() -> "Iterator[Archive]":
    settings = _settings()
    from workers.catalogue.keeping import Archive
    from workers.media.opening import store_from

    with _journal(settings) as journal:
        yield Archive(journal, store_from(settings))


@app.command()
def add(
    places: Annotated[
        list[Path], typer.Argument(metavar="FOLDER|FILE...", help="folders are searched to the bottom")
    ],
    licence: Annotated[
        str, typer.Option(help="of all these files, for example CC-BY-4.0; else what a file says")
    ] = "",
    artist: Annotated[str, typer.Option(help="of all these files, in place of what their tags say")] = "",
    source: Annotated[str, typer.Option(metavar="URL", help="where they come from")] = "",
    attribution: Annotated[str, typer.Option(metavar="TEXT", help="how their author wants to be named")] = "",
) -> None:
    """Add files. What is there already, by its bytes or by its sound, is skipped; what cannot be read is named."""
    from workers.catalogue.originals import found

    files = found(places)
    if not files:
        raise CatalogueFailed("there is no sound in these folders")
    with _archive() as archive:
        from models.music.predict import MoodReader
        from workers.catalogue.adding import Adding
        from workers.catalogue.licences import Terms

        given = Terms(licence=licence.strip(), artist=artist.strip(), source=source, attribution=attribution)
        adding = Adding(archive, given, MoodReader())
        counts: Counter[str] = Counter()
        with bar("adding", len(files)) as step:
            for file in files:
                outcome = adding.one(file)
                counts[outcome.state] += 1
                typer.echo(outcome.line, err=outcome.failed)
                step(file.name)
    typer.echo(f"{len(files)} files: " + ", ".join(f"{count} {state}" for state, count in counts.items()))
    if counts["refused"] or counts["broken"]:
        raise CatalogueFailed(f"{counts['refused'] + counts['broken']} of {len(files)} files were not added")


@app.command()
def compose(
    per_mood: Annotated[int, typer.Option(min=1, max=1000, help="pieces of each of the six moods")] = 8,
) -> None:
    """Compose the catalogue that Heed makes itself (CC0), as far as it is not there. It is the same everywhere."""
    with _archive() as archive:
        from workers.catalogue.composing import Composer, make, missing

        left = missing(archive, per_mood)
        made = 0
        with bar("composing", len(left)) as step:
            for piece in make(archive, left, Composer()):
                made += 1
                typer.echo(f"composed  {piece.original}")
                step(piece.original)
    typer.echo(f"{made} pieces composed, {6 * per_mood - len(left)} were there")


@app.command()
def starter() -> None:
    """Compose HEED_MUSIC_STARTER pieces of each mood in time that nobody else wants; `heed up` starts this."""
    from workers.catalogue.starter import run as compose_what_is_missing

    compose_what_is_missing(Settings.load())


@app.command("list")
def list_pieces(
    as_json: Annotated[bool, typer.Option("--json", help="Everything that is known of each, as JSON.")] = False,
) -> None:
    """Show the catalogue."""
    from workers.catalogue.pieces import wanted
    from workers.journal import leases, tracks
    from workers.journal.leases import STARTER

    settings = _settings()
    with _journal(settings) as journal, journal.read() as session:
        pieces = tracks.every(session)
        made = tracks.originals(session, tracks.COMPOSED)
        starting = leases.held(session, STARTER)
    if as_json:
        typer.echo(json.dumps([_told(track) for track in pieces], ensure_ascii=False, indent=1))
        return
    rows = [("id", "length", "mood", "valence", "arousal", "licence", "piece")] if pieces else []
    for track in pieces:
        mood = max(track.moods, key=lambda name: float(track.moods[name]))
        place = (f"{track.valence:+.2f}", f"{track.arousal:+.2f}")
        name = f"{track.artist}: {track.title}" if track.artist else track.title
        rows.append((str(track.id), length(track.seconds), mood, *place, track.licence, name))
    table(rows)
    typer.echo(f"{len(pieces)} pieces, {length(sum(track.seconds for track in pieces))}", err=True)
    if starting and len(made) < len(wanted(settings.music_starter)):
        typer.echo(f"Heed is composing: {len(made)} of {len(wanted(settings.music_starter))} are done", err=True)


def _told(track: "Track") -> dict[str, object]:
    names = (
        "id title artist album licence source attribution seconds loudness size sha256 key moods valence arousal "
        "moods_by model features_version made_of original"
    ).split()
    return {**{name: getattr(track, name) for name in names}, "added_at": track.added_at.isoformat()}


@app.command()
def remove(ids: Annotated[list[int], typer.Argument(metavar="ID...", help="as `list` shows them")]) -> None:
    """Take pieces away. Who kept one in a playlist does not find it there any more, until it is added again."""
    with _archive() as archive:
        gone = archive.remove(ids)
    for track in gone:
        typer.echo(f"removed  {track.id}  {track.title}")
    unknown = sorted(set(ids) - {track.id for track in gone})
    if unknown:
        raise CatalogueFailed("there is no piece " + ", ".join(str(each) for each in unknown))


@app.command()
def retag(file: Annotated[Path, typer.Argument(metavar="FILE.csv")]) -> None:
    """Say how pieces feel. Columns: id, path or title (and artist); mood, or valence and arousal in [-1, 1]."""
    from workers.catalogue.retagging import retag as take

    settings = _settings()
    with _journal(settings) as journal:
        done = take(journal, file)
    for error in done.errors:
        typer.echo(error, err=True)
    typer.echo(f"{len(done.ids)} pieces retagged")
    if done.errors:
        raise CatalogueFailed(f"{len(done.errors)} lines could not be taken; the others were")


@app.command()
def verify(
    quick: Annotated[bool, typer.Option("--quick", help="Compare sizes instead of reading every byte.")] = False,
    repair: Annotated[
        bool, typer.Option("--repair", help="Delete objects that are damaged or belong to no piece.")
    ] = False,
) -> None:
    """See that every piece has its object, byte for byte, and every object its piece."""
    with _archive() as archive:
        from workers.catalogue.verifying import drop, objects, orphans
        from workers.journal import tracks

        with archive.journal.read() as session:
            total = tracks.count(session)
        faults = []
        with bar("verifying", total) as step:
            for fault in objects(archive, quick=quick):
                faults += [fault] if fault is not None else []
                step("")
        if repair:
            faults = drop(archive, faults)
        faults += orphans(archive, repair=repair)
    for fault in faults:
        typer.echo(f"{fault.wrong:<8} {f'piece {fault.track_id}: ' if fault.track_id else ''}{fault.key}", err=True)
    left = [fault for fault in faults if fault.wrong != "cleared"]
    typer.echo(
        f"{total} pieces looked at, {len(left)} faults" + (f", {len(faults) - len(left)} cleared" if repair else "")
    )
    if any(fault.wrong == "orphan" for fault in left):
        raise CatalogueFailed("objects without a piece: `heed music verify --repair` deletes them")
    if left:
        raise CatalogueFailed("add the files of these pieces again (`heed music compose` for Heed's own)")


@app.command("rebuild-index")
def rebuild_index() -> None:
    """Measure anew what an older extractor measured, and build the index of what sounds alike from nothing."""
    with _archive() as archive:
        from workers.catalogue.measuring import measure, outdated

        left = outdated(archive)
        with bar("measuring", len(left)) as step:
            for track_id in measure(archive, left):
                step(str(track_id))
        settings = Settings.load()
        from workers.catalogue.shelf import Shelf

        shown = Shelf(archive.journal, settings.home / "music").rebuilt()
    typer.echo(
        f"{len(left)} pieces measured anew; {len(shown.rows)} pieces in the index ({type(shown.index).__name__})"
    )


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8770,
    bind: Annotated[str, typer.Option(help="another address only behind a proxy that ends TLS")] = "127.0.0.1",
) -> None:
    """Answer other programs over HTTP, until Ctrl-C. Its documentation is at /docs."""
    settings = _settings()
    from workers.catalogue.serving import serve as answer

    typer.echo(f"http://{bind}:{port}/docs", err=True)
    answer(settings, bind, port)

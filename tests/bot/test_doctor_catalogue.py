"""What `heed doctor` says of the music there is to play."""

from pathlib import Path

from bot import doctor
from tests.rig.records import piece
from workers.journal import migrate, tracks
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.settings import Settings


def test_doctor_says_how_far_heed_is_with_composing(home: Path) -> None:
    settings = Settings.load(music_starter=1)
    assert doctor.catalogue(settings).said == "no catalogue yet"
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    migrate.upgrade(journal)
    with journal.write() as session:
        for number in range(2):
            tracks.add(session, piece(number, original=f"{tracks.COMPOSED}calm/{number:04d}"))
        tracks.add(session, piece(2))
    journal.close()
    found = doctor.catalogue(settings)
    assert (found.state, found.said) == ("note", "3 pieces; 2 of the 6 that Heed composes itself are done")
    assert doctor.catalogue(Settings.load(music_starter=0)).state == "ok"


def test_doctor_says_that_there_is_nothing_to_play(home: Path) -> None:
    settings = Settings.load(music_starter=0)
    journal = Journal(settings.database, Keyring.open_or_make(settings.keys_path))
    Path(settings.database.removeprefix("sqlite:///")).touch()
    assert "not looked at" in doctor.catalogue(settings).said, "a database without tables"
    migrate.upgrade(journal)
    journal.close()
    found = doctor.catalogue(settings)
    assert (found.state, found.said) == ("note", "no piece to play")
    assert "heed music add" in found.fix

"""What `heed doctor` says of how similar music is found."""

import re
import sys
from pathlib import Path

import pytest

from bot.doctor import music
from models.music.index import ANNOY_FROM, available
from workers.settings import Settings


def test_doctor_tells_that_all_pieces_are_compared_where_annoy_is_not_here(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(music.importlib.util, "find_spec", lambda name: None)
    found = music.search(Settings.load())
    assert found.state == "note"
    assert "g++" in found.fix


@pytest.mark.skipif(not available(), reason="annoy is not installed: it is built from source")
def test_doctor_tells_that_annoy_runs_and_from_how_many_pieces_on_it_is_asked(home: Path) -> None:
    found = music.search(Settings.load())
    assert found.state == "ok"
    assert re.findall(r"[\d,]{4,}", found.said) == [f"{ANNOY_FROM:,}"]


def test_doctor_tells_of_an_annoy_that_was_built_for_another_processor(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(music.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(music, "RUNS", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    found = music.search(Settings.load())
    assert found.wrong
    assert f"{sys.executable} -m pip uninstall annoy" in found.fix

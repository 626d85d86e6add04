"""Installing: a machine that cannot build Annoy gets Heed without it, in a sentence, and with it once it can."""

import json
import subprocess
from pathlib import Path

import pytest

from infra import install


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """An environment whose pip does nothing; what it was asked for."""
    asked: list[tuple[str, ...]] = []

    def pip(*arguments: str, quiet: bool = False) -> float:
        asked.append(arguments)
        return 1e6

    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(install, "usable", lambda: True)
    monkeypatch.setattr(install, "compiler", lambda: True)
    monkeypatch.setattr(install, "pip", pip)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to("/bin/true")
    return asked


def test_where_something_can_be_built_annoy_is_built_here_and_taken_from_no_cache(
    environment: list[tuple[str, ...]],
) -> None:
    install.install("python3", False)
    assert environment[-1][-1] == "annoy"
    assert "--no-cache-dir" in environment[-1]
    assert json.loads(install.STAMP.read_text())["annoy"] == "built"
    assert install.installed(False)
    assert not install.installed(True)


def test_without_a_compiler_heed_is_installed_says_so_and_annoy_follows_once_there_is_one(
    environment: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "compiler", lambda: False)
    install.install("python3", False)
    assert all("annoy" not in arguments for arguments in environment)
    assert "g++ python3-dev" in capsys.readouterr().out
    assert install.installed(False)
    monkeypatch.setattr(install, "compiler", lambda: True)
    assert not install.installed(False)
    install.install("python3", False)
    assert environment[-1][-1] == "annoy"
    assert install.installed(False)


def test_where_annoy_cannot_be_built_heed_is_installed_and_it_is_not_tried_every_time(
    environment: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pip(*arguments: str, quiet: bool = False) -> float:
        if "annoy" in arguments:
            raise subprocess.CalledProcessError(1, "pip")
        return 0.0

    monkeypatch.setattr(install, "pip", pip)
    install.install("python3", True)
    assert "cannot be built" in capsys.readouterr().out
    assert install.installed(True)


def test_a_stamp_that_is_damaged_is_no_stamp(environment: list[tuple[str, ...]]) -> None:
    install.install("python3", False)
    for damaged in ("", "[]", "{", '"x"', "{}"):
        install.STAMP.write_text(damaged)
        assert not install.installed(False)


def test_annoy_is_built_for_every_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/sh\necho "Downloading flags:$ANNOY_COMPILER_ARGS" > "$(dirname "$0")/told"\n')
    python.chmod(0o755)
    monkeypatch.setattr(install, "VENV", tmp_path)
    install.pip("install", "annoy")
    told = (tmp_path / "bin" / "told").read_text()
    assert "-std=c++14" in told
    assert "native" not in told

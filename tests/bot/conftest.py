"""A folder of Heed's own for each test, and no setting from outside."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for key in list(os.environ):
        if key.startswith("HEED_"):
            monkeypatch.delenv(key)
    monkeypatch.setenv("HEED_HOME", str(tmp_path / "home"))
    return tmp_path / "home"

"""A key that the code names stands in the words files: a sentence is never missed only when a person needs it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.words import LANGUAGES, Language, say, variants

ROOT = Path(__file__).resolve().parents[3]
LOADERS = {"say", "variants"}


def _named_keys() -> Iterator[tuple[str, str, str]]:
    """(file:line, loader, key) of each call that names its key in full."""
    for floor in ("bot", "workers", "models"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or len(node.args) < 2:
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                key = node.args[1]
                if name in LOADERS and isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", name, key.value


NAMED = sorted(set(_named_keys()))


def test_the_search_finds_the_keys_that_the_export_names() -> None:
    assert "export.heading" in {key for _, _, key in NAMED}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "loader", "key"), NAMED)
def test_a_key_named_in_the_code_has_its_words(language: Language, place: str, loader: str, key: str) -> None:
    found = variants(language, key) if loader == "variants" else (say(language, key),)
    assert all(found), place

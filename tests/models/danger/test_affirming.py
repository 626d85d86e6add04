"""A yes to the direct question is heard as a clear statement; a no is not."""

import pytest

from models.danger import affirms


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "yeah, I am",
        "maybe...",
        "I guess so",
        "idk",
        "네",
        "응 맞아",
        "가끔요",
        "Evet",
        "bazen düşünüyorum",
        "galiba",
    ],
)
def test_a_yes_or_a_maybe_counts(text: str) -> None:
    assert affirms(text)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "No, I just meant the exam",
        "아니요",
        "아뇨 그런 뜻 아니에요",
        "hayır",
        "yok canım",
        "",
        "why would you ask me that",
        "yesterday was hard",
    ],
)
def test_a_no_or_something_else_does_not(text: str) -> None:
    assert not affirms(text)

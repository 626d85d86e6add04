"""Measuring composed pieces: the table says what was meant and what is heard."""

import pytest

from models.music.compose import compose, measure


def test_a_piece_is_measured_beside_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main(["energetic/1"]) == 0
    said = capsys.readouterr().out
    assert "energetic/1 | Night Bus" in said
    assert "key heard: 1 of 1" in said
    assert "tempo heard within 4 %: 1 of 1" in said


def test_silence_and_a_click_show() -> None:
    piece = compose("calm", 0)
    clean = measure.measured(piece)
    piece.samples[200_000:350_000] = 0
    piece.samples[400_000] += 0.4
    spoilt = measure.measured(piece)
    assert (clean.quiet, spoilt.quiet > 0) == (0, True)
    assert spoilt.click > 4 * clean.click + 0.1


def test_a_name_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert measure.main(["sleepy/0"]) == 2
    assert "MOOD/NUMBER" in capsys.readouterr().err

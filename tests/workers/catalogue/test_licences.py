"""Licences: which are known, and what beats what."""

from pathlib import Path

import pytest

from workers.catalogue import licences
from workers.catalogue.licences import BadLicences, Terms, beside, known


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("https://creativecommons.org/licenses/by-sa/3.0/", "CC-BY-SA-3.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("2009 Somebody. Licensed to the public under CC BY-NC 2.5", "CC-BY-NC-2.5"),
        ("CC0", "CC0-1.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("gpl-2.0-or-later", "GPL-2.0-or-later"),
        (" MIT ", "MIT"),
        ("all rights reserved", None),
        ("(c) 2004 A Label", None),
        ("accessible by 4.0 readers", None),
        ("", None),
    ],
)
def test_a_tag_is_a_licence_only_where_it_names_one_that_is_known(text: str, licence: str | None) -> None:
    assert known(text) == licence


def test_the_command_line_beats_the_sidecar_and_that_the_list(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    (tmp_path / licences.CSV).write_text("File, Licence, artist\na.mp3, CC-BY-3.0, Ada\nb.mp3, CC0-1.0, Bo\n")
    assert beside(file) == Terms("CC-BY-3.0", artist="Ada")
    (tmp_path / "a.mp3.license").write_text("SPDX-FileCopyrightText: Ada\nSPDX-License-Identifier: CC-BY-4.0\n")
    assert beside(file) == Terms("CC-BY-4.0", artist="Ada")
    assert Terms("MIT").over(beside(file)) == Terms("MIT", artist="Ada")
    (tmp_path / "c.mp3.license").write_text("\nCC0-1.0\n")
    assert beside(tmp_path / "c.mp3") == Terms("CC0-1.0")
    assert beside(tmp_path / "d.mp3") == Terms()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"name,terms\na.mp3,MIT\n", "the columns file and licence"),
        (b"", "the columns file and licence"),
        (b"file,licence\na.mp3,MIT,more\n", "line 2: more fields"),
        (b"file,licence\n\xff\xfe,MIT\n", "not UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_is_said_with_its_line(tmp_path: Path, content: bytes, complaint: str) -> None:
    (tmp_path / licences.CSV).write_bytes(content)
    with pytest.raises(BadLicences, match=complaint):
        beside(tmp_path / "a.mp3")

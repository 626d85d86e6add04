"""Licences: under which terms a piece may be played. No licence known, none taken.

What the keeper of the catalogue says is taken at its word: on the command line, in ``FILE.license`` beside the file,
or in the folder's ``LICENSE.csv``. What a file's own tag says counts only where it is a licence known here, for there
stand also sentences such as "all rights reserved".
"""

import csv
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

CSV = "LICENSE.csv"
COLUMNS = ("file", "licence", "title", "artist", "source", "attribution")
LONGEST = 80
CREATIVE = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc|-nd|-sa)*)|publicdomain/(zero|mark))/(\d\.\d)|"
    r"\bcc[ -](by(?:-(?:nc|nd|sa))*)[ -](\d\.\d)",
    re.IGNORECASE,
)
CC0 = re.compile(r"\bcc0\b|\bcc[ -]zero\b|creative commons zero", re.IGNORECASE)
# Identifiers of SPDX (spdx.org/licenses) that music comes under.
KNOWN = {
    name.lower(): name
    for name in (
        "CC0-1.0 CC-PDDC Unlicense 0BSD MIT Apache-2.0 ISC BSD-2-Clause BSD-3-Clause Zlib GPL-2.0-only "
        "GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later LGPL-2.1-or-later LGPL-3.0-or-later AGPL-3.0-or-later "
        "Artistic-2.0 OAL FreeArtLicense LAL-1.3 MPL-2.0 GFDL-1.3-or-later"
    ).split()
}


class BadLicences(ValueError):
    """A list of licences that cannot be read: one clear line with its name and line."""


@dataclass(frozen=True)
class Terms:
    """What is said about a file; empty where nothing is."""

    licence: str = ""
    title: str = ""
    artist: str = ""
    source: str = ""
    attribution: str = ""

    def over(self, other: "Terms") -> "Terms":
        """These, and where they say nothing the other's."""
        return Terms(*(mine or theirs for mine, theirs in zip(_values(self), _values(other), strict=True)))


def _values(terms: Terms) -> tuple[str, ...]:
    return terms.licence, terms.title, terms.artist, terms.source, terms.attribution


def known(text: str) -> str | None:
    """The SPDX identifier of a licence that is named or linked in `text` (a tag), or None."""
    text = text.strip()
    if (plain := KNOWN.get(text.lower())) is not None:
        return plain
    if (linked := CREATIVE.search(text)) is not None:
        by, domain, version, named, named_version = linked.groups()
        if domain:
            return f"CC0-{version}" if domain.lower() == "zero" else "CC-PDDC"
        return f"CC-{(by or named).upper()}-{version or named_version}"
    return "CC0-1.0" if CC0.search(text) else None


def beside(file: Path) -> Terms:
    """What stands beside the file: ``FILE.license`` (its first line, or that after ``SPDX-License-Identifier:``),
    then ``LICENSE.csv`` of its folder. Raises `BadLicences`."""
    terms = _listed(file.parent / CSV).get(file.name, Terms())
    sidecar = file.with_name(file.name + ".license")
    if not sidecar.is_file():
        return terms
    lines = [line.strip() for line in _read(sidecar).splitlines() if line.strip()]
    spdx = next((line.partition(":")[2].strip() for line in lines if line.startswith("SPDX-License-Identifier:")), "")
    licence = spdx or (lines[0] if lines else "")
    return replace(terms, licence=licence or terms.licence)


@lru_cache(maxsize=64)
def _listed(file: Path) -> dict[str, Terms]:
    if not file.is_file():
        return {}
    rows = csv.DictReader(_read(file).splitlines(), restval="")
    columns = {(name or "").strip().lower() for name in rows.fieldnames or ()}
    if not {"file", "licence"} <= columns and not {"file", "license"} <= columns:
        raise BadLicences(f"{file}: the first line must name the columns file and licence")
    terms: dict[str, Terms] = {}
    for row in rows:
        if None in row:
            raise BadLicences(f"{file}, line {rows.line_num}: more fields than columns")
        cells = {(name or "").strip().lower(): (value or "").strip() for name, value in row.items()}
        licence = cells.get("licence") or cells.get("license", "")
        terms[cells["file"]] = Terms(licence, *(cells.get(name, "") for name in COLUMNS[2:]))
    return terms


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadLicences(f"{file} is not UTF-8") from None

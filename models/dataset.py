"""The forms in which data come to training and evaluation: a folder with index.csv, and JSON Lines."""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Where data lie when nobody names a place: beside the checkout."""
INDEX = "index.csv"
LINES = (".jsonl", ".jsonl.gz")


class UnreadableData(ValueError):
    """The data are not there or not in the form that was promised. The message names the place, never the words."""


def indexed(data: Path) -> tuple[Path, list[dict[str, str]]]:
    """The folder that `data` (a folder, or its index.csv) names, and the rows of its index.

    Every row has a `path` whose file is there. Raises `UnreadableData`.
    """
    folder, rows = table(data)
    index = folder / INDEX
    if not rows[0].get("path"):
        raise UnreadableData(f"{index} has no row with the column path")
    for number, row in enumerate(rows, 2):
        if not row["path"] or not (folder / row["path"]).is_file():
            raise UnreadableData(f"{index}, line {number}: the file it names is not there")
    return folder, rows


def table(data: Path) -> tuple[Path, list[dict[str, str]]]:
    """The folder that `data` (a folder, or its index.csv) names, and the rows of its index, at least one, whatever
    its columns. Raises `UnreadableData`."""
    folder = data if data.is_dir() else data.parent
    index = folder / INDEX
    if not data.exists():
        raise UnreadableData(f"{data} is not there; --data names another place")
    if not (data.is_dir() or data.name == INDEX):
        raise UnreadableData(f"{data.name} is neither a folder with {INDEX} nor that file")
    if not index.is_file():
        raise UnreadableData(f"{folder} holds no {INDEX}")
    try:
        with index.open(encoding="utf-8-sig", newline="") as opened:
            rows = [{name: value or "" for name, value in row.items() if name} for row in csv.DictReader(opened)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableData(f"{index} cannot be read as a table in UTF-8 ({type(error).__name__})") from None
    if not rows:
        raise UnreadableData(f"{index} has no rows")
    return folder, rows


def lined(data: Path) -> list[Path]:
    """The files of JSON Lines that `data` names: itself, or those of a folder and the folders in it.

    Where several parts of one set lie in a folder, those called train are left out: they are no test.
    Raises `UnreadableData`.
    """
    if data.is_dir():
        found = sorted(path for path in data.rglob("*") if path.name.endswith(LINES))
        parts: dict[Path, list[Path]] = {}
        for path in found:
            parts.setdefault(path.parent, []).append(path)
        kept = [
            path
            for several in parts.values()
            for path in several
            if not path.name.startswith("train") or all(each.name.startswith("train") for each in several)
        ]
        if not kept:
            raise UnreadableData(f"{data} holds no file ending in {' or '.join(LINES)}")
        return kept
    if not data.is_file():
        raise UnreadableData(f"{data} is not there; --data names another place")
    if not data.name.endswith(LINES):
        raise UnreadableData(f"{data.name} does not end in {' or '.join(LINES)}")
    return [data]


def objects(file: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of one file of JSON Lines, gzipped or not. Raises `UnreadableData`."""
    number = 0
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8-sig")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8-sig") as opened
        ):
            for number, line in enumerate(opened, 1):
                if not line.strip():
                    continue
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise UnreadableData(f"{file.name}, line {number}: no JSON object")
                yield row
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise UnreadableData(f"{file.name} cannot be read as UTF-8 text ({type(error).__name__})") from None
    except json.JSONDecodeError:
        raise UnreadableData(f"{file.name}, line {number}: no JSON object") from None

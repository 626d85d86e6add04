"""The table that `make bench` prints and keeps in docs/benchmarks.md, between two markers."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from workers.settings import PROJECT

PAGE = PROJECT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Every number here was printed by `make bench`, which writes this page. One part: `make bench ARGS="--only start"`.
A part that is measured again takes the place of its earlier rows. The load is the machine's own load average when the
part began: what else ran makes numbers worse, and above 1 they say little.
"""


@dataclass(frozen=True)
class Row:
    """One number. `goal` is empty where none was set; `met` None where there is nothing to meet."""

    what: str
    value: str
    goal: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, digits: int = 0) -> Row:
    """A row whose value should not exceed `limit`."""
    return Row(what, f"{value:.{digits}f} {unit}", f"≤ {limit:g} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str, digits: int = 1) -> Row:
    """A row whose value should reach `limit`."""
    return Row(what, f"{value:.{digits}f} {unit}", f"≥ {limit:g} {unit}", value >= limit)


def shown(rows: Iterable[Row]) -> str:
    """Rows as a table of Markdown."""
    lines = ["| what | measured | goal | |", "|---|---|---|---|"]
    for row in rows:
        mark = "" if row.met is None else "met" if row.met else "**missed**"
        lines.append(f"| {row.what} | {row.value} | {row.goal} | {mark} |")
    return "\n".join(lines)


def keep(part: str, title: str, text: str, page: Path = PAGE) -> None:
    """Puts one part's section into the page, in place of the one that is there."""
    begin, end = f"<!-- {part} -->", f"<!-- /{part} -->"
    section = f"{begin}\n## {title}\n\n{text.strip()}\n{end}\n"
    whole = page.read_text(encoding="utf-8") if page.exists() else HEAD
    before, found, rest = whole.partition(begin)
    if found:
        _, _, after = rest.partition(end + "\n")
        whole = before + section + after
    else:
        whole = whole.rstrip("\n") + "\n\n" + section
    beside = page.with_suffix(".new")
    beside.write_text(whole, encoding="utf-8")
    os.replace(beside, page)


def today() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d")

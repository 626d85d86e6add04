"""Finding: what one check of `heed doctor` says."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "wrong", "note"]


@dataclass(frozen=True)
class Finding:
    """One check: how it stands, and what to do about it."""

    name: str
    state: State
    said: str
    fix: str = ""

    @property
    def wrong(self) -> bool:
        return self.state == "wrong"

    def __str__(self) -> str:
        return f"{self.state:<6} {self.name:<10} {self.said}" + (f"; {self.fix}" if self.fix else "")

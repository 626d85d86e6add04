"""Patterns by language, as data: what a message is about, what is never left to a model, what is never sent."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent


@cache
def rules(name: str) -> dict[str, Any]:
    """The rules file called `name`, read once."""
    loaded = yaml.load(
        (HERE / f"{name}.yaml").read_text(encoding="utf-8"),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),
    )
    return dict(loaded)

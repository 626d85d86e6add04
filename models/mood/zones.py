"""Zones: in which time a course is told."""

from datetime import UTC, tzinfo
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

PATH = Path(__file__).parent / "zones.yaml"
UNKNOWN = "utc"


def zone_of(country: str | None) -> tuple[str, tzinfo]:
    """The name under which the words speak of the time (``mood.clock``) and the zone: of a country that has one zone,
    otherwise UTC."""
    name = _zones().get(country or "")
    if name is None or country is None:
        return UNKNOWN, UTC
    try:
        return country, ZoneInfo(name)
    except ZoneInfoNotFoundError:  # a machine without the zones' data
        return UNKNOWN, UTC


@cache
def _zones() -> dict[str, str]:
    return dict(yaml.safe_load(PATH.read_text(encoding="utf-8")))

"""Every file of weights that is loaded: a manifest, and how to fetch, find and verify what it names."""

from models.weights.learned import Learned, UnreadableCard, learned
from models.weights.manifest import UnknownWeight, Weight, manifest, weight
from models.weights.pull import (
    MissingWeight,
    NoSource,
    Progress,
    Pulled,
    WeightsError,
    defaults,
    find,
    pull,
    verify,
)

__all__ = [
    "Learned",
    "MissingWeight",
    "NoSource",
    "Progress",
    "Pulled",
    "UnknownWeight",
    "UnreadableCard",
    "Weight",
    "WeightsError",
    "defaults",
    "find",
    "learned",
    "manifest",
    "pull",
    "verify",
    "weight",
]

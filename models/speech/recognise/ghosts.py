"""Sentences that Whisper writes where nobody says them: the ends of the films it was trained on.

`never`: lines of credit that no person says to a companion. `faint`: what a person may well say, so they
are dropped only where the recording hardly supports them.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
FAINT_NO_SPEECH = 0.35
FAINT_LOGPROB = -0.8
EDGES = re.compile(r"[^\w\s]+|_+")
MARKED = re.compile(r"\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫♬]+")
"""What Whisper writes for sounds that are no words: [Music], (laughs), *sighs*, notes."""


@cache
def _ghosts() -> dict[str, dict[str, frozenset[str]]]:
    loaded = yaml.safe_load((HERE / "ghosts.yaml").read_text(encoding="utf-8"))
    return {
        language: {strength: frozenset(map(_bare, sentences)) for strength, sentences in lists.items()}
        for language, lists in loaded.items()
    }


def is_ghost(text: str, language: str, no_speech: float, logprob: float) -> bool:
    """Whether `text`, heard with this probability of no speech and mean log-probability, was never said."""
    bare = _bare(MARKED.sub(" ", text))
    if not bare:
        return True
    lists = [_ghosts()[name] for name in {language, "en"} if name in _ghosts()]
    if any(bare in known["never"] for known in lists):
        return True
    weak = no_speech > FAINT_NO_SPEECH or logprob < FAINT_LOGPROB
    return weak and any(bare in known["faint"] for known in lists)


def _bare(text: str) -> str:
    """Lower case, without marks, single spaces."""
    return " ".join(EDGES.sub(" ", unicodedata.normalize("NFKC", text).replace("İ", "i").lower()).split())

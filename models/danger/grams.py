"""What the learned opinion looks at: letters and words, hashed. Pure Python, the same in training and serving."""

import re
from zlib import crc32

BUCKETS = 2**18
"""Hash buckets; two grams in one bucket share a weight, which at this size happens to few that matter."""
WINDOW = 220
"""Characters read at once: danger said in the middle of a long message is not diluted by the rest."""
WINDOWS = 24
"""Windows of one message that are read, from both ends."""
_HANGUL = re.compile("[가-힣]")
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_WORD = re.compile(r"[^\s\W]+(?:'\w+)?|[^\s\w]")


def windows(plain: str) -> list[str]:
    """`plain` in stretches of whole sentences, at most `WINDOW` characters each where sentences allow it."""
    if len(plain) <= WINDOW:
        return [plain]
    found: list[str] = []
    held = ""
    for sentence in _SENTENCE.split(plain):
        for piece in (sentence[at : at + WINDOW] for at in range(0, len(sentence), WINDOW)):
            if held and len(held) + len(piece) > WINDOW:
                found.append(held)
                held = piece
            else:
                held = f"{held} {piece}".strip()
    found.append(held)
    half = WINDOWS // 2
    return found if len(found) <= WINDOWS else [*found[:half], *found[-half:]]


def letters(window: str) -> set[int]:
    """Buckets of letter grams of length 2 to 5, within words; for Korean also across its uncertain blanks."""
    found: set[int] = set()
    words = [f" {word} " for word in _WORD.findall(window)]
    if _HANGUL.search(window):
        words.append("~" + "".join(window.split()) + "~")
    for word in words:
        for size in (2, 3, 4, 5):
            for at in range(len(word) - size + 1):
                found.add(crc32(word[at : at + size].encode()) % BUCKETS)
    return found


def phrases(window: str) -> set[int]:
    """Buckets of one to three words in a row."""
    words = _WORD.findall(window)
    found: set[int] = set()
    for size in (1, 2, 3):
        for at in range(len(words) - size + 1):
            found.add(crc32(("#" + " ".join(words[at : at + size])).encode()) % BUCKETS)
    return found

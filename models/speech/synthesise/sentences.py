"""A text in sentences, each short enough to be spoken in one breath of the model."""

import re

MOST_CHARACTERS = 280
"""About twenty seconds of speech."""
END = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+(?=[\"“‘'(\[]*\S)")
INITIAL = re.compile(r"(?:^|\s)[A-Z]\.$")
CLAUSE = re.compile(r"(?<=[,;:])\s+")
WORD = re.compile(r"\s+")


def sentences(text: str) -> list[str]:
    """The sentences of `text`; one that is too long is cut at its commas, then between words."""
    whole: list[str] = []
    start = 0
    for end in END.finditer(text):
        if INITIAL.search(text[start : end.start()]):
            continue
        whole.append(text[start : end.start()].strip())
        start = end.end()
    whole.append(text[start:].strip())
    return [part for sentence in whole if sentence for part in _cut(sentence)]


def _cut(sentence: str) -> list[str]:
    if len(sentence) <= MOST_CHARACTERS:
        return [sentence]
    parts: list[str] = []
    for clause in CLAUSE.split(sentence):
        pieces = [clause] if len(clause) <= MOST_CHARACTERS else _filled(WORD.split(clause))
        for piece in pieces:
            if parts and len(parts[-1]) + 1 + len(piece) <= MOST_CHARACTERS:
                parts[-1] += f" {piece}"
            else:
                parts.append(piece)
    return parts


def _filled(words: list[str]) -> list[str]:
    lines = [""]
    for word in words:
        for start in range(0, len(word), MOST_CHARACTERS):
            bit = word[start : start + MOST_CHARACTERS]
            if len(lines[-1]) + 1 + len(bit) > MOST_CHARACTERS:
                lines.append("")
            lines[-1] = f"{lines[-1]} {bit}".strip()
    return [line for line in lines if line]

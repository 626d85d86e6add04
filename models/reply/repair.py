"""Small cuts that make a candidate fit to be judged: quotes, role labels, an unfinished end, a second question."""

import re

from models.reply.guard import QUESTION, SENTENCE

LABEL = re.compile(r"\A\s*(?:assistant|heed|reply|answer|response|me|friend)\s*:\s*", re.IGNORECASE)
NOTE = re.compile(r"\A\s*\[[^\]\n]*\]\s*")
QUOTED = re.compile(r'\A(["“«])(.*)(["”»])\Z', re.DOTALL)
EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]+")
MOST_SENTENCES = 4


def repaired(text: str) -> str:
    """`text` without what surrounds an answer, at most `MOST_SENTENCES` whole sentences, one question."""
    cut = LABEL.sub("", NOTE.sub("", text.strip())).strip()
    inside = QUOTED.match(cut)
    if inside and not re.search(r'["“”«»]', inside.group(2)):
        cut = inside.group(2).strip()
    cut = EMOJI.sub("", _unquoted(cut).split("\n\n")[0])
    sentences = [
        _unquoted(sentence.strip()) for sentence in SENTENCE.split(" ".join(cut.split())) if sentence.strip()
    ]
    if len(sentences) > 1 and not re.search(r"[.!?…][\"”’)]?\Z", sentences[-1]):
        sentences.pop()
    return " ".join(_one_question(sentences[:MOST_SENTENCES]))


def _unquoted(text: str) -> str:
    """Without quotation marks where one has lost its other half."""
    return text.replace('"', "").strip() if text.count('"') % 2 else text


def _one_question(sentences: list[str]) -> list[str]:
    """Nothing after the first question where more follow: what comes between belongs to the second."""
    asking = [at for at, sentence in enumerate(sentences) if QUESTION.search(sentence)]
    return sentences[: asking[0] + 1] if len(asking) > 1 else sentences

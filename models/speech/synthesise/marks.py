"""What a written message carries that is not to be said: links, Markdown, emoji, dots, lists."""

import re
from functools import cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent
FALLBACK = "en"

LABELLED = re.compile(r"!?\[([^\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
LINK = re.compile(r"\b(?:https?://|www\.|t\.me/|tg://)[^\s<>\"']*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
BARE = re.compile(
    r"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|gov|edu|info|io|me|uk|kr|tr|de)(?:/[^\s<>\"']*[^\s<>\"'.,;:!?)])?(?![\w@])",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
COMMAND = re.compile(r"(?<!\S)/(?=[a-z]{2,})")
MENTION = re.compile(r"(?<!\S)@(?=\w)")
FENCE = re.compile(r"```\w*|`")
HEADING = re.compile(r"^\s{0,3}#{1,6}\s+", re.MULTILINE)
QUOTED = re.compile(r"^\s*>\s?", re.MULTILINE)
BULLET = re.compile(r"^\s*(?:[-*•‣–]|\d{1,2}[.)])\s+", re.MULTILINE)
RULE = re.compile(r"^\s*(?:[-*_]\s*){3,}$", re.MULTILINE)
STARRED = re.compile(r"(\*{1,3}|_{1,3}|~~|\|\|)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
LEFT_OVER = re.compile(r"[*~_|\\^{}]+")
TAG = re.compile(r"</?(?:b|i|u|s|a|em|strong|code|pre|tg-spoiler|blockquote)(?:\s[^<>]*)?>", re.IGNORECASE)
EMOTICON = re.compile(r"(?<!\S)(?:[:;=8][-']?[)(DPpOo/|*]|<3|[xX]D|\^_?\^|:'\()(?=[\s.,!?]|$)")
DOTS_ON = re.compile(r"\s*(?:\.{2,}|…)+(?=\s*[a-zçğıöşü])")
DOTS = re.compile(r"(?:\.{2,}|…)+")
MARKS = re.compile(r"([!?])[!?]+")
ENDED = re.compile(r"[.!?:;,]$")
DASH = re.compile(r"\s+[-–—]+\s+|\s*—\s*")
BEFORE_MARK = re.compile(r"[^\S\n]+([,.;:!?])")
SPACES = re.compile(r"[^\S\n]+")
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u2300-\u23ff\u3030\u303d\u3297\u3299"
    "\ufe0f\u200d\u20e3\U000e0020-\U000e007f\U0001f1e6-\U0001f1ff]+"
)
KEYCAP = re.compile("([0-9#*])\ufe0f?\u20e3")


@cache
def _words(language: str) -> dict[str, str]:
    loaded = yaml.safe_load((HERE / "marks.yaml").read_text(encoding="utf-8"))
    found: dict[str, str] = loaded.get(language, loaded[FALLBACK])
    return found


@cache
def _emoji() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load((HERE / "emoji.yaml").read_text(encoding="utf-8"))
    return loaded


def unmarked(text: str, language: str = FALLBACK) -> str:
    """`text` without what cannot be said, one sentence or item of a list after the other; may be empty."""
    words = _words(language)
    text = TAG.sub("", FENCE.sub("", LABELLED.sub(r"\1", text)))
    text = LINK.sub(words["link"], ADDRESS.sub(words["address"], text))
    text = MENTION.sub("", COMMAND.sub("", BARE.sub(words["link"], text)))
    text = BULLET.sub("", QUOTED.sub("", HEADING.sub("", RULE.sub("", text))))
    text = KEYCAP.sub(r"\1", text)
    for _ in range(3):  # bold within italics within a spoiler
        text = STARRED.sub(r"\2", text)
    text = _without_emoji(EMOTICON.sub("", text), language)
    text = DOTS.sub(".", DOTS_ON.sub(",", text))
    text = BEFORE_MARK.sub(r"\1", DASH.sub(", ", MARKS.sub(_loudest, LEFT_OVER.sub(" ", text))))
    lines = (SPACES.sub(" ", line).strip() for line in text.splitlines())
    return " ".join(line if ENDED.search(line) else f"{line}." for line in lines if any(map(str.isalnum, line)))


def _without_emoji(text: str, language: str) -> str:
    """Emoji left out; a message of nothing else says what its first one means, in English."""
    rest = EMOJI.sub(" ", text)
    if any(map(str.isalnum, rest)) or language != FALLBACK:
        return rest
    return next((_emoji()[character] for character in text if character in _emoji()), "")


def _loudest(found: re.Match[str]) -> str:
    return "?" if "?" in found[0] else "!"

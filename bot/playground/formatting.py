"""Text with a parse mode becomes plain text and entities: HTML, MarkdownV2 and the old Markdown of the Bot API.

Format: https://core.telegram.org/bots/api#formatting-options
"""

import re
from html import unescape
from typing import Any

from bot.playground.detection import units
from bot.playground.refusal import bad_request

Entity = dict[str, Any]

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough",
    "tg-spoiler": "spoiler", "span": "spoiler",
    "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)((?:\s+[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+))?)*)\s*>")
HREF = re.compile(r"href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))")
MARKS_V2 = (("||", "spoiler"), ("__", "underline"), ("*", "bold"), ("_", "italic"), ("~", "strikethrough"))
MARKS_OLD = (("*", "bold"), ("_", "italic"))
RESERVED_V2 = set("_*[]()~`>#+-=|{}.!")


def formatted(text: str, parse_mode: str) -> tuple[str, list[Entity]]:
    """Plain text and its entities. Raises `Refusal` (400) where Telegram would not understand the marks."""
    mode = parse_mode.lower()
    if mode in ("", "none"):
        return text, []
    if mode == "html":
        return _html(text)
    if mode in ("markdownv2", "markdown"):
        return _Markdown(text, strict=mode == "markdownv2").read()
    raise bad_request("unsupported parse_mode")


def _html(text: str) -> tuple[str, list[Entity]]:
    plain: list[str] = []
    written = 0
    opened: list[tuple[str, Entity]] = []
    done: list[Entity] = []
    position = 0
    while position < len(text):
        start = text.find("<", position)
        piece = unescape(text[position : start if start >= 0 else len(text)])
        plain.append(piece)
        written += units(piece)
        if start < 0:
            break
        match = TAG.match(text, start)
        if match is None or match[2].lower() not in TAGS:
            raise bad_request(f"can't parse entities: unsupported start tag at byte offset {start}")
        name = match[2].lower()
        if match[1]:
            if not opened or opened[-1][0] != name:
                raise bad_request(f"can't parse entities: unexpected end tag at byte offset {start}")
            entity = opened.pop()[1]
            entity["length"] = written - entity["offset"]
            if entity["length"]:
                done.append(entity)
        else:
            entity = {"type": TAGS[name], "offset": written, "length": 0}
            if name == "a" and (href := HREF.search(match[3])):
                entity["url"] = unescape(href[1] or href[2] or href[3] or "")
            opened.append((name, entity))
        position = match.end()
    if opened:
        raise bad_request(f"can't parse entities: can't find end tag corresponding to start tag {opened[-1][0]}")
    return "".join(plain), _sorted(done)


def _sorted(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


class _Markdown:
    """One pass over a text with marks; both dialects."""

    def __init__(self, text: str, strict: bool) -> None:
        self.text = text
        self.strict = strict
        self.marks = MARKS_V2 if strict else MARKS_OLD
        self.plain: list[str] = []
        self.written = 0
        self.position = 0
        self.opened: list[tuple[str, Entity]] = []
        self.done: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self.position < len(self.text):
            self._step()
        if self.opened:
            raise bad_request(
                f"can't parse entities: can't find end of the entity of type {self.opened[-1][1]['type']}"
            )
        return "".join(self.plain), _sorted(self.done)

    def _put(self, piece: str) -> None:
        self.plain.append(piece)
        self.written += units(piece)

    def _close(self, entity: Entity) -> None:
        entity["length"] = self.written - entity["offset"]
        if entity["length"]:
            self.done.append(entity)

    def _step(self) -> None:
        character = self.text[self.position]
        following = self.text[self.position + 1 : self.position + 2]
        if character == "\\" and following and (self.strict or following in "_*`["):
            self._put(following)
            self.position += 2
        elif character == "`":
            self._code()
        elif character == "[":
            self.opened.append(("]", {"type": "text_link", "offset": self.written, "length": 0}))
            self.position += 1
        elif character == "]" and self.opened and self.opened[-1][0] == "]":
            self._link()
        elif not self._mark():
            if self.strict and character in RESERVED_V2:
                raise bad_request(
                    f"can't parse entities: character '{character}' is reserved "
                    "and must be escaped with the preceding '\\'"
                )
            self._put(character)
            self.position += 1

    def _mark(self) -> bool:
        for mark, kind in self.marks:
            if self.text.startswith(mark, self.position):
                self.position += len(mark)
                if self.opened and self.opened[-1][0] == mark:
                    self._close(self.opened.pop()[1])
                else:
                    self.opened.append((mark, {"type": kind, "offset": self.written, "length": 0}))
                return True
        return False

    def _code(self) -> None:
        fence = "```" if self.text.startswith("```", self.position) else "`"
        end = self.text.find(fence, self.position + len(fence))
        if end < 0:
            raise bad_request("can't parse entities: can't find end of the entity of type code")
        entity: Entity = {"type": "pre" if fence == "```" else "code", "offset": self.written, "length": 0}
        inner = self.text[self.position + len(fence) : end]
        if fence == "```" and "\n" in inner:
            language, rest = inner.split("\n", 1)
            if language and language.isalnum():
                entity["language"], inner = language, rest
            elif not language:
                inner = rest
        self._put(inner)
        self._close(entity)
        self.position = end + len(fence)

    def _link(self) -> None:
        entity = self.opened.pop()[1]
        self.position += 1
        if not self.text.startswith("(", self.position):
            return
        end = self.text.find(")", self.position)
        if end < 0:
            raise bad_request("can't parse entities: can't find end of a URL")
        entity["url"] = self.text[self.position + 1 : end].replace("\\", "")
        self._close(entity)
        self.position = end + 1

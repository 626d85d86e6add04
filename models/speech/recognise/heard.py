"""What was understood of a recording: the words, how sure each is, and the language."""

from dataclasses import dataclass, field

DOUBTFUL = 0.6
"""Confidence below which a word is not built on. On LibriSpeech test-other after Opus at 24 kbit/s it marks one word
in ten and half of those that are wrong; four in ten of the marked ones are."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, where it was said, and how sure the recogniser is of it, in [0, 1]."""

    text: str = field(repr=False)
    start_s: float
    end_s: float
    confidence: float

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` as it would be written; `language` (ISO 639-1) with the certainty of its detection in [0, 1];
    `no_speech` where nothing that was said could be made out, and then `text` is empty."""

    text: str = field(repr=False)
    language: str
    language_certainty: float
    words: tuple[Word, ...] = field(default=(), repr=False)
    no_speech: bool = False

    @property
    def doubtful(self) -> tuple[str, ...]:
        """The words that a reply must not build on."""
        return tuple(word.text for word in self.words if word.doubtful)

    @property
    def confidence(self) -> float:
        """Mean confidence of the words; 0 where there are none."""
        return sum(word.confidence for word in self.words) / len(self.words) if self.words else 0.0

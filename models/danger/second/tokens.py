"""Words to the numbers of the encoder's pieces: a unigram tokenizer over already plain text."""

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from models.danger import spelling
from models.danger.second.packed import Vocabulary

LONGEST = 160  # pieces; of a longer text both ends are read
PREFIX = "query: "  # what the encoder was taught to expect before a text


class Tokens:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._tokenizer = Tokenizer(models.Unigram(vocabulary.pieces, vocabulary.unknown, False))
        self._tokenizer.normalizer = normalizers.NFKC()  # as the pieces are written: Korean letters above all
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
        self._begin, self._end = vocabulary.begin, vocabulary.end

    def of(self, text: str) -> list[int]:
        """Numbers of the pieces of `text` as somebody typed it, between the begin and the end sign."""
        plain = spelling.joined_letters(spelling.plain(text))
        numbers: list[int] = self._tokenizer.encode(PREFIX + " ".join(plain.split()), add_special_tokens=False).ids
        if len(numbers) > LONGEST - 2:
            numbers = [*numbers[: LONGEST // 2], *numbers[LONGEST // 2 + 2 - LONGEST :]]
        return [self._begin, *numbers, self._end]

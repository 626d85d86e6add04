"""What is handed to a voice: the sentences of a text as they are to be said."""

from models.speech.synthesise import english
from models.speech.synthesise.marks import unmarked
from models.speech.synthesise.sentences import sentences
from models.speech.synthesise.synthesiser import NothingToSay, NoVoice


def script(text: str, language: str, voices: frozenset[str]) -> list[str]:
    """The sentences of `text`, at least one. Numbers and abbreviations become words in English only.

    Raises `NoVoice` where `language` is not among `voices`, and `NothingToSay`.
    """
    if language not in voices:
        raise NoVoice(language)
    bare = unmarked(text, language)
    said = sentences(english.spoken(bare) if language == "en" else bare)
    if not said:
        raise NothingToSay
    return said

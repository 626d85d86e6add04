"""The labels of the corpora, and which of the seven feelings each is counted to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.emotion.labels import FEELINGS, Feeling
from models.emotion.voice.classes import EIGHT, SYNONYMS, folded

GOEMOTIONS: dict[Feeling, tuple[str, ...]] = {
    "anger": ("anger", "annoyance", "disapproval"),
    "disgust": ("disgust",),
    "fear": ("fear", "nervousness"),
    "happiness": (
        *("joy", "amusement", "approval", "excitement", "gratitude", "love", "optimism", "relief", "pride"),
        *("admiration", "desire", "caring"),
    ),
    "sadness": ("sadness", "disappointment", "embarrassment", "grief", "remorse"),
    "surprise": ("surprise", "realization", "confusion", "curiosity"),
    "neutral": ("neutral",),
}
"""The grouping of the paper (Demszky et al. 2020, ekman_mapping.json of its data)."""

KOTE: dict[Feeling, tuple[str, ...]] = {
    "anger": ("화남/분노", "짜증", "불평/불만", "어이없음", "한심함", "지긋지긋"),
    "disgust": ("역겨움/징그러움", "증오/혐오"),
    "fear": ("공포/무서움", "불안/걱정"),
    "happiness": (
        *("환영/호의", "감동/감탄", "고마움", "존경", "기대감", "뿌듯함", "편안/쾌적", "아껴주는", "즐거움/신남"),
        *("흐뭇함(귀여움/예쁨)", "행복", "기쁨", "안심/신뢰"),
    ),
    "sadness": (
        *("슬픔", "안타까움/실망", "절망", "패배/자기혐오", "힘듦/지침", "죄책감", "서러움", "불쌍함/연민"),
        "부끄러움",
    ),
    "surprise": ("놀람", "경악", "당황/난처", "신기함/관심", "깨달음"),
    "neutral": ("없음",),
}
"""Ours, after the grouping of GoEmotions (embarrassment to sadness, realisation to surprise). Attitudes that
are none of the seven are left out: 비장함, 의심/불신, 귀찮음, 재미없음, 부담/안_내킴, 우쭐댐/무시함."""

KO_SHORT: dict[Feeling, tuple[str, ...]] = {
    "anger": ("분노", "미움(상대방)"),
    "disgust": ("싫어함(상태)",),
    "fear": ("두려움",),
    "happiness": ("기쁨", "사랑", "욕망"),
    "sadness": ("슬픔", "수치심"),
    "neutral": ("중립",),
}

OTHERS: dict[str, Feeling] = {
    **{"joy": "happiness", "love": "happiness", "happy": "happiness", "sad": "sadness", "angry": "anger"},
    **{"fearful": "fear", "disgusted": "disgust", "surprised": "surprise"},
}
"""Words of dair-ai/emotion and MELD that are not among the seven, and the adjectives that other sets use."""

TABLE: dict[str, Feeling] = {
    **{word: feeling for table in (KO_SHORT, KOTE, GOEMOTIONS) for feeling, words in table.items() for word in words},
    **OTHERS,
    **{feeling: feeling for feeling in FEELINGS},
}


SINGLE = ("label", "emotion", "label_ko", "label7")


def feelings(row: Mapping[str, Any]) -> tuple[Feeling, ...]:
    """The feelings a row is labelled with, in the order of `FEELINGS`; none where no label has one.

    A row carries `labels` (a list, or words with commas between them), or one of `SINGLE`, of which the first that is
    known counts; a number in `label7` is a place in `FEELINGS`."""
    for words in _given(row):
        found = {feeling for word in words if (feeling := feeling_of(word))}
        if found:
            return tuple(feeling for feeling in FEELINGS if feeling in found)
    return ()


def labels(row: Mapping[str, Any]) -> Sequence[str]:
    """The words of the corpus itself that a row is labelled with."""
    return next(_given(row), [])


def several(row: Mapping[str, Any]) -> bool:
    """Whether a row has room for more than one label."""
    return isinstance(row.get("labels"), list | str)


def feeling_of(word: str) -> Feeling | None:
    """The feeling that `word` is counted to: by the tables of the corpora, then by the words, English, Korean and
    Turkish, that are known for voices as well."""
    if (name := word.strip().lower()) in TABLE:
        return TABLE[name]
    alike = SYNONYMS.get(folded(word))
    return EIGHT[alike] if alike else None


def _given(row: Mapping[str, Any]) -> Iterator[list[str]]:
    listed = row.get("labels")
    if isinstance(listed, list | str):
        yield [str(word) for word in listed] if isinstance(listed, list) else listed.split(",")
        return
    for key in SINGLE:
        value = row.get(key)
        if value is None or value == "":
            continue
        place = str(value).strip()
        if key == "label7" and place.isdecimal() and int(place) < len(FEELINGS):
            yield [FEELINGS[int(place)]]
        else:
            yield [str(value)]

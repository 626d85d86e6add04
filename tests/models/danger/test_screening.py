"""What the danger screen promises: what it finds, what it leaves alone, and that nothing slows it down."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.danger import Hit, Kind, Tier, load, screen, screening
from models.danger.rules import lexicon
from models.words import LANGUAGES, Language

SENTENCES = Path(__file__).parent / "sentences"
RULES = [(language, rule) for language in LANGUAGES for rule in lexicon(language).rules]


@pytest.mark.parametrize(("language", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_every_rule_finds_its_own_examples(language: Language, rule: object) -> None:
    examples = rule.like  # type: ignore[attr-defined]
    assert examples
    for example in examples:
        hit = screen(example)
        assert hit is not None
        assert (hit.kind, hit.language) == (rule.kind, language)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I want to kill myself", Kind.suicide),
        ("I keep cutting my arms", Kind.self_harm),
        ("my boyfriend hits me", Kind.abuse),
        ("I am going to stab him tonight", Kind.harm_to_others),
        ("죽고 싶어요", Kind.suicide),
        ("어제 또 손목을 그었어", Kind.self_harm),
        ("남편이 저를 때려요", Kind.abuse),
        ("그 새끼 죽여버릴 거야", Kind.harm_to_others),
        ("artık ölmek istiyorum", Kind.suicide),
        ("kendime zarar veriyorum", Kind.self_harm),
        ("babam beni dövüyor", Kind.abuse),
        ("onu öldüreceğim", Kind.harm_to_others),
    ],
)
def test_plain_words_are_clear_and_of_their_kind(text: str, kind: Kind) -> None:
    hit = screen(text)
    assert hit is not None
    assert (hit.tier, hit.kind) == (Tier.clear, kind)


@pytest.mark.parametrize(
    "text",
    [
        "i w4nt to k1ll mys3lf",
        "I want to d i e",
        "i want to d.i.e",
        "I WANT TO DIEEEEE",
        "i want to k*ll myself",
        "i want to ki\u200bll my\u00adself",
        "i w\u0430nt to di\u0435",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "iwanttodie",
        "thinking about sucide",
        "wanna unalive myself",
        "죽 고 싶 어",
        "죽고1싶어",
        "자.살 하고 싶어",
        "ㅈㅏㅅㅏㄹ하고 싶다",
        "주ㄱ고싶다",
        "죽고시퍼",
        "olmek istiyorum",
        "ÖLMEK İSTİYORUM",
        "i n t i h a r edecegim",
        "int1har etmek istiyorum",
        "ölmekkk istiyorummm",
    ],
)
def test_a_disguised_spelling_is_read_as_what_it_means(text: str) -> None:
    assert screen(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying of laughter",
        "this homework is killing me",
        "my phone is about to die",
        "I'm not suicidal, I just need to vent",
        "I don't want to hurt anyone",
        "my friend says she wants to die, how can I help?",
        "years ago I was suicidal, today I am happy",
        "in the movie he says he wants to kill her",
        "배고파 죽겠다",
        "웃겨 죽는 줄 알았어",
        "죽 먹고 싶다",
        "의자 살까 말까",
        "친구가 죽고 싶다고 하는데 어떡하지",
        "자살할 생각은 없어",
        "bu ödev beni öldürecek",
        "gülmekten öldüm",
        "zaman öldürüyorum",
        "intihar etmeyi düşünmüyorum",
        "",
        " \u200b\n",
        "😂😂😂",
        "مرحبا كيف حالك",
    ],
)
def test_idioms_negations_and_other_peoples_words_are_left_alone(text: str) -> None:
    assert screen(text) is None


def test_a_hint_gets_the_question_and_not_the_helplines() -> None:
    for text in ("everyone would be better off without me", "사라지고 싶다", "keşke hiç doğmasaydım"):
        hit = screen(text)
        assert hit is not None
        assert hit.tier is Tier.unclear


@pytest.mark.parametrize(
    ("before", "text"),
    [(["I want to"], "die"), (["i really", "want to kill"], "myself"), (["죽고"], "싶어"), (["ölmek"], "istiyorum")],
)
def test_what_is_said_across_messages_is_found(before: list[str], text: str) -> None:
    assert screen(text) is None
    assert screen(text, before) is not None


def test_a_message_already_answered_raises_no_second_alarm() -> None:
    assert screen("ok", ["I want to die"]) is None
    assert screen("thanks, I will call them", ["hello", "I want to kill myself"]) is None


def test_the_language_hint_never_hides_another_language() -> None:
    for hint in LANGUAGES:
        for text in ("I want to die", "죽고 싶어", "ölmek istiyorum"):
            assert screen(text, language=hint) is not None


def test_a_finding_names_its_rule_and_never_the_words() -> None:
    hit = screen("I want to kill myself tonight")
    assert isinstance(hit, Hit)
    assert "tonight" not in repr(hit)
    assert hit.rule.startswith("en.suicide.")


HOSTILE = {
    "one letter": "a" * 100_000,
    "spaced letters": "a b " * 25_000,
    "one word": "kill " * 20_000,
    "many words": "i want to not kill him and my mother hits the wall " * 2_000,
    "no ends": "my " * 30_000,
    "dots": "." * 100_000,
    "stars": "k*ll " * 20_000,
    "leet": "k1ll m3 n0w " * 9_000,
    "mixed": "죽고 싶지 않아 ölmek istemiyorum not die " * 2_500,
    "jamo": "ㅈㅏ" * 50_000,
    "syllables": "죽" * 100_000,
    "marks": "e\u0301\u0327" * 33_000,
    "commas": "i,want,to," * 10_000,
    "turkish": "beni evde kocam onu " * 5_000,
    "run on": "iwanttolive" * 9_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_length_allows(name: str) -> None:
    load()
    started = time.perf_counter()
    screen(HOSTILE[name])
    assert time.perf_counter() - started < 1  # some 0.05 s by itself


def test_a_process_that_has_loaded_the_screen_answers_its_first_message_at_once() -> None:
    program = (
        "import time\n"
        "from models import danger\n"
        "danger.load()\n"
        "started = time.perf_counter()\n"
        "assert danger.screen('I want to die') and danger.screen('죽고 싶어') and danger.screen('ölmek istiyorum')\n"
        "print(time.perf_counter() - started)\n"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 0.1


def test_one_word_alone_is_never_asked_about_by_the_learned_opinion() -> None:
    assert [word for word in ("myself", "istiyorum", "그만", "tonight", "köprü") if screen(word)] == []


def test_a_long_message_does_not_dilute_what_its_middle_says() -> None:
    ordinary = "We had soup for lunch and the bus was late again. " * 12
    assert screen(f"{ordinary} I took all the pills an hour ago. {ordinary}") is not None


def test_looking_at_the_longest_joining_first_hides_none_of_the_shorter() -> None:
    files = sorted(SENTENCES.glob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    everyday = ["the bus was late", "오늘 버스가 늦었어", "otobüs geç kaldı yine", "k", "and"]
    seen = 0
    for number, line in enumerate(lines):
        words = line["text"].split()
        cut = number % max(1, len(words))
        before = [everyday[number % len(everyday)], *line.get("before", ()), " ".join(words[:cut]) or "so"]
        newest = " ".join(words[cut:])
        joined = screening._joined(before)
        slow = [
            screening._find(f"{earlier}{glue}{newest}", LANGUAGES, joined=True)
            for earlier in joined
            for glue in screening.GLUES
        ]
        if any(slow):
            seen += 1
            assert screening._may_find(joined[-1], newest, LANGUAGES)
    assert seen > 250

"""Written English is said as a person reading aloud would say it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.speech.synthesise.english import spoken
from models.speech.synthesise.marks import unmarked
from models.speech.synthesise.script import script
from models.speech.synthesise.sentences import MOST_CHARACTERS, sentences
from models.speech.synthesise.synthesiser import NothingToSay, NoVoice

ENGLISH = frozenset({"en"})

TABLE = {
    "numbers": {
        "I have 3 cats": "I have three cats",
        "1,234 people": "one thousand two hundred and thirty-four people",
        "3.14 and 0.50": "three point one four and zero point five zero",
        "It is -5 outside": "It is minus five outside",
        "100% sure": "one hundred percent sure",
        "3.5 % more": "three point five percent more",
        "007": "zero zero seven",
        "12345678901234567890": "one two three four five six seven eight nine zero " * 2,
        "COVID19 and B12": "COVID nineteen and B twelve",
        "10-15 minutes": "ten to fifteen minutes",
        "3–5 days": "three to five days",
        "half of 1/2": "half of one half",
        "3/4 done": "three quarters done",
        "2 1/2 hours": "two and a half hours",
        "I'd say 7/10.": "I'd say seven out of ten.",
        "50/50": "fifty fifty",
        "#1 and No. 5": "number one and number five",
        "10k steps": "ten thousand steps",
        "24/7": "twenty-four seven",
    },
    "ordinals": {
        "1st, 2nd, 3rd, 4th": "first, second, third, fourth",
        "the 21st time": "the twenty-first time",
        "112th": "one hundred and twelfth",
        "the 1990s and the '80s": "the nineteen nineties and the eighties",
    },
    "dates": {
        "2026-11-22": "November twenty-second, twenty twenty-six",
        "3/4/2026": "March fourth, twenty twenty-six",
        "22/11/2026": "November twenty-second, twenty twenty-six",
        "22.11.2026": "November twenty-second, twenty twenty-six",
        "on Nov 3rd": "on November third",
        "on 5 May 2024": "on the fifth of May, twenty twenty-four",
        "the 5th of May": "the fifth of May",
        "March 2020": "March twenty twenty",
        "in 1995": "in nineteen ninety-five",
        "from 2019-2021": "from twenty nineteen to twenty twenty-one",
    },
    "times": {
        "at 7:30": "at seven thirty",
        "at 7:05 pm": "at seven oh five PM",
        "at 8.15 a.m. or so": "at eight fifteen AM or so",
        "at 9:00": "at nine o'clock",
        "at 14:30": "at fourteen thirty",
        "7 p.m. Then rest": "seven PM. Then rest",
        "7 a.m. is early": "seven AM is early",
        "at 25:99": "at twenty-five:ninety-nine",
    },
    "money": {
        "$5": "five dollars",
        "$1": "one dollar",
        "$3.50": "three dollars and fifty cents",
        "£0.99": "ninety-nine pence",
        "€1,200": "one thousand two hundred euros",
        "$2.5 million": "two point five million dollars",
        "$10k": "ten thousand dollars",
        "50 TL": "fifty lira",
        "₩5000": "five thousand won",
        "20€": "twenty euros",
        "5¢": "five cents",
    },
    "abbreviations": {
        "Dr. Smith and Mr Lee": "Doctor Smith and Mister Lee",
        "Mrs. Kim vs. St. John": "Missus Kim versus Saint John",
        "fruit, e.g. pears": "fruit, for example pears",
        "i.e. tomorrow": "that is tomorrow",
        "bread, etc.": "bread, et cetera.",
        "approx. 20 min": "approximately twenty minutes",
        "5 km in 30 min": "five kilometres in thirty minutes",
        "1 kg of tea": "one kilogram of tea",
        "38.5°C": "thirty-eight point five degrees Celsius",
        "tea & honey": "tea and honey",
        "and/or": "and or",
        "mother/father": "mother or father",
    },
    "helplines": {
        "call 988": "call nine eight eight",
        "Call 116 123": "Call one one six, one two three",
        "1-800-273-8255": "one, eight zero zero, two seven three, eight two five five",
        "+44 20 7946 0958": "plus four four, two zero, seven nine four six, zero nine five eight",
    },
}


@pytest.mark.parametrize(
    ("written", "said"), [pair for kind in TABLE.values() for pair in kind.items()], ids=lambda text: text[:24]
)
def test_english_is_said_as_it_would_be_read_aloud(written: str, said: str) -> None:
    assert spoken(written) == said.strip()


MARKED = {
    "**Bold** and *italic* and __both__": "Bold and italic and both.",
    "`code` and ~~gone~~ and ||hidden||": "code and gone and hidden.",
    "[the site](https://example.org/a_(b))": "the site.",
    "See https://example.org/a?b=1.": "See a link.",
    "See www.example.org, please": "See a link, please.",
    "Look at example.org": "Look at a link.",
    "Write to me@example.org!": "Write to an e-mail address!",
    "Use /country or ask @heed": "Use country or ask heed.",
    "Well... I think so": "Well. I think so.",
    "Well... maybe… yes...": "Well, maybe, yes.",
    "Really?!?! Yes!!!": "Really? Yes!",
    "I'm here ❤️ for you 🤗.": "I'm here for you.",
    "👍🏽 good": "good.",
    "a long day :( sorry <3": "a long day sorry.",
    "- one\n- two": "one. two.",
    "1. Breathe in\n2. Breathe out": "Breathe in. Breathe out.",
    "# Plan\n> be kind\n---\n* rest": "Plan. be kind. rest.",
    "so — yes": "so, yes.",
    "<b>bold</b>": "bold.",
    "❤️": "with love.",
    "😂😂": "laughing.",
    "5️⃣ minutes": "5 minutes.",
    "2 * 3 * 4": "2 3 4.",
    "snake_case": "snake case.",
}


@pytest.mark.parametrize(("written", "said"), MARKED.items())
def test_what_can_only_be_seen_is_not_said(written: str, said: str) -> None:
    assert unmarked(written) == said


def test_a_link_is_named_in_the_language_of_the_text() -> None:
    assert "링크" in unmarked("여기 https://example.org 보세요", "ko")
    assert "bağlantı" in unmarked("Şuraya bak: https://example.org", "tr")


def test_a_text_becomes_its_sentences() -> None:
    assert script("Dr. Lee slept 5 hours. **Good!** J. K. Rowling wrote it...", "en", ENGLISH) == [
        "Doctor Lee slept five hours.",
        "Good!",
        "J. K. Rowling wrote it.",
    ]


def test_numbers_are_left_to_the_voice_of_other_languages() -> None:
    assert script("5시에 만나요", "ko", frozenset({"ko"})) == ["5시에 만나요."]


def test_a_sentence_too_long_is_cut_at_its_commas_and_then_between_words() -> None:
    long = ", ".join(["this goes on and on"] * 40) + "."
    parts = sentences(long)
    assert all(len(part) <= MOST_CHARACTERS for part in parts)
    assert all(part.endswith((",", ".")) for part in parts)
    assert " ".join(parts) == long
    assert all(len(part) <= MOST_CHARACTERS for part in sentences("word " * 400 + "x" * 900))


@pytest.mark.parametrize("text", ["", "  \n ", "...", "?!", "***", "---", "🧿"])
def test_a_text_without_words_is_nothing_to_say(text: str) -> None:
    with pytest.raises(NothingToSay):
        script(text, "en", ENGLISH)


@pytest.mark.parametrize("language", ["ko", "tr"])
def test_a_language_without_a_voice_is_said_to_have_none(language: str) -> None:
    with pytest.raises(NoVoice) as caught:
        script("secret", language, ENGLISH)
    assert caught.value.language == language
    assert caught.value.key == "sound.no_voice"
    assert "secret" not in str(caught.value)


@given(st.text(alphabet="abz .,:;/-'%$€#*_~|0123456789()[]<>@!?…°\n😀❤", max_size=80))
@settings(deadline=None)
def test_nothing_that_can_be_written_breaks_the_script_or_leaves_a_digit(text: str) -> None:
    try:
        said = script(text, "en", ENGLISH)
    except NothingToSay:
        return
    assert said
    assert not any(character in "0123456789*_~|€$%" for sentence in said for character in sentence)

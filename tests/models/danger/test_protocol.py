"""What the reviewed answers promise: the right text, checked numbers, and what Heed cannot do."""

from datetime import date

import pytest

from models.danger import Hit, Kind, Tier, about, answer, countries, help_lines, helplines, while_unheard
from models.danger.protocol import PROTOCOL_VERSION, REVIEWED_BY_CLINICIAN
from models.words import LANGUAGES, Language, _file, say


def _clear(kind: Kind) -> Hit:
    return Hit(Tier.clear, kind, "en", "en.example")


def _leaves(found: object, path: str = "") -> dict[str, str]:
    if isinstance(found, dict):
        return {key: text for name, some in found.items() for key, text in _leaves(some, f"{path}.{name}").items()}
    return {path: str(found)}


def _blanks(text: str) -> set[str]:
    return {piece.split("}")[0] for piece in text.split("{")[1:]}


def test_the_three_languages_hold_the_same_keys_with_the_same_blanks() -> None:
    english = _leaves(_file("en", "danger"))
    for language in LANGUAGES:
        other = _leaves(_file(language, "danger"))
        assert {key: _blanks(text) for key, text in other.items()} == {
            key: _blanks(text) for key, text in english.items()
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_a_clear_hit_is_answered_with_care_numbers_and_limits(language: Language, kind: Kind) -> None:
    for country in (None, "US", "KR", "TR", "ZZ"):
        text = answer(_clear(kind), language, country)
        assert text.startswith(say(language, f"danger.clear.{kind}"))
        assert say(language, "danger.limits") in text
        assert say(language, "danger.on_duty") not in text
        assert "findahelpline.com" in text
        assert "{" not in text
        assert len(text) < 4096


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_an_unclear_hit_is_answered_with_one_question_and_no_number(language: Language, kind: Kind) -> None:
    text = answer(Hit(Tier.unclear, kind, "en", "en.example"), language, "US")
    assert text.count("?") == 1
    assert not any(sign.isdigit() for sign in text)


def test_a_person_of_the_team_is_offered_only_while_one_is_on_duty() -> None:
    offer = say("en", "danger.on_duty")
    assert offer in answer(_clear(Kind.suicide), "en", "GB", on_duty=True)
    assert offer not in answer(_clear(Kind.suicide), "en", "GB")


def test_the_country_decides_the_numbers_and_its_letters_may_be_small() -> None:
    assert "116 123" in answer(_clear(Kind.suicide), "en", "gb")
    assert "109" in answer(_clear(Kind.suicide), "ko", "KR")
    assert "112" in answer(_clear(Kind.suicide), "tr", "TR")
    assert "116 123" not in answer(_clear(Kind.suicide), "en", "US")


def test_abuse_and_the_young_get_their_own_lines_first() -> None:
    abuse = answer(_clear(Kind.abuse), "ko", "KR")
    assert abuse.index("1366") < abuse.index("1577-0199")
    young = answer(_clear(Kind.suicide), "ko", "KR", young=True)
    assert young.index("1388") < young.index("1577-0199")
    assert say("ko", "danger.young") in young
    assert "1388" not in answer(_clear(Kind.suicide), "ko", "KR")


def test_an_unheard_voice_note_is_told_so_with_where_help_is() -> None:
    for language in LANGUAGES:
        text = while_unheard(language, "TR")
        assert text.startswith(say(language, "danger.waiting"))
        assert "183" not in text
        assert "112" in text
        assert "befrienders.org" in text


def test_every_number_has_a_source_that_was_opened_and_a_day() -> None:
    lines = [*helplines.directory()]
    for code, _ in countries("en"):
        here = helplines.country(code)
        assert here is not None
        assert len(code) == 2
        assert code.isupper()
        lines += [*here.lines, *([here.emergency] if here.emergency else [])]
        assert any(line.audience == "all" for line in here.lines)
    for line in lines:
        assert line.source.startswith("http")
        assert isinstance(line.checked, date)
        assert line.checked <= date(2026, 11, 22)
        assert line.number


def test_every_shown_line_names_its_source_and_the_day_it_was_checked() -> None:
    shown = [line for line in help_lines("en", "US", kind=Kind.abuse, young=True).split("\n") if "•" in line]
    assert len(shown) == 5
    assert all("checked 2026-" in line and "." in line.split("(")[-1] for line in shown)


def test_a_picker_has_every_country_in_every_language() -> None:
    for language in LANGUAGES:
        listed = countries(language)
        assert {code for code, _ in listed} == {code for code, _ in countries("en")}
        assert [name for _, name in listed] == sorted(name for _, name in listed)


def test_the_protocol_says_its_version_and_that_no_clinician_has_reviewed_it() -> None:
    for language in LANGUAGES:
        text = about(language)
        assert PROTOCOL_VERSION in text
        assert say(language, "danger.protocol.not_reviewed") in text
    assert REVIEWED_BY_CLINICIAN is False

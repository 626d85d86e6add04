"""Inline keyboards as plain dicts of the Bot API, and what their buttons carry.

`callback_data` is `noun:verb:argument`, at most 64 bytes; whoever handles a press checks it like any other input.
"""

from typing import Any

from models import danger
from models.words import LANGUAGES, as_language, say
from workers.journal.consents import KINDS
from workers.journal.tables import Person

Keyboard = dict[str, Any]
COUNTRIES_A_PAGE = 10
VOICES = ("text", "voice", "both")


def button(text: str, data: str) -> dict[str, str]:
    return {"text": text, "callback_data": data}


def settings_keyboard(person: Person, granted: dict[str, bool], *, speaks: bool = True) -> Keyboard:
    """Language, country, and one switch a consent. A minor has no switches: none of them may be on. How answers come
    can be chosen where Heed `speaks` at all."""
    language = as_language(person.language)
    rows = [
        [
            button(
                ("✓ " if code == language else "") + say(language, f"settings.language_name.{code}"),
                f"set:lang:{code}",
            )
            for code in LANGUAGES
        ]
    ]
    if not person.minor:
        for kind in KINDS:
            on = granted.get(kind, False)
            label = say(language, f"settings.button.{kind}_{'on' if on else 'off'}")
            rows.append([button(label, f"set:consent:{kind}.{'off' if on else 'on'}")])
    keep = "on" if person.keep_nothing else "off"
    rows.append([button(say(language, f"settings.button.keep_nothing_{keep}"), "set:keep:flip")])
    shown = "on" if person.quote_heard else "off"
    rows.append([button(say(language, f"settings.button.heard_{shown}"), "set:heard:flip")])
    if speaks:
        rows.append([button(say(language, f"settings.button.voice_{person.voice}"), "set:voice:next")])
    rows.append([button(say(language, "settings.button.country"), "country:page:0")])
    return {"inline_keyboard": rows}


def voice_keyboard(person: Person) -> Keyboard:
    """In writing, aloud, or both; what stands is marked."""
    language = as_language(person.language)
    rows = [
        [button(("✓ " if way == person.voice else "") + say(language, f"voice.button_{way}"), f"voice:set:{way}")]
        for way in VOICES
    ]
    return {"inline_keyboard": rows}


def country_keyboard(person: Person, page: int) -> Keyboard:
    """A page of the countries whose helplines are known."""
    language = as_language(person.language)
    known = danger.countries(language)
    first = page * COUNTRIES_A_PAGE
    shown = known[first : first + COUNTRIES_A_PAGE]
    cells = [button(name, f"country:set:{code}") for code, name in shown]
    rows = [cells[number : number + 2] for number in range(0, len(cells), 2)]
    turning = []
    if page > 0:
        turning.append(button(say(language, "country.back"), f"country:page:{page - 1}"))
    if first + COUNTRIES_A_PAGE < len(known):
        turning.append(button(say(language, "country.more"), f"country:page:{page + 1}"))
    if turning:
        rows.append(turning)
    rows.append([button(say(language, "country.button_none"), "country:set:none")])
    return {"inline_keyboard": rows}


def forget_keyboard(person: Person) -> Keyboard:
    language = as_language(person.language)
    return {
        "inline_keyboard": [
            [button(say(language, "forget.button_yes"), "forget:all:yes")],
            [button(say(language, "forget.button_no"), "forget:all:no")],
        ]
    }

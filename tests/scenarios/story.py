"""A conversation told in YAML, played on the rig.

A file holds a list of stories: `story` (its promise), `languages` (default [en]), `settings`, `steps`. A step has
one action and what follows from it. A value that is a map en/ko/tr is read in the story's language.

Actions: `say`, `send` (a kind: sticker, voice …; `caption`, `album`), `edit`, `press` (callback data; `under`: first
message), `do` (block, unblock, invite, expel), `passes` (time: "25h"), `sweep`, `workers` (rest, go on), `raw`.
With any of them: `who` (1), `times`, `group` (a chat id below 0), `code` (language code of the app), `reply` (true).
What follows: `hears` (one entry a message, in order), `edited` (the newest change), `toast` (words key, or "silent"),
`rows` (table or "table where …" to a number), `is` ("table.column where …" to a value), `speaks` (a language: from
here on). An entry of `hears` is "anything" or a map, see `expectation.complaint`.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from models.words import Language, as_language
from tests.rig.house import Rig
from tests.rig.people import text_of
from tests.scenarios.expectation import complaint, pattern
from workers.journal.people import key_of
from workers.journal.tables import Person, Turn

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
Step = dict[str, Any]


def stories(folder: Path) -> list[tuple[str, dict[str, Any], Language]]:
    """(name, story, language) of every story of every file."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            for language in story.get("languages", ["en"]):
                found.append((f"{path.stem}: {story['story']} [{language}]", story, as_language(language)))
    return found


class Teller:
    """Plays the steps of one story and holds what happens against what it says."""

    def __init__(self, rig: Rig, language: Language) -> None:
        self._rig = rig
        self._people = rig.people
        self._language = language
        self._app = language
        self._resting = False
        self._group: int | None = None

    async def tell(self, steps: list[Step]) -> None:
        for number, step in enumerate(steps, start=1):
            where = f"step {number} ({', '.join(f'{k}: {v}' for k, v in step.items())[:90]})"
            await self._act(step)
            await self._rig.settle(turns=not self._resting)
            if "speaks" in step:
                self._language = as_language(step["speaks"])
            self._check(step, where)

    async def _act(self, step: Step) -> None:
        who = step.get("who", 1)
        form: dict[str, Any] = {"language_code": step.get("code", self._app)}
        if "group" in step:
            form |= {"chat_id": step["group"], "chat_type": step.get("kind", "group")}
        self._group = step.get("group")
        if step.get("reply"):
            form["reply_to_message_id"] = self._people.last[who]
        for _ in range(step.get("times", 1)):
            await self._act_once(step, who, form)

    async def _act_once(self, step: Step, who: int, form: dict[str, Any]) -> None:
        people, rig = self._people, self._rig
        if "say" in step:
            await people.say(who, self._read(step["say"]), **form)
        elif "send" in step:
            kind = step["send"]
            more = {name: self._read(step[name]) for name in ("caption",) if name in step}
            album = {"media_group_id": step["album"]} if "album" in step else {}
            content = {"raw": kind} if step.get("bare", "caption" not in step) else {kind: ("a.jpg", b"content")}
            await people.say(who, **content, **more, **album, **form)
        elif "edit" in step:
            await people.edit(who, self._read(step["edit"]), step.get("message"))
        elif "press" in step:
            await people.press(who, self._data(step["press"]), step.get("message"))
        elif "do" in step:
            await people.do(who, step["do"], **{k: v for k, v in form.items() if k != "language_code"})
        elif "passes" in step:
            amount, unit = re.fullmatch(r"(\d+)([smhd])", step["passes"]).groups()  # type: ignore[union-attr]
            rig.pass_time(timedelta(**{UNITS[unit]: int(amount)}))
        elif "sweep" in step:
            await rig.sweep()
        elif "workers" in step:
            self._resting = step["workers"] == "rest"
            rig.crew.rest() if self._resting else rig.crew.go_on()
        elif "raw" in step:
            await people.fault(raw_update=step["raw"])

    def _check(self, step: Step, where: str) -> None:
        who = step.get("who", 1)
        if "hears" in step:
            heard = self._people.unread(self._group or who)
            expected = step["hears"]
            texts = [text_of(message)[:300] for message in heard]
            assert len(heard) == len(expected), f"{where}: {len(heard)} messages, not {len(expected)}: {texts}"
            for message, wanted in zip(heard, expected, strict=True):
                if wanted == "anything":
                    continue
                found = complaint(self._resolved(wanted, who), message, self._language, self._danger_text(who))
                assert found is None, f"{where}: {text_of(message)!r} {found}"
        if "edited" in step or "toast" in step:
            self._check_events(step, who, where)
        for table, number in step.get("rows", {}).items():
            name, _, condition = table.partition(" where ")
            count = self._rig.count(name, condition or "1 = 1")
            assert count == number, f"{where}: {count} rows of {table}, not {number}"
        for column, value in step.get("is", {}).items():
            place, _, condition = column.partition(" where ")
            table, _, name = place.partition(".")
            found_value = self._rig.value(table, name, condition or "1 = 1")
            assert found_value == value, f"{where}: {column} is {found_value!r}, not {value!r}"

    def _check_events(self, step: Step, who: int, where: str) -> None:
        events = self._people.events(who, "edited", "answer")
        if "toast" in step:
            toasts = [event.get("text") or "" for event in events if event["kind"] == "answer"]
            assert toasts, f"{where}: the button spins for ever"
            wanted = "" if step["toast"] == "silent" else step["toast"]
            fits = toasts[-1] == "" if not wanted else pattern(self._language, wanted).search(toasts[-1])
            assert fits, f"{where}: toast {toasts[-1]!r} is not {step['toast']}"
        if "edited" in step:
            edits = [event["message"] for event in events if event["kind"] == "edited"]
            assert edits, f"{where}: nothing was edited"
            found = complaint(self._resolved(step["edited"], who), edits[-1], self._language, None)
            assert found is None, f"{where}: {text_of(edits[-1])!r} {found}"

    def _resolved(self, wanted: dict[str, Any], who: int) -> dict[str, Any]:
        if wanted.get("quotes") == "last":
            wanted = wanted | {"quotes": self._people.last[who]}
        return wanted

    def _read(self, words: Any) -> str:
        return str(words[self._language] if isinstance(words, dict) else words)

    def _data(self, data: str) -> str:
        """`{turn}` in callback data is the newest turn's id."""
        return data.replace("{turn}", str(self._rig.value("turn", "id"))) if "{turn}" in data else data

    def _danger_text(self, who: int) -> str | None:
        with self._rig.journal.read() as session:
            person = session.scalar(select(Person).where(Person.telegram_id == who))
            if person is None:
                return None
            sealed = session.scalar(
                select(Turn.answer)
                .where(Turn.person_id == person.id, Turn.kind == "danger")
                .order_by(Turn.id.desc())
                .limit(1)
            )
            return key_of(session, person).unseal(sealed) if sealed else None

"""Judges a run by what the people received: the playground's histories. The journal only tells what was merged."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from infra.rigs.faults.storm import Blow
from infra.rigs.faults.voices import Chat, Voices, Way, about, judge_voices, sorted_out
from infra.rigs.people import Message, Seen, quoted
from workers.journal.database import Journal
from workers.journal.tables import Turn, TurnMessage

# How long after a send its result may stand unrecorded: the database's own patience with other writers.
WINDOW_S = 5.0
CLOCK_S = 0.3  # the rig sees a message a moment after it was sent
DOUBLES_AT_MOST = 2  # that kills made; a cut connection makes one for certain
CUT = "the connection was cut after Telegram had it"


@dataclass(frozen=True)
class Double:
    """One message that was answered twice. Seconds since the run began; `cause` is empty where nothing excuses it."""

    person: int
    message_id: int
    first: float
    second: float
    cause: str


@dataclass
class Verdict:
    """What became of every message."""

    written: int = 0
    answers: int = 0
    merged: int = 0
    """Messages answered together with a later one."""
    other: int = 0
    """Messages of the bot that answer none: introductions, holding sentences, what malformed updates get."""
    voices: Voices = field(default_factory=Voices)
    lost: list[str] = field(default_factory=list)
    backwards: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether every promise held."""
        unexcused = [double for double in self.doubles if not double.cause]
        killed = [double for double in self.doubles if double.cause != CUT]
        return (
            not (self.lost or self.backwards or self.strange or self.dead or unexcused)
            and len(killed) <= DOUBLES_AT_MOST
            and self.voices.kept
        )


@dataclass(frozen=True)
class _Fate:
    turn_id: int
    state: str
    failure: str | None
    attempts: int
    newest: int


def judge(
    written: dict[int, list[int]],
    histories: dict[int, list[Message]],
    seen: list[Seen],
    blows: list[Blow],
    journal: Journal,
    began: float,
    ways: dict[int, Way] | None = None,
) -> Verdict:
    """`written`: message ids by person. `seen` and `blows` say when; `began` is the run's time zero. `ways`: how
    people want their answers, in writing where nothing is said."""
    verdict = Verdict(written=sum(len(ids) for ids in written.values()))
    fates = _fates(journal)
    times = {(each.chat_id, each.message_id): each.at for each in seen}
    wanted = {person: (ways or {}).get(person, "text") for person in written}
    chats = {person: sorted_out(histories[person]) for person in written}
    turns: dict[int, set[int]] = {}
    for person, ids in written.items():
        chat = chats[person]
        answering = chat.written
        if wanted[person] == "voice":  # in place of the written ones
            answering = sorted([*chat.written, *chat.spoken], key=lambda message: int(message["message_id"]))
        verdict.answers += len(answering)
        verdict.other += chat.other
        _order(person, ids, answering, verdict)
        _order(person, ids, chat.shown, verdict)
        _known(person, ids, [*chat.spoken, *chat.missing], chat, verdict)
        answered = {quoted(message) for message in answering}
        turns[person] = {number for number in answered if number is not None}
        for message_id in ids:
            fate = fates.get((person, message_id))
            if message_id in answered or (fate is not None and fate.newest in answered):
                verdict.merged += message_id not in answered
            elif fate is not None and fate.state == "dead":
                verdict.dead.append(f"{person}/{message_id}: {fate.failure} after {fate.attempts} attempts")
            else:
                state = f"turn {fate.turn_id} {fate.state}" if fate else "in no turn"
                verdict.lost.append(f"{person}/{message_id}: {state}")
        _doubles(person, answering, times, blows, verdict, began)
        _doubles(person, chat.shown, times, blows, verdict, began)
        _doubles(person, chat.missing, times, blows, verdict, began)
    verdict.voices = judge_voices(wanted, chats, turns, journal)
    return verdict


def _order(person: int, ids: list[int], answering: list[Message], verdict: Verdict) -> None:
    newest = 0
    for message in answering:
        about = quoted(message) or 0
        if about not in ids:
            verdict.strange.append(f"{person}/{message['message_id']} answers {about}, which nobody wrote")
        if about < newest:
            verdict.backwards.append(f"{person}/{message['message_id']} answers {about} after {newest}")
        newest = max(newest, about)


def _known(person: int, ids: list[int], messages: list[Message], chat: Chat, verdict: Verdict) -> None:
    for message in messages:
        number = about(message, chat)
        if number not in ids:
            verdict.strange.append(f"{person}/{message['message_id']} is about {number}, which nobody wrote")


def _doubles(
    person: int,
    answering: list[Message],
    times: dict[tuple[int, int], float],
    blows: list[Blow],
    verdict: Verdict,
    began: float,
) -> None:
    firsts: dict[int, float] = {}
    for message in answering:
        about = quoted(message) or 0
        at = times.get((person, message["message_id"]), float(message["date"]))
        if about in firsts:
            cause = _cause(firsts[about], at, blows)
            verdict.doubles.append(Double(person, about, firsts[about] - began, at - began, cause))
        firsts.setdefault(about, at)


def _cause(first: float, second: float, blows: list[Blow]) -> str:
    """The kill or the cut that fell between a send and its recorded result."""
    until = min(second, first + WINDOW_S) + CLOCK_S
    for blow in blows:
        killed = blow.what == "kill -9" and blow.on in {"bot", "supervisor"}
        if killed and first - CLOCK_S <= blow.at <= until:
            return f"{blow.what} {blow.on} {(blow.at - first) * 1000:+.0f} ms"
        if blow.what == "cut half-way" and blow.on in {"sendMessage", "sendVoice"} and blow.at <= until:
            return CUT
    return ""


def _fates(journal: Journal) -> dict[tuple[int, int], _Fate]:
    newest = (
        select(TurnMessage.turn_id, func.max(TurnMessage.message_id).label("newest"))
        .group_by(TurnMessage.turn_id)
        .subquery()
    )
    query = (
        select(
            TurnMessage.chat_id,
            TurnMessage.message_id,
            Turn.id,
            Turn.state,
            Turn.failure,
            Turn.attempts,
            newest.c.newest,
        )
        .join(Turn, Turn.id == TurnMessage.turn_id)
        .join(newest, newest.c.turn_id == Turn.id)
    )
    with journal.read() as session:
        return {
            (row.chat_id, row.message_id): _Fate(row.id, row.state, row.failure, row.attempts, row.newest)
            for row in session.execute(query)
        }

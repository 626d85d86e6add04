"""Judges a run by what the people received: the playground's histories. The journal only tells what was merged."""

from dataclasses import dataclass, field

from sqlalchemy import func, select

from infra.rigs.faults.storm import Blow
from infra.rigs.people import Message, Seen, quoted, shows
from workers.journal.database import Journal
from workers.journal.tables import Turn, TurnMessage

# How long after a send its result may stand unrecorded: the database's own patience with other writers.
WINDOW_S = 5.0
CLOCK_S = 0.3  # the rig sees a message a moment after it was sent
DOUBLES_AT_MOST = 2


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
    shown: int = 0
    """Lines that show what was heard in a voice note."""
    other: int = 0
    """Messages of the bot that answer none: introductions, holding sentences, what malformed updates get."""
    lost: list[str] = field(default_factory=list)
    backwards: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether every promise held."""
        unexcused = [double for double in self.doubles if not double.cause]
        return (
            not (self.lost or self.backwards or self.strange or self.dead or unexcused)
            and len(self.doubles) <= DOUBLES_AT_MOST
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
) -> Verdict:
    """`written`: message ids by person. `seen` and `blows` say when; `began` is the run's time zero."""
    verdict = Verdict(written=sum(len(ids) for ids in written.values()))
    fates = _fates(journal)
    times = {(each.chat_id, each.message_id): each.at for each in seen}
    for person, ids in written.items():
        from_bot = [message for message in histories[person] if message.get("from", {}).get("is_bot")]
        showing = [message for message in from_bot if shows(message) and quoted(message) is not None]
        answering = [message for message in from_bot if not shows(message) and quoted(message) is not None]
        verdict.answers += len(answering)
        verdict.shown += len(showing)
        verdict.other += len(from_bot) - len(answering) - len(showing)
        _order(person, ids, answering, verdict)
        _order(person, ids, showing, verdict)
        answered = {quoted(message) for message in answering}
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
        _doubles(person, showing, times, blows, verdict, began)
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
        if blow.what == "cut half-way" and blow.on == "sendMessage" and blow.at <= until:
            return "the connection was cut after Telegram had it"
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

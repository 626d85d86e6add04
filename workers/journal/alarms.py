"""What one danger event writes, wherever it was noticed: careful mode, turn, text, case and notices."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from models import danger
from models.danger import Hit, Tier
from models.words import Language, as_language, say
from workers.journal import cases, consents, conversations, counters, offers, outbox, perceiving
from workers.journal.outbox import Letter
from workers.journal.tables import Conversation, Person, Turn

MakeTurn = Callable[[Conversation, str], Turn]


def sound(
    session: Session,
    person: Person,
    hit: Hit,
    *,
    answers: int,
    words: str | None,
    admins: Sequence[int],
    make_turn: MakeTurn,
) -> Turn:
    """Writes everything that follows from `hit`, but for what was said itself: that is `make_turn`'s.

    `answers` is the message_id of what rang. `words` go to the case only where the person allowed the team to read
    them. Voids whatever is unsent; recordings that nobody has heard yet are heard all the same.
    """
    language = speaks(hit, as_language(person.language))
    conversation = conversations.current(session, person)
    offers.withdraw(session, person)
    conversations.enter_careful(session, conversation, clear=hit.tier == Tier.clear)
    conversation.asked = str(hit.kind) if hit.tier == Tier.unclear else None
    text = danger.answer(hit, language, person.country, young=person.minor)
    turn = make_turn(conversation, text)
    case = cases.open_case(
        session,
        person,
        turn_id=turn.id,
        kind=str(hit.kind),
        tier=str(hit.tier),
        language=language,
        words=words if consents.granted(session, person.id, "team") else None,
    )
    body = {"text": text, "reply_markup": keyboard(person, turn.id, hit)}
    letter = Letter(body, "danger", "text", priority=outbox.DANGER, last=True, answers=answers)
    outbox.put_of_turn(session, turn, letter, person)
    for admin in admins:
        kind = say("en", f"case.kind.{hit.kind}")
        notice = say("en", "case.notice", number=case.id, kind=kind, language=language, age="0 min")
        letter = Letter({"text": notice}, "notice", f"a{admin}"[:16], priority=outbox.URGENT)
        outbox.put(session, person.bot_id, admin, f"n:{case.id}", letter)
    counters.add(session, f"danger.{hit.tier}.{hit.kind}")
    perceiving.reopen_unheard(session, person, conversation)
    session.flush()
    return turn


def keyboard(person: Person, turn_id: int, hit: Hit) -> dict[str, Any]:
    """Under a danger text: the country picker, and what the person may allow. Nothing else."""
    language = as_language(person.language)
    rows = [[_button(say(language, "care.button_country"), "country:page:0")]]
    if hit.tier == Tier.clear and not person.minor:
        rows.append([_button(say(language, "care.button_share"), f"danger:share:{turn_id}")])
        rows.append([_button(say(language, "checkin.button"), "danger:checkin:yes")])
    return {"inline_keyboard": rows}


def speaks(hit: Hit, language: Language) -> Language:
    """The language to answer in: that of the words that rang, but for English slang, which everybody uses."""
    return language if hit.language == "en" else hit.language


def _button(text: str, data: str) -> dict[str, str]:
    return {"text": text, "callback_data": data}

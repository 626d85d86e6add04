"""The sweeper: finds what stopped half-way and rings again; ends what cannot go on; deletes what is past its time.

Every worker process runs one thread of it, and a lease lets one of them work at a time.
"""

import logging
import threading
import time
from datetime import timedelta

from sqlalchemy.orm import Session

from models.words import as_language, say, variants
from workers.house import House
from workers.journal import (
    cases,
    drawings,
    erasing,
    errands,
    faces,
    inbox,
    leases,
    outbox,
    people,
    retention,
    speeches,
    turns,
    wishes,
)
from workers.journal.database import JournalUnavailable
from workers.journal.outbox import Letter
from workers.journal.tables import Drawing, Wish, now, random_id
from workers.turn.ending import bury

log = logging.getLogger(__name__)

RING_EVERY_S = 2.0
CLEAN_EVERY_S = 60.0
LEASE_S = 8.0
VOUCH_S = 5.0
UNTAKEN = timedelta(seconds=3)  # a due turn that waits this long for a worker: nobody should wait for one now


class Sweeper:
    """`ring` and `clean` are also called directly, by tests and by `heed doctor`."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._me = random_id()
        self._cleaned = 0.0

    def start(self) -> None:
        threading.Thread(target=self._run, name="sweeper", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self.sweep()
            except JournalUnavailable as error:
                log.warning("not swept: error=%s", error)
            except Exception as error:
                # The sweeper must outlive what nobody foresaw; the next round starts from the database again.
                log.exception("sweep failed: error=%s", type(error).__name__)
            time.sleep(RING_EVERY_S)

    def sweep(self) -> None:
        """One round, if the lease is ours. Whoever holds the second opinion vouches for it in any case."""
        if self._house.judges:
            self._house.journal.transact(self._vouch)
        if not self._house.journal.transact(lambda session: leases.hold(session, "sweeper", self._me, LEASE_S)):
            return
        self.ring()
        if time.monotonic() - self._cleaned >= CLEAN_EVERY_S:
            self.clean()
            self._cleaned = time.monotonic()

    def _vouch(self, session: Session) -> None:
        """Tells the door that a hint of danger may wait for the second opinion: it is here, and turns are taken."""
        if not turns.waits_untaken(session, now() - UNTAKEN):
            leases.hold(session, leases.JUDGE, self._me, VOUCH_S)

    def ring(self) -> int:
        """Rings for every turn whose doorbell may have been lost; buries those out of attempts. Returns how many."""
        due = self._house.journal.transact(self._due)
        for each in due:
            self._house.doorbell.ring(*each)
        return len(due)

    def clean(self) -> None:
        """Retention, check-ins and escalations."""
        settings = self._house.settings
        diary = timedelta(days=settings.diary_days)
        context = timedelta(hours=settings.context_hours)
        self._house.journal.transact(lambda session: retention.sweep_words(session, context, diary))
        self._house.journal.transact(lambda session: retention.sweep_readings(session, diary))
        self._house.journal.transact(lambda session: retention.sweep_log(session, diary))
        self._house.journal.transact(lambda session: retention.sweep_rows(session, diary))
        self._house.journal.transact(lambda session: retention.sweep_picks(session, context))
        self._house.journal.transact(faces.sweep)
        self._house.journal.transact(inbox.sweep_keys)
        self._house.journal.transact(self._check_in)
        self._house.journal.transact(self._escalate)
        self._house.doorbell.call_sender()
        if not erasing.scrub(self._house.journal):
            log.info("the write-ahead log could not be emptied now: a reader holds it")

    def _due(self, session: Session) -> list[turns.Due]:
        due = turns.to_ring(session)
        for turn in turns.exhausted(session):
            bury(session, turn, turn.failure or "its worker was lost at every attempt")
            session.flush()
            following = turns.next_of(session, turn.id)
            if following is not None:
                due.append(following)
        for turn in speeches.overdue(session):
            log.error("answer not spoken: turn=%s attempts=%s", turn.id, turn.speech_attempts)
            speeches.give_up(session, turn)
        for drawing in errands.overdue(session, Drawing):
            log.error("picture not fetched: errand=%s attempts=%s", drawing.id, drawing.attempts)
            drawings.give_up(session, drawing)
        for wish in errands.overdue(session, Wish):
            log.error("music not fetched: errand=%s attempts=%s", wish.id, wish.attempts)
            wishes.give_up(session, wish)
        due += errands.to_ring(session, Drawing, drawings.DRAW) + errands.to_ring(session, Wish, wishes.RECOMMEND)
        return due + speeches.to_ring(session)

    def _check_in(self, session: Session) -> None:
        for person in people.due_check_ins(session):
            due_at, person.check_in_at = person.check_in_at, None
            sentences = variants(as_language(person.language), "checkin.text")
            letter = Letter({"text": sentences[int(person.id[:8], 16) % len(sentences)]}, "checkin", "text")
            origin = f"c:{due_at:%Y%m%d%H%M}:{person.id[:12]}"
            outbox.put(session, person.bot_id, person.telegram_id, origin, letter, person=person)

    def _escalate(self, session: Session) -> None:
        for case in cases.unclaimed_too_long(session):
            case.escalated_at = now()
            hours = int(cases.ESCALATE_AFTER.total_seconds() // 3600)
            for admin in self._house.settings.admins:
                words = say("en", "case.escalated", number=case.id, hours=hours)
                letter = Letter({"text": words}, "notice", f"a{admin}"[:16])
                outbox.put(session, self._house.settings.bot_id, admin, f"e:{case.id}", letter)

"""One damaged row stops nobody: a person whose key does not open, and everybody else."""

from sqlalchemy import select, update

from tests.rig.house import Rig
from workers.journal.tables import Inbox, Person


async def test_a_person_whose_key_does_not_open_holds_nobody_else_up(rig: Rig) -> None:
    await rig.people.say(1, "hello there")
    await rig.people.hears(1)
    with rig.journal.write() as session:
        session.execute(update(Person).values(data_key=b"not a wrapped key"))
    await rig.people.say(1, "is anybody there?")
    await rig.people.say(2, "my exam went badly")
    assert await rig.people.hears(2)
    with rig.journal.read() as session:
        dead = session.scalars(select(Inbox).where(Inbox.state == "dead")).all()
    assert [row.payload for row in dead] == [None]

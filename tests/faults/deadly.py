"""A worker whose reader of faces ends the process, as a decoder that crashes does: ``python -m tests.faults.deadly``
with the home of a rig, its Bot API, the database and the turn."""

import os
import sys
from pathlib import Path

from models.emotion.reader import Box
from models.reply.composer import Composer
from models.reply.engines.inprocess import InProcessEngine
from tests.rig.readers import ScriptedFace, ScriptedText, ScriptedVoice
from workers.doorbell import InProcessDoorbell
from workers.house import House
from workers.journal.database import Journal
from workers.journal.keys import Keyring
from workers.journal.turns import PERCEIVE
from workers.settings import Settings
from workers.turn.answer import answer
from workers.turn.lease import Renewer

DEATH = 139  # as a shell tells of SIGSEGV


class Deadly(ScriptedFace):
    """Dies of whatever it looks at."""

    def look(self, data: bytes, box: Box | None = None) -> bytes:
        os._exit(DEATH)


def main(home: str, url: str, turn_id: str) -> None:
    settings = Settings(_env_file=None, home=Path(home), telegram_api_url=url, broker_url="memory://")  # type: ignore[call-arg]
    journal = Journal(settings.database, Keyring.open(settings.keys_path))
    house = House(
        settings,
        journal,
        InProcessDoorbell(),
        lambda: Composer(InProcessEngine()),
        Renewer(journal),
        make_voice_reader=ScriptedVoice,
        make_text_reader=ScriptedText,
        make_face_reader=Deadly,
    )
    answer(house, int(turn_id), PERCEIVE)


if __name__ == "__main__":
    main(*sys.argv[1:])

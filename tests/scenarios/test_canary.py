"""A canary phrase is sent through everything, with a fault at each stage: it is nowhere but sealed."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text

from models.emotion.reader import Box
from models.face.picture import opened
from models.words import say
from tests.conftest import OpenRig
from tests.models.face.pictures import scene, written
from tests.rig.house import Rig
from tests.rig.people import text_of
from tests.rig.readers import ScriptedFace, estimate_of
from tests.scenarios.consenting import meet
from workers.errors import Permanent, Transient
from workers.process import WordlessFormatter
from workers.turn.context import TurnContext

CANARY = "zebra7f3aquagga"  # one word, so that no cut or wrap hides it
SPOKEN = f"the {CANARY} makes me so tired"


@pytest.fixture
def debug_log(tmp_path: Path) -> Iterator[Path]:
    """What a process of the house writes at DEBUG, all loggers."""
    file = tmp_path / "debug.log"
    handler = logging.FileHandler(file)
    handler.setFormatter(WordlessFormatter("test"))
    root = logging.getLogger()
    loggers = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    for logger in loggers:  # an earlier test in this process may have quietened some
        logger.setLevel(logging.DEBUG if logger is root else logging.NOTSET)
        logger.disabled = False
    root.addHandler(handler)
    yield file
    root.removeHandler(handler)
    for logger, level, disabled in before:
        logger.setLevel(level)
        logger.disabled = disabled
    handler.close()


def holding(folder: Path, secret: str) -> list[str]:
    """Files with these bytes in plain (UTF-8, UTF-16, or as JSON writes them)."""
    forms = [secret.encode(), secret.encode("utf-16-le"), secret.encode("unicode_escape")]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path.relative_to(folder)) for path in files if any(form in path.read_bytes() for form in forms)]


def raising(error: Exception) -> object:
    def fail(context: TurnContext) -> None:
        raise error

    return fail


async def everything(rig: Rig) -> None:
    """All that a person can send words with, and all that a stage can do with them."""
    people = rig.people
    await people.say(1, SPOKEN)
    await rig.settle()
    await people.edit(1, SPOKEN + "!")
    await people.say(1, caption=SPOKEN, photo=("a.jpg", b"content"))
    await people.say(1, caption=SPOKEN, document=(f"{CANARY}.txt", SPOKEN.encode()))
    await people.say(1, f"/{CANARY}")
    await people.say(1, f"@nobody {SPOKEN}", chat_type="group", chat_id=-5, title=CANARY)
    await people.press(1, CANARY, 1)
    await rig.settle()
    broken = {"message_id": 900, "date": CANARY, "text": SPOKEN, "chat": {"id": 1, "type": "private"}}
    await people.fault(raw_update={"message": {**broken, "from": {"id": 1, "is_bot": False, "first_name": CANARY}}})
    await people.fault(raw_update={CANARY: SPOKEN})
    await people.say(1, f"I want to kill myself {CANARY}")
    await rig.settle()
    await people.press(1, f"danger:share:{rig.value('turn', 'id')}")
    await people.say(1, "/new")
    await people.say(1, "/export")
    await rig.settle()


async def test_words_are_in_no_file_and_no_log(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_rig() as rig:
        await everything(rig)
        assert rig.count("turn_message", "words IS NOT NULL") >= 3
        token = rig.settings.token
    assert holding(tmp_path, CANARY) == []
    assert debug_log.stat().st_size > 1000
    assert holding(tmp_path, token) == []
    ours = [record for record in caplog.records if record.name.split(".")[0] in {"bot", "workers", "models"}]
    assert ours
    assert [record.getMessage() for record in ours if CANARY in record.getMessage()] == []


@pytest.mark.parametrize("stage", ["recall", "screen", "feel", "compose", "deliver"])
@pytest.mark.parametrize(
    "error",
    [RuntimeError(SPOKEN), KeyError(SPOKEN), Transient("engine away"), Permanent("cannot"), UnicodeError(SPOKEN)],
    ids=lambda error: type(error).__name__,
)
async def test_a_fault_at_a_stage_shows_no_words(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path, stage: str, error: Exception
) -> None:
    async with open_rig() as rig:
        rig.stages.once(f"{stage}.", raising(error))  # type: ignore[arg-type]
        await rig.people.say(1, SPOKEN)
        await rig.settle()
        assert rig.count("turn", "failure IS NOT NULL") == 1 or stage == "deliver"
        assert rig.count("turn", f"failure LIKE '%{CANARY}%'") == 0
    assert holding(tmp_path, CANARY) == []
    assert stage == "deliver" or type(error).__name__ in debug_log.read_text()


async def test_a_fault_while_handling_shows_no_words(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.telegram.handlers import text as handler

    def break_it(*_: object) -> bool:
        raise ValueError(SPOKEN)

    monkeypatch.setattr(handler, "visible", break_it)
    monkeypatch.setattr("bot.telegram.desk.AGAIN_S", 0.0)
    async with open_rig() as rig:
        await rig.people.say(1, SPOKEN)
        heard = await rig.people.hears(1)
        assert [text_of(message) for message in heard] == [say("en", "input.unreadable")]
        assert rig.count("inbox", "state = 'dead' AND payload IS NULL AND failure = 'ValueError'") == 1
    assert holding(tmp_path, CANARY) == []


async def test_a_refused_send_shows_neither_words_nor_token(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path
) -> None:
    async with open_rig() as rig:
        for wish in ({"status": 400}, {"status": 502}, {"cut": "before"}, {"status": 429, "retry_after": 1}):
            await rig.people.fault(method="sendMessage", **wish)
        await rig.people.say(1, SPOKEN)
        await asyncio.sleep(1.5)
        await rig.settle()
        token = rig.settings.token
    assert holding(tmp_path, CANARY) == []
    assert holding(tmp_path, token) == []


@pytest.mark.parametrize(
    "where",
    ["recall", "recall.", "screen", "screen.", "feel", "feel.", "compose", "compose.", "deliver", "deliver."],
)
async def test_forgetting_in_the_middle_of_a_turn_leaves_nothing(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path, where: str
) -> None:
    async with open_rig() as rig:
        people = rig.people
        await people.say(1, "/forget")
        await rig.settle()

        def forget_now(context: TurnContext) -> None:
            asyncio.run_coroutine_threadsafe(people.press(1, "forget:all:yes"), loop).result(10)
            while rig.count("person"):
                pass

        loop = asyncio.get_running_loop()
        rig.stages.once(where, forget_now)
        people.unread(1)
        await people.say(1, SPOKEN)
        heard = await people.hears(1)
        assert text_of(heard[-1]) == say("en", "forget.done")
        for table in ("person", "turn", "turn_message", "conversation", "consent"):
            assert rig.count(table) == 0, table
        assert rig.count("tombstone") == 1
        assert rig.count("inbox", "payload IS NOT NULL OR person_id IS NOT NULL") == 0
        assert rig.count("outbox", "body IS NOT NULL") == 0
        assert CANARY not in str([message for message in people.chat(1) if message["from"]["id"] == 1])
        await rig.sweep()
        with rig.journal.read() as session:
            assert session.execute(text("SELECT count(*) FROM outbox WHERE person_id IS NOT NULL")).scalar() == 0
    assert holding(tmp_path, CANARY) == []


class Decoding(ScriptedFace):
    """Decodes what it looks at, as the real reader does."""

    def look(self, data: bytes, box: Box | None = None) -> bytes:
        opened(data)
        return super().look(data, box)


def placed(kind: str) -> bytes:
    """A picture whose metadata tell the place, the camera and a comment."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x0110] = exif[0x0131] = CANARY  # maker, model, software
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 0.0, 30.5), 0x1B: CANARY.encode(), 0x1C: CANARY.encode()})
    exif.get_ifd(0x8769).update({0x9286: CANARY.encode(), 0xA431: CANARY})
    return written(scene(), kind, exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "TIFF"])
async def test_place_and_camera_of_a_picture_are_nowhere(
    open_rig: OpenRig, tmp_path: Path, debug_log: Path, kind: str
) -> None:
    picture = placed(kind)
    assert CANARY.encode() in picture
    async with open_rig() as rig:
        rig.face_reader = Decoding()
        rig.face_reader.says = estimate_of("face", "sadness")
        await meet(rig.people, "readings", "diary")
        await rig.people.say(1, document=(f"holiday.{kind.lower()}", picture))
        assert await rig.people.hears(1)
        assert len(rig.face_reader.looked) == 1
        await rig.people.say(1, document=("torn.jpg", picture[: len(picture) * 2 // 3]))
        await rig.people.hears(1)
        await rig.people.say(1, "/export")
        await rig.settle()
    assert holding(tmp_path, CANARY) == []
    assert "stage=see" in debug_log.read_text()

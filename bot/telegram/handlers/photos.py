"""What is shown: a photo, or a picture sent as a file. It joins or opens a turn, and is looked at in the worker."""

from telegram import Message

from bot.telegram.handlers.text import take_in, visible
from bot.telegram.press import Press, number_in, toast
from bot.telegram.scene import Scene
from workers.journal import faces, outbox, turns
from workers.journal.attachments import LARGEST
from workers.journal.outbox import Letter
from workers.journal.pictures import Picture
from workers.journal.tables import now
from workers.journal.turns import Due, Said

NONE = "none"


def photo(scene: Scene) -> None:
    """What is too big is refused by what Telegram says of it, before anything is fetched."""
    message = scene.message
    kind, picture = _picture_of(message)
    caption = message.caption if message.caption and visible(message.caption) else None
    if (picture.size or 0) > LARGEST:
        scene.answer(scene.words("picture.too_big"))
        if caption:
            take_in(scene, caption, "caption")
        else:
            scene.introduce()
        return
    take_in(scene, caption, kind, picture)


def _picture_of(message: Message) -> tuple[str, Picture]:
    """Raises `LookupError` where the message shows nothing. Of a photo, the largest of its sizes."""
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return "photo", Picture(file_id=largest.file_id, size=largest.file_size)
    if message.document is not None:
        return "picture", Picture(file_id=message.document.file_id, size=message.document.file_size)
    raise LookupError("this message shows nothing")


def pressed(scene: Scene, press: Press) -> None:
    """Somebody says which of several faces is theirs: the photo is looked at once more, in a turn of its own."""
    asked, _, which = press.argument.partition(".")
    number, place = number_in(asked), number_in(which)
    if press.verb != "pick" or number is None or (place is None and which != NONE):
        toast(scene, press, "settings.unknown")
        return
    offered = faces.take(scene.session, scene.person, number)
    if offered is None:
        toast(scene, press, "picture.gone")
        return
    scene.send(Letter({"message_id": press.message_id}, "edit", "unbutton", "editMessageReplyMarkup", outbox.LAST))
    if place is None or not 1 <= place <= len(offered):
        toast(scene, press, None)
        scene.answer(scene.words("picture.not_mine"))
        return
    toast(scene, press, None)
    said = Said(
        scene.claimed.bot_id, scene.person.telegram_id, press.message_id, scene.claimed.update_id, None, now(),
        "photo", offered[place - 1],
    )  # fmt: skip
    turn = turns.take_in(scene.session, scene.person, scene.conversation, said)
    scene.rings.append(Due(turn.id, turn.queue))

"""Groups and channels: one sentence when added, to a command or to a mention, at most once a day. Nothing is kept."""

from datetime import timedelta

from bot.telegram.scene import Scene
from models.words import as_language, say
from workers.journal import outbox
from workers.journal.outbox import Letter
from workers.journal.tables import GroupNotice, Person, now

ONCE_IN = timedelta(days=1)


def group_message(scene: Scene) -> None:
    """Answers only what speaks to Heed: a command, or its name."""
    message = scene.update.effective_message
    if message is None:
        return
    me = (scene.update.get_bot().username or "").lower()
    words = (message.text or message.caption or "").lower()
    if (message.text and message.text.startswith("/")) or (me and f"@{me}" in words) or message.new_chat_members:
        notice(scene)


def membership(scene: Scene) -> None:
    """Added to a group or channel; or blocked, or unblocked, by a person."""
    change = scene.update.my_chat_member
    if change is None:
        return
    there = change.new_chat_member.status not in {"left", "kicked"}
    if change.chat.type == "private":
        if scene.person_or_none is not None:
            scene.person.blocked_at = None if there else now()
            if not there:
                outbox.silence(scene.session, scene.person.id)
    elif there and change.old_chat_member.status in {"left", "kicked"}:
        notice(scene)


def notice(scene: Scene) -> None:
    """The one sentence, in the language of whoever called."""
    chat = scene.update.effective_chat
    if chat is None:
        return
    key = (scene.claimed.bot_id, chat.id)
    last = scene.session.get(GroupNotice, key)
    if last is not None and now() - last.at < ONCE_IN:
        return
    if last is None:
        scene.session.add(GroupNotice(bot_id=key[0], chat_id=key[1]))
    else:
        last.at = now()
    user = scene.update.effective_user
    words = say(as_language(user.language_code if user else None), "group.added")
    nobody: Person | None = None
    outbox.put(
        scene.session, key[0], chat.id, scene.origin, Letter({"text": words}, "answer", "group"), person=nobody
    )

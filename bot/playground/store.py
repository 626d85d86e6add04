"""The playground's own SQLite file: bots, people, chats, messages, waiting updates and files.

Everything a person said, and their names, is sealed before it reaches the file: the playground has one data key
of its own, wrapped by the cipher it is started with (the house's key), so rotating the house key rewraps one row.
Only numbers are in plain.

Ids rise across restarts because each bot's counters are rows of the same transaction as what they number. Writes are
one short transaction each, committed before the request is answered.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from cryptography.fernet import Fernet

JSON = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS keyhole (one INTEGER PRIMARY KEY CHECK (one = 1), wrapped BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS bot (
    bot_id INTEGER PRIMARY KEY, message_id INTEGER NOT NULL, update_id INTEGER NOT NULL, edits INTEGER NOT NULL,
    body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS person (person_id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS chat (
    bot_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (bot_id, chat_id)) WITHOUT
    ROWID;
CREATE TABLE IF NOT EXISTS message (
    bot_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, edited INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL, PRIMARY KEY (bot_id, chat_id, message_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS message_edited ON message (bot_id, chat_id, edited) WHERE edited > 0;
CREATE INDEX IF NOT EXISTS message_number ON message (bot_id, message_id);
CREATE TABLE IF NOT EXISTS waiting (
    bot_id INTEGER NOT NULL, update_id INTEGER NOT NULL, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (bot_id, update_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (
    file_number INTEGER PRIMARY KEY AUTOINCREMENT, bot_id INTEGER NOT NULL, chat_id INTEGER NOT NULL,
    message_id INTEGER NOT NULL, about BLOB NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS file_of_message ON file (bot_id, chat_id, message_id);
CREATE TABLE IF NOT EXISTS sharing (
    chat_id INTEGER NOT NULL, file_number INTEGER NOT NULL, bot_id INTEGER NOT NULL,
    PRIMARY KEY (chat_id, file_number)) WITHOUT ROWID;
"""


class Cipher(Protocol):
    """What wraps the playground's data key: `MultiFernet`, or the house's keyring."""

    def encrypt(self, data: bytes) -> bytes:
        """Sealed bytes."""

    def decrypt(self, data: bytes) -> bytes:
        """The bytes that were sealed."""


class Store:
    """One connection, used from one thread. All reads are by id."""

    def __init__(self, path: Path, cipher: Cipher) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._db = sqlite3.connect(path, isolation_level=None)
        path.chmod(0o600)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON", "busy_timeout=5000"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.executescript(SCHEMA)
        self._fernet = Fernet(self._data_key(cipher))

    def _data_key(self, cipher: Cipher) -> bytes:
        row = self._db.execute("SELECT wrapped FROM keyhole").fetchone()
        if row is None:
            fresh = Fernet.generate_key()
            self._db.execute("INSERT INTO keyhole VALUES (1, ?)", (cipher.encrypt(fresh),))
            return fresh
        return cipher.decrypt(row[0])

    def seal(self, content: Any) -> bytes:
        """JSON in, sealed bytes out."""
        return self._fernet.encrypt(json.dumps(content).encode())

    def unseal(self, sealed: bytes) -> Any:
        """The JSON that was sealed."""
        return json.loads(self._fernet.decrypt(sealed))

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """One transaction: committed when the block ends, nothing of it kept when the block raises."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield Writing(self)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """One statement; inside `writing` it belongs to that transaction."""
        return self._db.execute(statement, values)

    def message(self, bot_id: int, chat_id: int, message_id: int) -> JSON | None:
        """One message of a chat, or None."""
        row = self._db.execute(
            "SELECT body FROM message WHERE bot_id = ? AND chat_id = ? AND message_id = ?",
            (bot_id, chat_id, message_id),
        ).fetchone()
        return self.unseal(row[0]) if row else None

    def chat_of_message(self, bot_id: int, message_id: int) -> int | None:
        """Whose chat holds this message; ids are unique per bot."""
        row = self._db.execute(
            "SELECT chat_id FROM message WHERE bot_id = ? AND message_id = ?", (bot_id, message_id)
        ).fetchone()
        return row[0] if row else None

    def messages_after(self, bot_id: int, chat_id: int, after: int, limit: int) -> list[JSON]:
        """The oldest `limit` messages newer than `after`, oldest first."""
        rows = self._db.execute(
            "SELECT body FROM message WHERE bot_id = ? AND chat_id = ? AND message_id > ? "
            "ORDER BY message_id LIMIT ?",
            (bot_id, chat_id, after, limit),
        )
        return [self.unseal(row[0]) for row in rows]

    def messages_before(self, bot_id: int, chat_id: int, before: int, limit: int) -> list[JSON]:
        """The newest `limit` messages older than `before`, oldest first."""
        rows = self._db.execute(
            "SELECT body FROM message WHERE bot_id = ? AND chat_id = ? AND message_id < ? "
            "ORDER BY message_id DESC LIMIT ?",
            (bot_id, chat_id, before, limit),
        )
        return [self.unseal(row[0]) for row in rows][::-1]

    def messages_edited(self, bot_id: int, chat_id: int, since: int, limit: int) -> list[JSON]:
        """Messages whose last edit has a number above `since`, in the order of the edits."""
        rows = self._db.execute(
            "SELECT body FROM message WHERE bot_id = ? AND chat_id = ? AND edited > ? ORDER BY edited LIMIT ?",
            (bot_id, chat_id, since, limit),
        )
        return [self.unseal(row[0]) for row in rows]

    def file_about(self, file_number: int) -> tuple[int, int, JSON] | None:
        """(bot id, chat id, description) of a file, without its content."""
        row = self._db.execute(
            "SELECT bot_id, chat_id, about FROM file WHERE file_number = ?", (file_number,)
        ).fetchone()
        return (row[0], row[1], self.unseal(row[2])) if row else None

    def file_seen(self, file_number: int, chat_id: int) -> bool:
        """Whether a file came to this chat: first, or by its identifier after it had come to another one."""
        found = self._db.execute(
            "SELECT 1 FROM file WHERE file_number = ? AND chat_id = ? "
            "UNION ALL SELECT 1 FROM sharing WHERE file_number = ? AND chat_id = ?",
            (file_number, chat_id, file_number, chat_id),
        )
        return found.fetchone() is not None

    def file_content(self, file_number: int) -> bytes | None:
        """The bytes of a file."""
        row = self._db.execute("SELECT content FROM file WHERE file_number = ?", (file_number,)).fetchone()
        return self._fernet.decrypt(row[0]) if row else None

    def scrub(self) -> None:
        """Empties the write-ahead log into the file, so that what was deleted stands in neither, not even sealed."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Folds the write-ahead log into the file and closes it."""
        self.scrub()
        self._db.close()


class Writing:
    """The statements of one transaction of a `Store`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def bot(self, bot_id: int, message_id: int, update_id: int, edits: int, body: JSON) -> None:
        """A bot's last numbers and profile."""
        self._store.execute(
            "INSERT OR REPLACE INTO bot VALUES (?, ?, ?, ?, ?)",
            bot_id, message_id, update_id, edits, self._store.seal(body),
        )  # fmt: skip

    def numbers(self, bot_id: int, message_id: int, update_id: int, edits: int) -> None:
        """A bot's last numbers only."""
        self._store.execute(
            "UPDATE bot SET message_id = ?, update_id = ?, edits = ? WHERE bot_id = ?",
            message_id, update_id, edits, bot_id,
        )  # fmt: skip

    def person(self, person_id: int, body: JSON) -> None:
        """A person's name and language."""
        self._store.execute("INSERT OR REPLACE INTO person VALUES (?, ?)", person_id, self._store.seal(body))

    def chat(self, bot_id: int, chat_id: int, body: JSON) -> None:
        """A chat between a bot and a person or a group."""
        self._store.execute("INSERT OR REPLACE INTO chat VALUES (?, ?, ?)", bot_id, chat_id, self._store.seal(body))

    def message(self, bot_id: int, chat_id: int, message: JSON, edited: int = 0) -> None:
        """A message, new or changed; `edited` is the number of its last edit."""
        self._store.execute(
            "INSERT OR REPLACE INTO message VALUES (?, ?, ?, ?, ?)",
            bot_id, chat_id, message["message_id"], edited, self._store.seal(message),
        )  # fmt: skip

    def waiting(self, bot_id: int, update_id: int, chat_id: int, message_id: int, body: str) -> None:
        """An update nobody has confirmed yet, as the JSON text that will be sent."""
        self._store.execute(
            "INSERT INTO waiting VALUES (?, ?, ?, ?, ?)",
            bot_id,
            update_id,
            chat_id,
            message_id,
            self._store.seal(body),
        )

    def file(self, bot_id: int, chat_id: int, message_id: int, about: JSON, content: bytes) -> int:
        """A file; returns its number. `message_id` 0: sent by the bot, outlives the message (file ids are reused)."""
        cursor = self._store.execute(
            "INSERT INTO file (bot_id, chat_id, message_id, about, content) VALUES (?, ?, ?, ?, ?)",
            bot_id, chat_id, message_id, self._store.seal(about), self._store._fernet.encrypt(content),
        )  # fmt: skip
        return int(cursor.lastrowid or 0)

    def share(self, bot_id: int, chat_id: int, file_number: int) -> None:
        """A known file comes to one more chat of the bot."""
        self._store.execute("INSERT OR IGNORE INTO sharing VALUES (?, ?, ?)", chat_id, file_number, bot_id)

    def delete_message(self, bot_id: int, chat_id: int, message_id: int) -> bool:
        """Removes a message and the files a person sent with it. False: there was none."""
        keys = (bot_id, chat_id, message_id)
        self._store.execute("DELETE FROM file WHERE bot_id = ? AND chat_id = ? AND message_id = ?", *keys)
        gone = self._store.execute("DELETE FROM message WHERE bot_id = ? AND chat_id = ? AND message_id = ?", *keys)
        return gone.rowcount > 0

    def confirm(self, bot_id: int, below: int) -> None:
        """Forgets the updates below an id."""
        self._store.execute("DELETE FROM waiting WHERE bot_id = ? AND update_id < ?", bot_id, below)

    def erase_chat(self, bot_id: int, chat_id: int) -> None:
        """Removes everything of one chat. A file of the bot that came to others too becomes one of theirs."""
        self._store.execute("DELETE FROM sharing WHERE bot_id = ? AND chat_id = ?", bot_id, chat_id)
        self._store.execute(
            "UPDATE file SET chat_id = sharing.chat_id FROM sharing WHERE file.bot_id = ? AND file.chat_id = ? "
            "AND file.message_id = 0 AND sharing.file_number = file.file_number",
            bot_id, chat_id,
        )  # fmt: skip
        for table in ("waiting", "message", "file", "chat"):
            self._store.execute(f"DELETE FROM {table} WHERE bot_id = ? AND chat_id = ?", bot_id, chat_id)


def rewrap(path: Path, cipher: Cipher) -> int:
    """Wraps the playground's data key anew, after the house key was rotated; its rows stay as they are.

    `cipher` opens what the older key sealed and seals with the newest. Returns how many keys were wrapped: 0 or 1.
    """
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as db, db:
        rows = db.execute("SELECT wrapped FROM keyhole").fetchall()
        for (wrapped,) in rows:
            db.execute("UPDATE keyhole SET wrapped = ?", (cipher.encrypt(cipher.decrypt(wrapped)),))
    return len(rows)

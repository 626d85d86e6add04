"""What Telegram says about a file: kind, identifiers, length of a sound."""

import base64
import hashlib
import mimetypes
import re
import struct
from typing import Any

from bot.playground.music import music_seconds
from bot.playground.parameters import Upload
from bot.playground.pictures import picture_size
from bot.playground.refusal import bad_request

LARGEST_DOWNLOAD = 20 * 1024 * 1024  # bytes; getFile refuses more
FOLDERS = {
    "voice": "voice", "audio": "music", "photo": "photos", "document": "documents", "video_note": "video_notes",
    "video": "videos", "animation": "animations", "sticker": "stickers",
}  # fmt: skip
KINDS = tuple(FOLDERS)
USUAL_TYPES = {
    "voice": "audio/ogg", "audio": "audio/mpeg", "photo": "image/jpeg", "video_note": "video/mp4",
    "video": "video/mp4", "animation": "video/mp4", "sticker": "image/webp",
}  # fmt: skip
ENDINGS = {
    "audio/ogg": ".oga",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "image/jpeg": ".jpg",
    "video/mp4": ".mp4",
    "image/png": ".png",
}


def description(kind: str, upload: Upload, given: dict[str, Any]) -> dict[str, Any]:
    """What is stored about an upload. `given`: duration, width, height, length, performer, title, as far as told."""
    content = upload.content
    mime_type = upload.mime_type
    if mime_type in ("", "application/octet-stream"):
        mime_type = mimetypes.guess_type(upload.name)[0] or USUAL_TYPES.get(kind, "application/octet-stream")
    about: dict[str, Any] = {
        "kind": kind, "file_name": upload.name, "mime_type": mime_type, "file_size": len(content),
        "file_unique_id": hashlib.sha256(content).hexdigest()[:16],
    }  # fmt: skip
    if kind in ("voice", "audio", "video_note", "video", "animation"):
        about["duration"] = _whole(given.get("duration")) or ogg_seconds(content) or music_seconds(content)
    if kind in ("photo", "video", "animation", "sticker"):
        width, height = picture_size(content)
        about["width"] = width or _whole(given.get("width"))
        about["height"] = height or _whole(given.get("height"))
    if kind == "video_note":
        about["length"] = _whole(given.get("length")) or 240
    for name in ("performer", "title"):
        if given.get(name):
            about[name] = str(given[name])
    return about


def _whole(told: Any) -> int:
    """The digits a number begins with, at most nine; 0 where there are none: Telegram reads such fields so."""
    digits = re.match(r"[0-9]{1,9}", str(told))
    return int(digits[0]) if digits else 0


def path_of(file_number: int, about: dict[str, Any]) -> str:
    """The ``file_path`` of getFile: a folder of the kind, and the number."""
    ending = ENDINGS.get(about["mime_type"]) or mimetypes.guess_extension(about["mime_type"]) or ""
    return f"{FOLDERS[about['kind']]}/file_{file_number}{ending}"


def number_in_path(path: str) -> int | None:
    """The file number in a ``file_path``, or None."""
    name = path.rpartition("/")[2].removeprefix("file_").partition(".")[0]
    return int(name) if name.isdecimal() and len(name) < 16 else None


def file_id(bot_id: int, kind: str, file_number: int) -> str:
    """The identifier a bot uses: opaque, of this bot only."""
    packed = struct.pack(">BQQ", KINDS.index(kind), bot_id, file_number)
    return base64.urlsafe_b64encode(b"HEED" + packed).decode().rstrip("=")


def number_in_id(bot_id: int, identifier: str) -> int:
    """The file number behind an identifier of this bot. Raises `Refusal` (400)."""
    try:
        raw = base64.urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4))
        mark, (_, owner, file_number) = raw[:4], struct.unpack(">BQQ", raw[4:])
    except (ValueError, struct.error):
        raise bad_request("wrong remote file identifier specified: Wrong string length") from None
    if mark != b"HEED" or owner != bot_id:
        raise bad_request("wrong remote file identifier specified: Wrong file identifier")
    return int(file_number)


def in_message(bot_id: int, file_number: int, about: dict[str, Any]) -> Any:
    """The value of the message's field (``voice``, ``video`` …); of a photo the list with this one size."""
    kind = about["kind"]
    value: dict[str, Any] = {
        "file_id": file_id(bot_id, kind, file_number),
        "file_unique_id": about["file_unique_id"],
        "file_size": about["file_size"],
    }
    for name in ("width", "height", "duration", "length", "performer", "title"):
        if name in about:
            value[name] = about[name]
    if kind == "photo":
        return [value]
    if kind == "sticker":
        return value | {"type": "regular", "is_animated": False, "is_video": False}
    if kind != "video_note":
        value["mime_type"] = about["mime_type"]
    if kind in ("audio", "document", "video", "animation"):
        value["file_name"] = about["file_name"]
    if cover := about.get("cover"):
        (value["thumbnail"],) = in_message(bot_id, cover["number"], cover["about"])
    return value


def ogg_seconds(content: bytes) -> int:
    """Whole seconds of an Ogg Opus file, from the last page's granule position (48 kHz, RFC 7845); 0 for other
    files."""
    last = content.rfind(b"OggS")
    if last < 0 or len(content) < last + 14 or b"OpusHead" not in content[:200]:
        return 0
    granule: int = struct.unpack_from("<q", content, last + 6)[0]
    return max(0, round(granule / 48000))

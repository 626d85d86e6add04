"""What a Bot API request asks for, whether it came as JSON, as a form, as multipart or in the address."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from bot.playground.refusal import Refusal, bad_request

LARGEST_UPLOAD = 50 * 1024 * 1024  # bytes; what the Bot API takes from a bot


@dataclass(frozen=True)
class Upload:
    """A file as it arrived: never written to disk in plain."""

    name: str
    mime_type: str
    content: bytes = field(repr=False)


@dataclass
class Parameters:
    """Named values and files of one request. Values are text (forms) or JSON values (JSON bodies)."""

    values: dict[str, Any] = field(default_factory=dict, repr=False)
    files: dict[str, Upload] = field(default_factory=dict, repr=False)

    def text(self, name: str, default: str = "") -> str:
        """A text value; `default` where it is absent."""
        value = self.values.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        """A whole number. Raises `Refusal` (400) for anything else."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f'field "{name}" must be a number') from None

    def number(self, name: str, default: int = 0) -> int:
        """As `integer`, never None."""
        found = self.integer(name, default)
        return default if found is None else found

    def flag(self, name: str) -> bool:
        """True for true, "true", 1 and "1"."""
        value = self.values.get(name)
        return value is True or (isinstance(value, str | int) and str(value).lower() in ("true", "1", "yes"))

    def structure(self, name: str) -> Any:
        """An object or a list; forms carry it as JSON text. None where absent. Raises `Refusal` (400)."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def listing(self, name: str) -> list[Any] | None:
        """A list, or None where absent. Raises `Refusal` (400)."""
        value = self.structure(name)
        if value is not None and not isinstance(value, list):
            raise bad_request(f"expected an Array for {name.replace('_', ' ')}")
        return value

    def mapping(self, name: str) -> dict[str, Any] | None:
        """An object, or None where absent. Raises `Refusal` (400)."""
        value = self.structure(name)
        if value is not None and not isinstance(value, dict):
            raise bad_request(f"object expected as {name.replace('_', ' ')}")
        return value

    def needed_integer(self, name: str, complaint: str) -> int:
        """A number that must be there. Raises `Refusal` (400) with `complaint`."""
        value = self.integer(name)
        if value is None:
            raise bad_request(complaint)
        return value


async def read_parameters(request: web.Request) -> Parameters:
    """The parameters of a request. Raises `Refusal` (400, 413)."""
    found = Parameters(values=dict(request.query))
    kind = request.content_type
    if not request.body_exists:
        return found
    if kind == "multipart/form-data":
        await _read_multipart(request, found)
        return found
    body = await request.read()
    if not body:
        return found
    if kind == "application/json":
        try:
            values = json.loads(body)
        except ValueError:
            raise bad_request("can't parse JSON in the request body") from None
        if isinstance(values, dict):
            found.values.update(values)
        return found
    if kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        found.values.update(parse_qsl(text, keep_blank_values=True))
    return found


async def _read_multipart(request: web.Request, found: Parameters) -> None:
    """Reads the parts into memory. aiohttp's own ``post()`` would put files into the system's temporary folder in
    plain."""
    total = 0
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        total += len(content)
        if total > LARGEST_UPLOAD:
            raise Refusal(413, "Request Entity Too Large")
        if part.filename is None:
            found.values[part.name] = content.decode("utf-8", "replace")
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            found.files[part.name] = Upload(part.filename, mime_type.split(";")[0].strip(), content)

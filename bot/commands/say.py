"""`heed say`: a message to the running playground, and the answer to it."""

import http.client
import json
import time
import urllib.parse
from typing import Annotated, Any

import typer

from bot.commands.failure import TOO_LATE, CommandFailed
from bot.commands.journal import opened
from bot.supervisor.plan import page_token_file
from workers.settings import Settings

LOOK_SECONDS = 0.1
REQUEST_SECONDS = 10.0


def register(app: typer.Typer) -> None:
    app.command()(say)


def say(
    text: Annotated[str, typer.Argument(help="what the person writes")],
    person: Annotated[int, typer.Option("--person", min=1, help="which person of the playground")] = 1,
    wait: Annotated[float, typer.Option("--wait", min=0, help="seconds to wait for the answer")] = 60.0,
) -> None:
    """Write to the running playground as a person; print the answer, one line group per message."""
    from workers.journal.answers import answers_to

    settings = Settings.load()
    if not settings.plays:
        raise CommandFailed("`heed say` speaks to the playground, and the settings name a real bot or another server")
    sent = _request(settings, "POST", f"/people/{person}/messages", {"text": text})
    number = int(sent["message"]["message_id"])
    deadline = time.monotonic() + wait
    with opened(settings) as journal:
        while True:
            with journal.read() as session:
                answers = answers_to(session, settings.bot_id, person, number)
            if answers.done:
                break
            if time.monotonic() > deadline:
                raise CommandFailed(f"no answer within {wait:g} s", TOO_LATE)
            time.sleep(LOOK_SECONDS)
    if not answers.message_ids:
        raise CommandFailed(f"this message gets no answer ({answers.state})")
    first = min(answers.message_ids) - 1
    for answer in _request(settings, "GET", f"/people/{person}/messages?after={first}&wait=0"):
        if answer["message_id"] in answers.message_ids:
            typer.echo(_shown(answer))


def _shown(answer: dict[str, Any]) -> str:
    """What a terminal can show of one message."""
    if "voice" in answer:
        return f"[voice note, {answer['voice']['duration']} s]"
    return str(answer.get("text") or answer.get("caption") or "")


def _request(settings: Settings, method: str, path: str, form: dict[str, str] | None = None) -> Any:
    """One request to the person's side of the playground; returns the decoded JSON. Raises `CommandFailed`."""
    try:
        token = page_token_file(settings).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise CommandFailed("Heed does not run here; start it with: heed up") from None
    link = http.client.HTTPConnection("127.0.0.1", settings.playground_port, timeout=REQUEST_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        link.request(method, path, urllib.parse.urlencode(form) if form else None, headers)
        answer = link.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException):
        raise CommandFailed("the playground does not answer; start Heed with: heed up") from None
    finally:
        link.close()
    if answer.status != 200:
        raise CommandFailed(f"the playground refused this (HTTP {answer.status})")
    return json.loads(body)

"""Asking for music, and what came of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.rig.house import Rig
from tests.rig.people import People, buttons
from workers.media.folder import FolderStore


async def goals(people: People, **form: Any) -> dict[str, Any]:
    await people.say(1, "/music", **form)
    return (await people.hears(1))[0]


async def music(people: People, goal: str = "lift", feeling: str = "sadness") -> list[dict[str, Any]]:
    """What somebody gets who asks for music and says how they feel."""
    await goals(people)
    return await wish(people, f"music:goal:{goal}", f"music:go:{goal}.{feeling}")


async def wish(people: People, *presses: str) -> list[dict[str, Any]]:
    for data in presses[:-1]:
        await people.press(1, data)
        await people.hears(1)
    await people.press(1, presses[-1])
    return await people.hears(1)


def pieces(heard: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [message for message in heard if "audio" in message]


def titles(heard: list[dict[str, Any]]) -> list[str]:
    return [message["audio"]["title"] for message in pieces(heard)]


def track_of(message: dict[str, Any]) -> int:
    return int(next(data for data in buttons(message) if data.startswith("music:like:")).rpartition(":")[2])


def forbid(monkeypatch: pytest.MonkeyPatch, rig: Rig, error: Exception, *names: str) -> list[str]:
    """From now on the store answers with an error, the worker and the sender alike; what was asked of it."""
    asked: list[str] = []

    def refuse(name: str) -> Callable[..., Any]:
        def ask(self: FolderStore, key: str, *more: object) -> Any:
            asked.append(name)
            raise error

        return ask

    for name in names:
        monkeypatch.setattr(FolderStore, name, refuse(name))
    return asked

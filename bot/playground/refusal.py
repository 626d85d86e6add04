"""The one error of the Bot API side: what Telegram answers when it will not do what was asked."""

from typing import Any


class Refusal(Exception):
    """A refusal in Telegram's shape: an error code (also the HTTP status), a description, and parameters.

    The description must never hold what a person said.
    """

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def as_answer(self) -> dict[str, Any]:
        """The JSON object Telegram sends: ``ok``, ``error_code``, ``description``, perhaps ``parameters``."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(what: str) -> Refusal:
    """A 400 in Telegram's words."""
    return Refusal(400, f"Bad Request: {what}")


def not_found() -> Refusal:
    """Telegram's answer to a method that it does not know."""
    return Refusal(404, "Not Found: method not found")

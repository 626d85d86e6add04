"""The small tree of errors that steer a turn. A stage raises; the turn decides what follows."""


class TurnError(Exception):
    """Base of what a stage may raise on purpose. Texts name causes, never what a person said."""


class Permanent(TurnError):
    """No other attempt can succeed: the turn ends with one honest sentence."""


class Transient(TurnError):
    """It may go better in a moment: the turn is tried again after its back-off, three attempts in all."""


class RetryAfter(Transient):
    """As `Transient`, with the wait that the other side asked for."""

    def __init__(self, seconds: float, cause: str) -> None:
        super().__init__(cause)
        self.seconds = seconds

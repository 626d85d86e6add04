"""The second opinion: a small multilingual transformer that reads what the screen at the door was not sure about.

It runs in the worker (numpy), before any reply is written. The screen at the door needs nothing of it.
"""

from models.danger.second.judge import Judge, Opinion

__all__ = ["Judge", "Opinion"]

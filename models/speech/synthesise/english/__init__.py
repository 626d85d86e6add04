"""Written English as it is spoken: numbers, money, times, dates and abbreviations as words."""

from models.speech.synthesise.english.spoken import spoken

__all__ = ["spoken"]

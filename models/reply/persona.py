"""The reviewed characters Heed can speak in. A character changes the manner, never what is safe."""

from dataclasses import dataclass

from models.reply.request import DEFAULT_PERSONA
from models.words import Language, keys, say


@dataclass(frozen=True, slots=True)
class Persona:
    """One character; `style` is the line about it in the prompt, in English."""

    key: str
    style: str

    def name(self, language: Language) -> str:
        """What the character is called in the menu."""
        return say(language, f"personas.{self.key}.name")

    def description(self, language: Language) -> str:
        """One sentence about the character."""
        return say(language, f"personas.{self.key}.description")


def personas() -> tuple[Persona, ...]:
    """Every character, in the order of the menu."""
    return tuple(Persona(key, say("en", f"personas.{key}.style")) for key in keys("en", "personas"))


def persona(key: str) -> Persona:
    """The character called `key`; the warm friend where it is not known (any more)."""
    known = {each.key: each for each in personas()}
    return known.get(key, known[DEFAULT_PERSONA])

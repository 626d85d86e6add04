"""Sentence: what a person is told of recordings that could not be heard, and of pictures that showed nothing."""

from models import danger
from models.words import say
from workers.turn.context import TurnContext

SPOKEN = {"damaged", "truncated", "too_long", "too_big", "clipped", "too_quiet", "nothing_heard"}
"""Kinds in which somebody may have spoken: the person is told where help is."""


def untaken(context: TurnContext) -> str:
    """One sentence for each kind of trouble, each kind once."""
    minutes = context.house.settings.voice_limit_minutes
    unheard = dict.fromkeys(context.unheard)
    sentences = [say(context.language, f"sound.{kind}", minutes=minutes) for kind in unheard]
    if SPOKEN & unheard.keys():
        sentences.append(danger.while_unheard(context.language, context.country, young=context.minor))
    sentences += [say(context.language, f"picture.{kind}") for kind in dict.fromkeys(context.unseen)]
    return "\n\n".join(sentences)

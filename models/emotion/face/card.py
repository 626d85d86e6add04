"""The card of what reads faces, written from what an evaluation measured."""

from typing import Any

from models.emotion.head import Head

COLUMNS = ("n", "accuracy", "top3", "uar", "macro_f1", "ece", "error", "error_at_70", "coverage", "selective_error")

FOUND = {
    "recall_portraits": "Photos with one face, counted by eye",
    "recall_groups": "Photos with more, counted by eye",
    "recall_groups_at_24": "The same, made so small that the narrowest face has 24 pixels",
    "recall_groups_at_24_within_2048": "The same within a picture of 2048 pixels",
}
"""Measures of `models.face.recall`, in words."""


def written(
    results: dict[str, tuple[dict[str, Any], Head]], command: str, found: dict[str, Any] | None = None
) -> str:
    """`results` by the name of the data, the first those of the head that is served, as Markdown. `found`: how many
    of the faces in photos are found."""
    result, head = next(iter(results.values()))
    tables = "\n\n".join(_table(name, each, which) for name, (each, which) in results.items())
    others = sorted({which.card.name: which for _, which in results.values() if which is not head}.items())
    return TEMPLATE.format(
        name=head.card.name,
        command=command,
        licence=head.card.licence,
        commercial=_allowed(head),
        trained=", ".join(head.card.trained_on),
        others="\n".join(
            f"**{name}:** {which.card.licence}. Commercial use {_allowed(which)}." for name, which in others
        ),
        alike=head.alike_to,
        sure=head.sure_from,
        temperature=head.temperature,
        tables=tables,
        finding=_finding(results, found),
        fall=1 - result["metrics"]["error_at_70"] / max(result["metrics"]["error"], 1e-9),
        before=result["metrics"]["error"],
        after=result["metrics"]["error_at_70"],
    )


def _allowed(head: Head) -> str:
    return "allowed" if head.card.commercial else "not allowed"


def _finding(results: dict[str, tuple[dict[str, Any], Head]], found: dict[str, Any] | None) -> str:
    """How many faces are found, of whatever was measured on pictures that are no tiles."""
    lines = []
    for name, (result, head) in results.items():
        pictures = result["n"] + sum(result["refused"].values())
        if result["refused"] and head is next(iter(results.values()))[1]:
            share = result["metrics"]["found"]
            lines.append(f"- {name}: a face is found in {share:.1%} of {pictures} pictures with one face each.")
    if found is not None:
        for name, what in FOUND.items():
            lines.append(f"- {what}: {found['faces'][name]}.")
        lines.append(f"- Faces where nobody counted one: {found['metrics']['wrong']}.")
    return "\n".join(lines) or "Not measured."


def _table(name: str, result: dict[str, Any], head: Head) -> str:
    rows = {"all": {"n": result["n"], **result["metrics"]}, **result["by_group"]}
    lines = [
        f"### {name}: {head.card.name}",
        f"{result['protocol']}.",
        "",
        "| group | " + " | ".join(COLUMNS) + " |",
        "| --- | " + " | ".join("---" for _ in COLUMNS) + " |",
        *(
            f"| {group} | " + " | ".join(str(values.get(column, "")) for column in COLUMNS) + " |"
            for group, values in rows.items()
        ),
        "",
        "Nothing was said: " + ", ".join(f"{why} {count}" for why, count in result["abstentions"].items()) + ".",
    ]
    if result["refused"]:
        refused = ", ".join(f"{key.removeprefix('picture.')} {count}" for key, count in result["refused"].items())
        lines.append(
            f"Pictures refused before that: {refused}. Counting them as wrong, accuracy is"
            f" {result['metrics']['accuracy_of_all']}."
        )
    return "\n".join(lines)


TEMPLATE = """# {name}

Written by `{command}`; edit the template, not this file.

**Licence of the weights:** {licence}. Commercial use {commercial}.
**Trained on:** {trained}.
{others}

## What it is for
A tentative guess at the feeling in a selfie, one signal among others in a conversation, for adults who agreed to it.
Not for decisions about anybody, not for employers or schools, and not for telling who somebody is, their age, their
gender, their origin or their health: none of this is in its labels, and nothing of the picture is kept.

It finds the face with MediaPipe's short-range detector on a pyramid of tiles, takes 478 landmarks and 52 movements
from MediaPipe's networks (Apache-2.0), lays eyes and mouth where they are in FER2013, and asks a residual network
with channel weights, trained here, and a linear head upon its logits, its features and the movements. The open head
knows the movements alone.

## What it does not know
- **Skin tone and age are unknown.** None of the data label them, so how the error differs by them was not measured.
- An expression is not a feeling: people smile when they are sad. The labels say what ten strangers saw.
- FER2013 is grey pictures of 48x48 pixels from a web search, many posed, with watermarks and some drawings.
- Disgust and fear are rare in it and often missed: see `label:` below. The photos' labels are one student's.
- It abstains: unfamiliar (distance over {alike:.2f}), unsure (top probability under {sure:.2f}); temperature
  {temperature:.2f}. These come from a tenth of Training that the network has not seen, by folds.

## Measured
`accuracy`, `top3`, `ece` and `error` are of every face; `error_at_70` is that of the surest 70 %; `coverage` and
`selective_error` are at the thresholds in use. Training pictures that are in the public test too, as they are,
flipped or slightly changed, were left out of training. The photos were in no training of the network; the open head
learned from them, and is judged on them by folds in which people may be on both sides: no names are given.

{tables}

### Finding faces
{finding}

A lone face of less than 28 pixels in a picture of 2048 is mostly missed: the finest tiles are searched only where a
face was found already. Nobody drew boxes, so a face found in place of another would count.

Of FER+ at 70 % coverage the error is {after:.3f} instead of {before:.3f}, {fall:.0%} lower.
"""

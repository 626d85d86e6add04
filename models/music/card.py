"""The card of what reads moods from music, written from what an evaluation measured."""

from typing import Any

from models.emotion.head import Head

COLUMNS = ("n", "accuracy", "top2", "coverage")
SHARPER = 0.05
"""By how much the error must fall where the head is sure, for this to be worth a word."""
FIGURES = ("uar", "macro_f1", "top2", "valence_r", "arousal_r")


def written(result: dict[str, Any], head: Head, command: str) -> str:
    """The card, as Markdown."""
    metrics, groups = result["metrics"], result["by_group"]
    names = [name for name in groups if name.startswith(("mood:", "source:"))]
    return TEMPLATE.format(
        name=head.card.name,
        command=command,
        licence=head.card.licence,
        trained=", ".join(head.card.trained_on),
        n=result["n"],
        families=result["families"],
        protocol=result["protocol"],
        verdict=_verdict(metrics, {name: groups[name] for name in names if name.startswith("mood:")}),
        figures="\n".join(
            f"| {name} | {metrics[name]} | {metrics[f'{name}_low']} to {metrics[f'{name}_high']}"
            f" | {metrics[f'{name}_dealt']} | {metrics[f'{name}_dealt_high']} | {metrics.get(f'{name}_usual', '')} |"
            for name in FIGURES
            if name in metrics
        ),
        accuracy=metrics["accuracy"],
        usual=metrics["accuracy_usual"],
        ece=metrics["ece"],
        coverage=metrics["coverage"],
        selective=metrics.get("selective_error", "none"),
        error=metrics["error"],
        unfamiliar=result["abstentions"]["unfamiliar"],
        unsure=result["abstentions"]["unsure"],
        refused=", ".join(f"{why} {count}" for why, count in result["refused"].items()) or "none",
        groups="\n".join(
            f"| {name} | " + " | ".join(str(groups[name].get(column, "")) for column in COLUMNS) + " |"
            for name in names
        ),
        sanity=_sanity(groups.get("sanity:composed")),
        temperature=head.temperature,
        alike=head.alike_to,
        sure=head.sure_from,
    )


def _verdict(metrics: dict[str, float], moods: dict[str, dict[str, float]]) -> str:
    """In words, what is shown: a figure whose interval over families lies above what chance reaches."""
    shown = [name for name in FIGURES if metrics.get(f"{name}_low", 0.0) > metrics[f"{name}_dealt"]]
    if "uar" in shown and "macro_f1" in shown:
        first = "On artists it never heard, it names the mood more often than chance, and is mostly wrong."
    else:
        first = (
            "**It is not shown to name the mood of real music better than chance:** its figures lie above those of"
            " answers dealt out at random, but over other artists they might not."
        )
    places = [name.removesuffix("_r") for name in ("valence_r", "arousal_r") if name in shown]
    second = (
        f" Its {' and '.join(places)} {'go' if len(places) > 1 else 'goes'} along with the labels, weakly."
        if places
        else ""
    )
    if metrics.get("selective_error", 1.0) > metrics["error"] - SHARPER:
        second += " Where it is surer it is not right more often, so `sure` must be read as low everywhere."
    missed = [name.removeprefix("mood:") for name, each in moods.items() if each["top2"] < 1 / 3]
    if missed:
        second += f" Pieces made to be {' or '.join(missed)} it finds less often than a die would."
    return f"{first}{second} Use it to order pieces roughly, never to tell somebody what a piece means."


def _sanity(measured: dict[str, float] | None) -> str:
    if measured is None:
        return "Not measured."
    return (
        f"{measured['n']} pieces, each judged by a head that knew real tracks and pieces of the other half of tempos,"
        f" chords and leading voices: UAR {measured['uar']}, macro-F1 {measured['macro_f1']},"
        f" top-2 {measured['top2']}, valence r {measured.get('valence_r', 'none')}, arousal r"
        f" {measured.get('arousal_r', 'none')}."
    )


TEMPLATE = """# {name}

Written by `{command}`; edit the template, not this file.

**Licence of the weights:** {licence}. Commercial use allowed.
**Trained on:** {trained}.

## What it is for
Six moods and a place in valence and arousal for a piece of music, from 80 numbers about its middle 30 seconds
(`models/music/features.py`), so that a journey can be laid through a catalogue whose pieces nobody has described. It
is not for reading people, and what it says about a piece is a leaning.

## What it knows, and how weak that is
{verdict}

- The labels are weak: file names, title tags and the purpose of folders ("battle", "sad", "safe_room"), reviewed in
  `purposes.yaml` before anything was measured, and heard by nobody. A battle theme may be sad, and a victory short.
- The labels are few: {n} tracks of {families} families that share no artist and no package. Tender and melancholy
  have hardly more than a dozen tracks each.
- The figures are a little kind to it: weight and number of composed pieces, and the rule by which the strength is
  chosen, were settled after looking at such figures a few times.
- All real tracks are instrumental music of games. Songs, jazz, classical concerts and most of the world's music are
  not among them.
- It hears colour, rhythm, harmony and dynamics on average over 30 seconds. It hears no words and no form.
- `sure` is the calibrated chance that the likeliest mood is what the piece was made for; it is low by right. Under
  {sure:.2f} the mood should not be relied on, and choosing leans on valence and arousal. A sound unlike everything
  learned from (distance over {alike:.2f}) gets `sure` 0 and all moods alike. Temperature {temperature:.2f}.

## Measured on real music
{protocol}. Composed pieces were learned from in every fold and judged in none.

| figure | head | 95 %, families drawn anew | its answers dealt out | 97.5 % of deals below | usual mood |
| --- | --- | --- | --- | --- | --- |
{figures}

"Dealt out": the same answers given to the tracks by chance. "Usual mood": naming the most frequent one always.
Accuracy {accuracy}, naming the usual mood {usual}; calibration error {ece}.
Where it is sure enough ({coverage} of the tracks), error {selective} instead of {error}; it
called {unfamiliar} unfamiliar and of {unsure} it was unsure. Files that could not be used: {refused}.

| group | n | accuracy | top2 | coverage |
| --- | --- | --- | --- | --- |
{groups}

## Sanity check on composed pieces
{sanity}

The generator makes its six moods from six different sets of tempos, chords and voices, and was written by whoever
chose these features. That they can be told apart shows that the features work, and nothing else.
"""

"""The card of the voice heads, written from what an evaluation measured."""

from collections.abc import Mapping
from typing import Any

from models.emotion.head import Head
from models.emotion.voice.goals import goals

COLUMNS = (
    *("n", "uar", "uar_seven", "macro_f1", "ece", "ece_spoken", "coverage", "error", "selective_error"),
    *("error_at_70", "error_spoken", "served_of_spoken", "served_error", "served_ece"),
)


def written(result: Mapping[str, Any], head: Head, free: Mapping[str, Any], free_head: Head, command: str) -> str:
    """`result` of `head` and `free` of `free_head` (trained without data that forbid commercial use), each as
    `evaluate.report` gives it, as Markdown."""
    rows = _rows(result)
    if "changed" in result:
        rows |= {f"{name}, changed": values for name, values in result["changed"].items()}
    rows |= {f"foreign {name}": values for name, values in result.get("foreign", {}).items()}
    baseline = ""
    if "baseline" in result:
        honest, chance = result["baseline"]["honest"], result["baseline"]["random"]
        baseline = BASELINE.format(honest=honest, chance=chance, ours=result["by_group"]["corpus:ravdess"]["uar"])
    return TEMPLATE.format(
        name=head.card.name,
        licence=head.card.licence,
        commercial="allowed" if head.card.commercial else "not allowed",
        corpora=", ".join(head.card.trained_on),
        never=", ".join(result["unseen"]) or "none of these corpora",
        classes=", ".join(head.card.classes),
        temperature=head.temperature,
        sure=head.sure_from,
        alike=head.alike_to,
        begins=head.doubt.begins if head.doubt else float("inf"),
        slope=head.doubt.slope if head.doubt else 0.0,
        goals="\n".join(
            f"| {goal.what} | {goal.asked} | {goal.measured} | {'met' if goal.met else '**missed**'} |"
            for goal in goals(result)
        ),
        table=_table(rows),
        share=result["metrics"]["served_coverage"],
        spoken=result["metrics"]["served_of_spoken"],
        reasons=_reasons(result),
        baseline=baseline,
        command=command,
        free=free_head.card.name,
        free_licence=free_head.card.licence,
        free_corpora=", ".join(free_head.card.trained_on),
        free_sure=free_head.sure_from,
        free_alike=free_head.alike_to,
        free_temperature=free_head.temperature,
        free_table=_table(_rows(free)),
        free_reasons=_reasons(free),
    )


def _rows(result: Mapping[str, Any]) -> dict[str, Any]:
    rows = {f"all ({result['protocol']})": {"n": result["n"], **result["metrics"]}}
    if "within" in result:
        rows["what it was trained on (nested)"] = result["within"]
    strange = {f"corpus:{name}" for name in result["unseen"]}
    return rows | {f"{name}, unseen" if name in strange else name: v for name, v in result["by_group"].items()}


def _table(rows: Mapping[str, Any]) -> str:
    lines = [f"| group | {' | '.join(COLUMNS)} |", f"| --- |{' --- |' * len(COLUMNS)}"]
    lines += [
        f"| {name} | " + " | ".join(_cell(values, key) for key in COLUMNS) + " |" for name, values in rows.items()
    ]
    return "\n".join(lines)


def _cell(values: Mapping[str, Any], key: str) -> str:
    """Nothing is wrong, and nothing right, of what was never answered."""
    if key in ("served_error", "served_ece") and not values["served_of_spoken"]:
        return "–"
    return str(values.get(key, ""))


def _reasons(result: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in result["abstentions"].items())


BASELINE = """
## Beside the yardstick
RAVDESS, eight classes, unweighted average recall:

| | no speaker in two folds | random split, same speakers on both sides |
| --- | --- | --- |
| MFCC statistics + support vector machine | {honest:.3f} | {chance:.3f} |
| this head | {ours:.3f} | not computed: it would mean nothing |

The difference between the columns of the first row is what a random split adds by recognising speakers.
"""

TEMPLATE = """# {name}

Written by `{command}`; edit the template, not this file.

**Licence of the weights:** {licence}. Commercial use {commercial}.
**Trained on:** {corpora}. **Never heard, and judged as foreign:** {never} (their terms allow no derivatives).
**Classes:** {classes}; calm is counted to neutral.

The head without data that forbid commercial use, `{free}`, has its own table below.

## What it is for
A tentative guess at the feeling in a voice note, one signal among others in a conversation, for adults who agreed
to it. Not for decisions about anybody, not for employers or schools, not for telling danger, illness or truth.
It reads mean and deviation over time of the stem and first four blocks of whisper-base and adds a linear head.

## What it does not know
- All its training sounds are acted or read, most in a studio. How people feel who do not act was never measured.
- A foreign corpus is hard: see the rows `foreign`, of corpora that had no part in the training. Forced to answer
  there, it is mostly wrong; so it calls nearly all of it unfamiliar and says nothing
  (`served_of_spoken`), and what little it does answer is as often wrong as right, or oftener (`served_error`). Most
  recordings of strangers will be unfamiliar too. Corrections by the person count more than the guess.
- How strange a sound is, is its distance from the training sounds in 64 main directions and, together, in all
  others. That the others count was decided with ravdess and emotiontts_ko left out in turn and tess in view; so the
  row of tess is no blind test of it.
- The stranger a sound, the less sure it is: from a distance of {begins:.2f} on its chances are flattened, by
  {slope:g} for each 1 of distance. The slope is one number in train.yaml, chosen with ravdess, emodb and
  emotiontts_ko left out in turn: it made the head as sure as right on average over these and over held-out
  speakers. tess and turev_tr had no part in it, and their rows show how far it carries.
- Words of under a second are not answered. Children, the old, the ill, and languages other than English, German and
  Korean are not in its training; Turkish was only measured, on single words.
- It abstains: silence, too short (under 1 s of speech), unfamiliar (distance over {alike:.2f}), unsure (top
  probability under {sure:.2f}). Temperature {temperature:.2f}. These come from inner folds by speaker.

## What was asked, and what came out
| | asked | measured | |
| --- | --- | --- | --- |
{goals}

"A third lower at 70 %" is missed where less than 65 % are answered, too, however few of the answers are wrong.
"An answer forced" counts every sound as if it had to be answered. "As a person meets it" counts what serving
abstains from as abstained: too short, unfamiliar, unsure. The corpora that it was not trained on are in both.

## Measured
`uar` is over eight classes where a group tells calm from neutral, else over the seven. `ece` and `error` are of
everything, `error_at_70` is of the surest 70 %, `coverage` and `selective_error` are at the threshold of doubt alone.
`ece_spoken` and `error_spoken` leave out what has less than a second of speech and is never answered (nearly all of
turev_tr); `served_of_spoken`, `served_error` and `served_ece` are with every reason to abstain, as a person meets it.
Shrinkage, temperature and thresholds are chosen in inner folds.

Rows with `changed` are of copies with a room's echo, a narrower band, noise at 10 to 35 dB, another gain and Opus at
24 kbit/s, by chance (corpora whose licence allows no derivatives are as they are). Rows with `foreign` are judged by
a head trained without that corpus.

{table}

Of all sounds {share:.0%} are answered, of those long enough {spoken:.0%}. Abstentions in this evaluation: {reasons}.
{baseline}
## {free}
**Licence of the weights:** {free_licence}. Commercial use allowed. **Trained on:** {free_corpora}.
Unfamiliar over {free_alike:.2f}, unsure under {free_sure:.2f}, temperature {free_temperature:.2f}.

It learned from ten speakers of German alone: everything else is foreign to it, and nearly everything else gets no
answer. It has no surprise and no calm in its training.

{free_table}

Abstentions in this evaluation: {free_reasons}.
"""

"""The card of a voice head, written from what an evaluation measured."""

from typing import Any

from models.emotion.head import Head

COLUMNS = (
    *("n", "uar", "uar_seven", "macro_f1", "ece", "ece_spoken", "coverage", "error", "selective_error"),
    *("error_spoken", "served_of_spoken", "served_error"),
)


def written(result: dict[str, Any], head: Head, command: str) -> str:
    """`result` as `evaluate.report` gives it, as Markdown."""
    metrics = result["metrics"]
    rows = {f"all ({result['protocol']})": {"n": result["n"], **metrics}, **result["by_group"]}
    if "changed" in result:
        rows |= {f"{name}, changed": values for name, values in result["changed"].items()}
    rows |= {f"foreign {name}": values for name, values in result.get("foreign", {}).items()}
    table = "\n".join(
        f"| {name} | " + " | ".join(str(values.get(column, "")) for column in COLUMNS) + " |"
        for name, values in rows.items()
    )
    fall = 1 - metrics["served_error"] / metrics["error_spoken"] if metrics["error_spoken"] else 0.0
    baseline = ""
    if "baseline" in result:
        honest, chance = result["baseline"]["honest"], result["baseline"]["random"]
        baseline = BASELINE.format(honest=honest, chance=chance, ours=result["by_group"]["corpus:ravdess"]["uar"])
    reasons = ", ".join(f"{name} {count}" for name, count in result["abstentions"].items())
    return TEMPLATE.format(
        name=head.card.name,
        licence=head.card.licence,
        commercial="allowed" if head.card.commercial else "not allowed",
        corpora=", ".join(head.card.trained_on),
        classes=", ".join(head.card.classes),
        temperature=head.temperature,
        sure=head.sure_from,
        alike=head.alike_to,
        header=" | ".join(COLUMNS),
        rule=" | ".join("---" for _ in COLUMNS),
        table=table,
        coverage=metrics["served_of_spoken"],
        before=metrics["error_spoken"],
        after=metrics["served_error"],
        fall=fall,
        reasons=reasons,
        baseline=baseline,
        command=command,
    )


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
**Trained on:** {corpora}. **Classes:** {classes}; calm is counted to neutral.

## What it is for
A tentative guess at the feeling in a voice note, one signal among others in a conversation, for adults who agreed
to it. Not for decisions about anybody, not for employers or schools, not for telling danger, illness or truth.
It reads mean and deviation over time of the stem and first four blocks of whisper-base and adds a linear head.

## What it does not know
- All its training sounds are acted or read, most in a studio. How people feel who do not act was never measured.
- A foreign corpus is hard: see the rows `foreign`, where a corpus is left out of training entirely. There it
  should say nothing (`served_of_spoken` small), and does so mostly, not always: tess is the exception. Corrections
  by the person count more than the guess.
- Words of under a second are not answered. Children, the old, the ill, and languages other than English, German,
  Korean and Turkish are not in the data; the sex of the Turkish speakers is not known.
- It abstains: silence, too short (under 1 s of speech), unfamiliar (distance over {alike:.2f}), unsure (top
  probability under {sure:.2f}). Temperature {temperature:.2f}. These come from inner folds by speaker.

## Measured
`uar` is over eight classes where a group tells calm from neutral, else over the seven. `ece` and `error` are of
everything, `coverage` and `selective_error` at the threshold of doubt alone. `ece_spoken` and `error_spoken` leave
out what has less than a second of speech and is never answered (nearly all of turev_tr); `served_of_spoken` and
`served_error` are with every reason to abstain, as a person meets it. Shrinkage, temperature and thresholds are
chosen in inner folds; tess (two speakers) and turev_tr have no say in temperature and thresholds.

Rows with `changed` are of copies with a room's echo, a narrower band, noise at 10 to 35 dB, another gain and Opus at
24 kbit/s, by chance (corpora whose licence allows no derivatives are as they are).

| group | {header} |
| --- | {rule} |
{table}

Of the sounds with at least a second of speech, {coverage:.0%} are answered; their error is {after:.3f} instead of
{before:.3f}, {fall:.0%} lower than if everything were answered.
Abstentions in this evaluation: {reasons}.
{baseline}"""

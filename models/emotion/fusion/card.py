"""The card of the pools, written from what an evaluation measured."""

from collections.abc import Sequence
from typing import Any

from models.emotion.fusion.pool import Pool
from models.emotion.labels import FEELINGS, SOURCES

SUBSET = ("n", "right", "accuracy", "uar", "macro_f1", "ece", "coverage", "torn", "selective_error")
BESIDE = ("n", "right", "best", "best_right", "there", "best_there", "gain", "gain_low", "gain_high")
LOST = ("n", "spoke", "without", "accuracy", "loss", "torn", "selective_error_without", "selective_error")
WITHIN = 0.02
"""Loss by noise that is borne."""


def written(found: Sequence[tuple[dict[str, Any], Pool]], command: str) -> str:
    """Results and pools, the first the one that is served, as Markdown."""
    return TEMPLATE.format(
        command=command,
        licences="\n".join(
            f"- `{pool.card.name}`: {pool.card.licence}. Commercial use {_allowed(pool)}." for _, pool in found
        ),
        pools="\n\n".join(_pool(pool) for _, pool in found),
        results="\n\n".join(_result(result) for result, _ in found),
    )


def _allowed(pool: Pool) -> str:
    return "allowed" if pool.card.commercial else "not allowed"


def _pool(pool: Pool) -> str:
    rows: dict[str, dict[str, Any]] = {
        source: {"weight": f"{pool.weight[place]:.2f}"}
        | {feeling: f"{value:.2f}" for feeling, value in zip(FEELINGS, pool.doubt[place], strict=True)}
        for place, source in enumerate(SOURCES)
    }
    return (
        f"### {pool.card.name}: weight, and doubt of each feeling\n{_table(rows, ('weight', *FEELINGS))}\n\n"
        f"Temperature {pool.temperature:.2f}; a question instead of a feeling from a strain of {pool.torn_from:.2f}."
    )


def _result(result: dict[str, Any]) -> str:
    subsets = {name: values for name, values in result["by_group"].items() if name.startswith("subset:")}
    several = {name: values for name, values in subsets.items() if "best" in values}
    noisy = {name: values for name, values in result["robustness"].items() if name.endswith("is noise")}
    others = {name: values for name, values in result["robustness"].items() if name not in noisy}
    parts = [f"### {result['model']}", f"{result['n']} moments {result['protocol']}.", _table(subsets, SUBSET)]
    parts += ["Beside the best single modality:", _table(several, BESIDE)]
    if noisy:
        worst, harder = (max(values["loss"] for values in each.values()) for each in (noisy, others))
        borne = "within" if worst <= WITHIN else "beyond"
        parts += [
            f"One modality replaced by noise; the greatest loss is {worst:.3f}, {borne} the {WITHIN} asked for:"
        ]
        parts += [_table(noisy, LOST)]
        parts += [f"One modality shows another feeling, as sure as ever; the greatest loss is {harder:.3f}:"]
        parts += [_table(others, LOST)]
    if "mixed" in result:
        mixed = ", ".join(f"{name} {value}" for name, value in result["mixed"].items())
        parts += [f"With other priors, gaps, contradictions and noise, as in learning: {mixed}."]
    for name in ("abstentions", "refused"):
        if result.get(name):
            counted = ", ".join(f"{why} {count}" for why, count in result[name].items())
            parts += [f"{name.capitalize()}: {counted}."]
    return "\n\n".join(parts)


def _table(rows: dict[str, dict[str, Any]], columns: Sequence[str]) -> str:
    return "\n".join(
        [
            "| | " + " | ".join(columns) + " |",
            "| --- | " + " | ".join("---" for _ in columns) + " |",
            *(
                f"| {name.removeprefix('subset:')} | "
                + " | ".join(str(values.get(column, "")) for column in columns)
                + " |"
                for name, values in rows.items()
            ),
        ]
    )


TEMPLATE = """# One feeling from words, voice and face

Written by `{command}`; edit the template, not this file.

## Licences of the numbers
{licences}

## What it is for
Several estimates of one moment become one tentative guess, or a question where they point to different feelings,
for adults who agreed to it. What is missing, or of which a reader abstained, has no part in it. One estimate alone
stays what it was. Not for decisions about anybody, and not for telling whether somebody lies: that face and words
differ is ordinary.

A log-linear pool: what a reader says is mixed with what it usually says, by its doubt of each feeling it names,
divided by what it usually says, raised to its weight, and multiplied with the others; one temperature. Doubts and
weights are learned. The strain is how far the two are apart that are furthest apart (Jensen-Shannon divergence, in
bits), times how little the pool settles it (1 minus its top probability). Temperature and the strain from which a
question is asked come from items that nothing else was learned from: there, the pool was wrong half of the time.

{pools}

## What it does not know
- **No real clips with several modalities were to be had.** RAVDESS came as sound only, with two fixed sentences;
  MELD as text only. The pools were learned from, and are judged below on, moments composed of a text (GoEmotions),
  a voice (RAVDESS; EmoDB for the open pool) and a face (FER+; muxspace for the open pool) of one feeling, of
  different people. **They prove nothing by themselves:** in them the three are independent given the feeling, which
  real ones are not; gains from pooling are larger here than in life. What is claimed is robustness alone.
- How often a modality misleads (another feeling, noise, a neutral item whatever is felt) was set by hand in
  `train.yaml`, because no data say it. The learned doubts follow from that.
- The voices are acted, the faces posed or from the web, the texts English. Korean and Turkish text heads were not
  heard.
- Certainty is that of single readers: their calibration on their own corpora is in their cards.

Real clips are judged by `heed evaluate fusion --data FOLDER`: index.csv with `id`, `person`, `label` (one of the
seven), `text` (words, or a .txt file), `voice`, `face` (files, several with `;` between) and `language`; text,
voice or face may be empty. What cannot be read is counted by name under `refused`, and the row goes on with the
rest.

## Measured
Items of which nothing was learned or calibrated, no person in two parts (texts name none, and pictures only by
being alike). Voices and the open pool's faces are judged by heads of other folds. `accuracy`, `uar`, `macro_f1` and
`ece` are of the moments in which anything was said, whether or not it disagreed; `right` is the share of all
moments guessed rightly, `coverage` of all that is answered, `torn` that in which a question is asked instead,
`selective_error` of what is answered. `there` and `best_there` are where the best single modality speaks; the
interval of the gain is by resampling people, or composed moments, which share items, so that it is too narrow. With
noise, only moments are counted in which the others say anything; `spoke` is how often the reader did not abstain of
it, `loss` what having it costs.

{results}

"""

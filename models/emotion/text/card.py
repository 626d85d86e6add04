"""The card of the text heads: every head on every held-out set of its language."""

from pathlib import Path
from typing import Any

from models.emotion.head import Card
from models.emotion.labels import FEELINGS
from models.emotion.text.blend import load
from models.emotion.text.corpus import Language, labelled
from models.emotion.text.predict import FILES, HEADS, Text
from models.encoder import read_learned
from models.weights.learned import Licence

SETS: dict[Language, tuple[str, ...]] = {
    "en": ("goemotions", "dair", "meld"),
    "ko": ("ko_single", "kote", "ko_short", "goemotions_ko"),
    "tr": ("tr_tweets",),
}
COLUMNS = (
    "macro_f1",
    "top_macro_f1",
    "accuracy",
    "uar",
    "ece",
    "coverage",
    "error",
    "selective_error",
    "six_accuracy",
)


def results(data: Path, natural: Path, weights: Path) -> list[tuple[str, dict[str, Any]]]:
    """(licences, report) of each head on the dev parts in `data` and on the natural Turkish sentences."""
    from models.emotion.text.evaluate import report

    found: list[tuple[str, dict[str, Any]]] = []
    licences: tuple[Licence, ...] = ("all", "open")
    for licence in licences:
        reader = Text(weights, licence)
        for language, names in SETS.items():
            shared = FILES["all"][language] == FILES["open"][language]
            if shared and licence == "open":
                continue
            paths = [data / name / "dev.jsonl.gz" for name in names]
            for path in (*paths, natural) if language == "tr" else paths:
                served = "all, open" if shared else licence
                found.append((served, report(labelled(path), reader, language)[0] | {"set": _name(path)}))
    return found


def written(found: list[tuple[str, dict[str, Any]]], command: str) -> str:
    """The card as Markdown."""
    lines = []
    for served, result in found:
        values = " | ".join(str(result["metrics"].get(column, "")) for column in COLUMNS)
        lines.append(f"| {result['model']} | {served} | {result['set']} | {result['n']} | {values} |")
    all_files = [files for languages in FILES.values() for files in languages.values()]
    cards = [load(HEADS / f"{files.head}.npz").card for files in all_files]
    cards += [Card.read(read_learned(HEADS / f"{files.adapter}.npz")[0]["card"]) for files in all_files]
    licences = sorted({(card.name, card.licence) for card in cards})
    feelings = [
        f"| {result['set']} | "
        + " | ".join(str(result["by_group"].get(f"feeling:{name}", {}).get("f1", "")) for name in FEELINGS)
        + " |"
        for served, result in found
        if "all" in served
    ]
    return TEMPLATE.format(
        command=command,
        licences="\n".join(f"- `{name}`: {licence}" for name, licence in licences),
        header=" | ".join(COLUMNS),
        rule=" | ".join("---" for _ in COLUMNS),
        rows="\n".join(lines),
        feelings=" | ".join(FEELINGS),
        feeling_rule=" | ".join("---" for _ in FEELINGS),
        feeling_rows="\n".join(feelings),
    )


def _name(path: Path) -> str:
    return path.parent.name if path.name.endswith(".gz") else path.stem


TEMPLATE = """# Feelings in text

Written by `{command}`; edit the template, not this file.

## Licences of the weights
{licences}

## What it is for
A tentative guess at the feeling in a message, one signal among others in a conversation, for adults who agreed to
it. Not for decisions about anybody, not for telling danger (a screen of its own does that first), illness or truth.
Adapters of multilingual-e5-small (low-rank additions, biases, normalisations; served in numpy, without torch) were
taught the words of the corpora: one in Korean (`text-korean-4`), one in all languages (`text-all-2`), one from open
data alone (`text-open-2`). Upon one of them each language has a head: the adapter's opinions and hashed pieces of
words (for `text-ko-4` of the letters that syllables are made of), weighed and calibrated on a tenth of the training
texts that nothing else had learned from. After that `text-korean-4` was taught its lesson anew from all of them, the
tenth too, and is served so. English is read upon the open one under either licence: it tells more of
GoEmotions than the one of all sets, though less of dair-ai/emotion, which that one learned from.

## What it does not know
- The labels come from Reddit comments, online comments, single lines out of a conversation, and tweets: not from
  people writing to a companion. Irony, quotations and names of feelings ("I'm not sad") mislead it.
- Sex, age and origin of the writers are not known for any set, so that error by these groups cannot be given.
- Disgust and fear are rare in GoEmotions and weak everywhere.
- `text-ko-4` chooses a feeling as single lines of a conversation are labelled (ko_single). Online comments (KOTE) it
  reads less well than `text-ko-open-2`, which chooses by them.
- Turkish: `tr_tweets` were collected by keyword, so a score on them says next to nothing. `turkish_feelings` are 200
  sentences written for this test before anything was trained, by one author: natural, but not messages of people.
  The Turkish head reads what the adapter learned in English and Korean (and, but for the open one, keyword tweets).

## How it is measured
Dev parts; the few texts that also stand in a training part are left out. GoEmotions' 28 labels are grouped as in its
paper, KOTE's 44 by a table of ours (`mapping.py`); both give several labels to a text. There, `macro_f1` guesses each
feeling whose probability, asked for by itself, reaches the threshold that held-out training texts chose for it, or
else the one that comes nearest; `accuracy` and `ece` ask whether the top guess is one of the labels, so that `ece` is
large where nearly every text has many (KOTE). Elsewhere `macro_f1` is that of the top guess, as `top_macro_f1` always
is. `coverage` and `selective_error` are at the threshold of doubt. `six_accuracy` leaves out neutral texts and the
guess neutral.

| head | licence | set | n | {header} |
| --- | --- | --- | --- | {rule} |
{rows}

How `text-ko-4` is put together was chosen among some thirty ways by this dev part of ko_single, all within .012, so
that its figures there are a little too good; their standard error is .008.

`six_accuracy` on ko_single stands beside the .9165 that the project happytalkplayer states for KcELECTRA on the six
feelings of a Korean single-turn set with its neutral lines left out. The two cannot be compared: its split is not
described, nor whether repeated texts were kept apart; its figure is close to its training accuracy (.9406), which
labels that a reader often disputes out of context make hard to explain for texts never seen; and a larger network
was fine-tuned whole. Ours is on texts whose hash holds them out, none of them in the training part.

F1 of each feeling (heads in use under licence all):

| set | {feelings} |
| --- | {feeling_rule} |
{feeling_rows}
"""

"""CARD.md, written from the figures that evaluations kept."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE / "results.json"
CARD = HERE / "CARD.md"
TEXT = HERE / "card.txt"


def keep(result: dict[str, Any], arguments: list[str]) -> None:
    """Keep `result` under its task and condition, with the command that made it, and write the card anew."""
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else {}
    shown = _command(arguments)
    condition = result.get("condition", "")
    hinted = "" if result.get("hinted", True) else ", language not given"
    corpora = ", ".join(group.removeprefix("corpus:") for group in result["by_group"] if group.startswith("corpus:"))
    name = " ".join(filter(None, (result["task"], corpora, condition))) + hinted
    kept[name] = {**result, "command": shown}
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    CARD.write_text(written(kept), encoding="utf-8")


def written(kept: dict[str, Any]) -> str:
    """The card: the text beside this file, and a table of every result."""
    parts = [TEXT.read_text(encoding="utf-8").rstrip(), "", "## Figures", ""]
    for name, result in kept.items():
        parts += [f"### {name}", "", f"`{result['command']}`, model {result['model']}", "", *_table(result), ""]
    return "\n".join(parts)


def _command(arguments: list[str]) -> str:
    """The command without the places of this machine."""
    shown = list(arguments)
    for option, place in (("--data", "DATA"), ("--weights", "WEIGHTS"), ("--synthesiser-url", "URL")):
        if option in shown:
            shown[shown.index(option) + 1] = place
    return " ".join(["python -m models.speech.evaluate", *shown])


def _table(result: dict[str, Any]) -> list[str]:
    columns = [name for name, value in result["metrics"].items() if not isinstance(value, bool | str)]
    rows = [("all", {"n": result["n"], **result["metrics"]}), *result["by_group"].items()]
    return [
        f"| group | n | {' | '.join(columns)} |",
        f"| --- | --- |{' --- |' * len(columns)}",
        *(
            f"| {group} | {found['n']} | {' | '.join(str(found.get(name, '')) for name in columns)} |"
            for group, found in rows
        ),
    ]

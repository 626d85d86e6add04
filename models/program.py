"""How a program of `models` ends: done, or one line on standard error and a code."""

import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from models.dataset import UnreadableData
from models.weights import WeightsError

FAILED = 1
WRONG = 2
EXTRA = {"librosa", "matplotlib", "onnx", "scipy", "sklearn", "torch"}
"""What the extra [train] brings, by the names that are imported."""
INSTALL = ".venv/bin/pip install -c constraints.txt -e '.[train]'"


def ended(work: Callable[[], object]) -> int:
    """Does `work`; returns the exit code: 0, 1 where weights or libraries are missing, 2 where the data are wrong."""
    try:
        work()
    except UnreadableData as unreadable:
        return _said(str(unreadable), WRONG)
    except WeightsError as missing:
        return _said(str(missing), FAILED)
    except ModuleNotFoundError as missing:
        name = (missing.name or "").split(".")[0]
        if name not in EXTRA:
            raise
        return _said(f"this needs {name}, of the extra [train]: {INSTALL}", FAILED)
    except OSError as error:
        return _said(f"{error.filename}: {error.strerror}", FAILED)
    except KeyboardInterrupt:
        return _said("interrupted; the same command goes on where it stopped", 130)
    return 0


def told(result: Mapping[str, Any], *, only_json: bool, also: str | None = None) -> None:
    """Prints what was measured, a line for all and for every group (also those below the key `also`), last the JSON
    object; or nothing else than that."""
    if not only_json:
        more = result[also] if also is not None else {}
        for name, values in {"all": result["metrics"], **result["by_group"], **more}.items():
            print(f"{name}: " + ", ".join(f"{key} {value}" for key, value in values.items()))
    print(json.dumps(result, ensure_ascii=False))


def _said(line: str, code: int) -> int:
    sys.stderr.write(f"heed: {line}\n")
    return code

"""The walls of the house: who may import whom, and what the bot never loads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEAVY = (
    "torch", "transformers", "librosa", "ctranslate2", "xllamacpp", "llama_cpp", "onnxruntime", "sklearn", "scipy",
    "pandas", "matplotlib", "faster_whisper", "hibari", "av", "soundfile", "soxr", "imageio_ffmpeg",
)  # fmt: skip
ABOVE = (
    "workers.turn",
    "workers.stages",
    "workers.sweeper",
    "workers.celery_app",
    "models.reply",
    "models.emotion",
    "models.speech",
)


def loaded_by(*modules: str) -> set[str]:
    """What a fresh process has loaded after importing these."""
    code = f"import sys, {', '.join(modules)}; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_floors_import_downwards_only() -> None:
    # In a process of its own: in this one it would set up logging anew and silence the tests that come after.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    checked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_bot_process_loads_no_model_and_nothing_of_the_workers_rooms() -> None:
    loaded = loaded_by("bot.telegram.run", "bot.playground.server")
    assert {name for name in loaded if name.split(".")[0] in HEAVY} == set()
    assert {name for name in loaded if name.startswith(ABOVE)} == set()


def test_the_danger_screen_is_light() -> None:
    loaded = loaded_by("models.danger")
    assert {name for name in loaded if name.split(".")[0] in (*HEAVY, "numpy", "sqlalchemy", "telegram")} == set()


def test_models_know_nothing_of_the_floors_above() -> None:
    loaded = loaded_by("models.danger", "models.words", "models.reply.composer", "models.weights")
    assert {name for name in loaded if name.split(".")[0] in {"bot", "workers", "telegram", "celery"}} == set()


def test_no_file_is_longer_than_one_can_hold_in_the_head() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for floor in ("bot", "workers", "models")
        for path in (ROOT / floor).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}

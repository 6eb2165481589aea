"""What recipes without a runner leave behind: a JSON of figures, and words on the screen."""

import json
from pathlib import Path
from typing import Any

import keras

from ._encoders import PaddedWords
from ._result import machine, today, versions, write_json
from ._run_options import RunOptions


def write_figures(options: RunOptions, name: str, title: str, figures: dict[str, Any]) -> None:
    """Prints the figures and writes them to `options.out`."""
    options.console.print(f"[bold]{name}[/]  {title}")
    for key, value in figures.items():
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        options.console.print(f"  {key}: {shown}", highlight=False, markup=False, soft_wrap=True)
    result = {
        "recipe": name,
        "kind": "show",
        "title": title,
        "backend": None,
        "seed": None,
        "date": today(),
        "figures": figures,
        "versions": versions(),
        "machine": machine(),
    }
    write_json(options.out / f"{name}.json", result)
    options.console.print(f"written  {options.out / name}.json", highlight=False)


def trained(recipe: str, runs: Path) -> tuple[keras.Model, PaddedWords]:
    """The model that a recipe on padded words has trained with seed 0, and its encoder.

    Raises:
        FileNotFoundError: If there is none.
    """
    folders = sorted(runs.glob(f"{recipe}-*-0"))
    if not folders:
        raise FileNotFoundError(f"no trained {recipe} in {runs}/: `python -m recipes run {recipe}`")
    model = keras.saving.load_model(folders[0] / "model.keras", compile=False)
    saved = json.loads((folders[0] / "encoder.json").read_text(encoding="utf-8"))
    return model, PaddedWords.from_config(saved["config"])

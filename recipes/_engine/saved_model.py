"""Storage of trained models and their encoders."""

import json
import warnings
from pathlib import Path
from typing import Any

import keras

from recipes._report.output_files import output_file

MODEL, ENCODER, INPUT = MODEL_FILES = ("model.keras", "encoder.json", "input.json")


def save_model(model: keras.Model, folder: Path) -> None:
    """Save the trained model of a run and replace an earlier one."""
    optimizer = getattr(model, "optimizer", None)  # missing in an uncompiled model
    variables = [*model.variables, *(optimizer.variables if optimizer else [])]
    size = sum(keras.ops.convert_to_numpy(variable).nbytes for variable in variables)
    with output_file(folder / MODEL, "the trained model", size, ending=".keras") as temporary:
        model.save(temporary)


def find_model(recipe: str, runs: Path, seed: int | None = None) -> Path:
    """Return the folder of the newest model of a recipe, for one seed or for any.

    Raises:
        FileNotFoundError: If there is no model.
    """
    models = [
        path
        for path in runs.glob(f"{recipe}-*-{'*' if seed is None else seed}/{MODEL}")
        # The pattern also matches recipes whose name starts with this name and a hyphen.
        if path.parent.name.rsplit("-", 2)[0] == recipe
    ]
    if not models:
        raise FileNotFoundError(
            f"no trained model of {recipe} in {runs}/: `python -m recipes run {recipe}` trains one"
        )
    return max(models, key=lambda path: path.stat().st_mtime).parent


def load_model(folder: Path) -> keras.Model:
    """Load the model of a run."""
    with warnings.catch_warnings():
        # The file of GloVe vectors is not needed: the model file contains the trained vectors.
        warnings.filterwarnings("ignore", message="GloVeEmbedding")
        return keras.saving.load_model(folder / MODEL, compile=False)


def load_encoder(folder: Path) -> Any:
    """Load the encoder of a text run."""
    from .encoders import ENCODERS

    saved = json.loads((folder / ENCODER).read_text(encoding="utf-8"))
    return ENCODERS[saved["encoder"]].from_config(saved["config"])

"""What an earlier run has left: its model and its encoder."""

import json
import warnings
from pathlib import Path
from typing import Any

import keras

from recipes._report.output_files import output_file

MODEL, ENCODER, INPUT = OUTCOME = ("model.keras", "encoder.json", "input.json")


def save_model(model: keras.Model, folder: Path) -> None:
    """The trained model of a run, in place of the one before."""
    optimizer = getattr(model, "optimizer", None)  # an uncompiled one has no such attribute
    variables = [*model.variables, *(optimizer.variables if optimizer else [])]
    size = sum(keras.ops.convert_to_numpy(variable).nbytes for variable in variables)
    with output_file(folder / MODEL, "the trained model", size, ending=".keras") as part:
        model.save(part)


def trained(recipe: str, runs: Path, seed: int | None = None) -> Path:
    """The folder of the newest model of a recipe, of one seed or of any.

    Raises:
        FileNotFoundError: There is none.
    """
    models = [
        path
        for path in runs.glob(f"{recipe}-*-{'*' if seed is None else seed}/{MODEL}")
        # Another recipe's name may begin with the whole of this one.
        if path.parent.name.rsplit("-", 2)[0] == recipe
    ]
    if not models:
        raise FileNotFoundError(
            f"no trained model of {recipe} in {runs}/: `python -m recipes run {recipe}` makes one"
        )
    return max(models, key=lambda path: path.stat().st_mtime).parent


def load_model(folder: Path) -> keras.Model:
    """The model of a run."""
    with warnings.catch_warnings():
        # The vectors of an embedding that GloVe began come from the file of the model.
        warnings.filterwarnings("ignore", message="GloVeEmbedding")
        return keras.saving.load_model(folder / MODEL, compile=False)


def load_encoder(folder: Path) -> Any:
    """The encoder of a run on texts."""
    from .encoders import ENCODERS

    saved = json.loads((folder / ENCODER).read_text(encoding="utf-8"))
    return ENCODERS[saved["encoder"]].from_config(saved["config"])

"""One backend's side of the comparison, in a process of its own.

    KERAS_BACKEND=jax python -m conformance.parity.worker write FOLDER float32
    KERAS_BACKEND=jax python -m conformance.parity.worker load FOLDER tensorflow torch

`write` leaves `FOLDER/jax/float32.npz`, with the outputs and gradients of every case, and
its models; `load` predicts with the models that other backends have written.
"""

import argparse
import json
import traceback
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from .cases import CASES, ParityCase
from .gradient import gradients

Arrays = dict[str, np.ndarray]


def model_of(case: ParityCase, dtype: str) -> keras.Model:
    """The model, with the same weights on every backend."""
    model = case.build(dtype)
    rng = np.random.default_rng(1)
    if not case.own_weights:
        for weight in model.trainable_variables:
            weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return model


def inputs_of(case: ParityCase, dtype: str) -> list[np.ndarray]:
    """The arrays of the case, the floats in `dtype`."""
    kinds = {"f": dtype, "i": "int32"}
    return [array.astype(kinds.get(array.dtype.kind, array.dtype)) for array in case.arrays]


def values(case: ParityCase, dtype: str, model: keras.Model) -> Arrays:
    """Outputs, and the gradients of a random projection of them."""
    arrays = inputs_of(case, dtype)
    floats = [position for position, array in enumerate(arrays) if array.dtype.kind == "f"]
    found: Arrays = {}
    for position, weight in enumerate(model.trainable_variables):
        found[f"weight {position}"] = ops.convert_to_numpy(weight.value)
    for position, output in enumerate(_outputs(model, arrays)):
        found[f"output {position}"] = ops.convert_to_numpy(output)
    _reset(model)

    def projected(tensors: list[object]) -> object:
        rng = np.random.default_rng(2)
        given = [ops.convert_to_tensor(array) for array in arrays]
        for position, tensor in zip(floats, tensors, strict=True):
            given[position] = tensor
        return sum(
            ops.sum(output * ops.convert_to_tensor(rng.normal(size=output.shape), output.dtype))
            for output in _outputs(model, given)
        )

    of_inputs, of_weights = gradients(
        projected, [arrays[position] for position in floats], model.trainable_variables
    )
    found.update({f"input gradient {i}": gradient for i, gradient in enumerate(of_inputs)})
    found.update({f"weight gradient {i}": gradient for i, gradient in enumerate(of_weights)})
    _reset(model)
    return found


def write(folder: Path, dtype: str) -> None:
    """Writes the values of all cases and, in float32, their models."""
    own = folder / keras.backend.backend()
    own.mkdir(parents=True, exist_ok=True)

    def one(case: ParityCase) -> Arrays:
        model = model_of(case, dtype)
        found = values(case, dtype, model)
        if dtype == "float32":
            model.save(own / f"{case.name}.keras")
        return found

    _collect(one, own / dtype)


def load(folder: Path, origin: str) -> None:
    """Writes what the models of the backend `origin` predict here."""

    def one(case: ParityCase) -> Arrays:
        model = keras.saving.load_model(folder / origin / f"{case.name}.keras")
        arrays = inputs_of(case, "float32")
        predicted = model.predict(arrays, batch_size=len(arrays[0]), verbose=0)
        outputs = predicted if isinstance(predicted, (list, tuple)) else [predicted]
        return {f"output {position}": output for position, output in enumerate(outputs)}

    _collect(one, folder / keras.backend.backend() / f"from {origin}")


def _outputs(model: keras.Model, arrays: list[object]) -> list[object]:
    outputs = model(arrays if len(arrays) > 1 else arrays[0])
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _reset(model: keras.Model) -> None:
    """A stateful layer begins again."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()


def _collect(one: Callable[[ParityCase], Arrays], path: Path) -> None:
    """All cases in one file; a case that fails leaves its traceback in another."""
    found: Arrays = {}
    failures: dict[str, str] = {}
    for case in CASES:
        try:
            found.update({f"{case.name}/{key}": value for key, value in one(case).items()})
        except Exception:
            failures[case.name] = traceback.format_exc()
    np.savez(path.with_name(f"{path.name}.npz"), **found)
    path.with_name(f"{path.name}.json").write_text(json.dumps(failures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mode", choices=("write", "load"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("what", nargs="+", help="dtypes to write, or backends to load from")
    options = parser.parse_args()
    for what in options.what:
        {"write": write, "load": load}[options.mode](options.folder, what)

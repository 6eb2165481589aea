"""Worker process of the parity tests for one backend.

    KERAS_BACKEND=jax python -m conformance.parity.worker write FOLDER float32
    KERAS_BACKEND=jax python -m conformance.parity.worker load FOLDER tensorflow torch

`write` saves the outputs and gradients of every case in `FOLDER/jax/float32.npz` and the models
next to it. `load` predicts with the models that other backends have saved.
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
    """Return the model with the same weights on every backend."""
    model = case.build(dtype)
    rng = np.random.default_rng(1)
    if not case.own_weights:
        for weight in model.trainable_variables:
            weight.assign(rng.normal(scale=0.7, size=weight.shape))
    return model


def inputs_of(case: ParityCase, dtype: str) -> list[np.ndarray]:
    """Return the input arrays of the case with floats cast to `dtype`."""
    kinds = {"f": dtype, "i": "int32"}
    return [array.astype(kinds.get(array.dtype.kind, array.dtype)) for array in case.arrays]


def values(case: ParityCase, dtype: str, model: keras.Model) -> Arrays:
    """Return the weights, the outputs and the gradients of a random projection of the outputs."""
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
        inputs = [ops.convert_to_tensor(array) for array in arrays]
        for position, tensor in zip(floats, tensors, strict=True):
            inputs[position] = tensor
        return sum(
            ops.sum(output * ops.convert_to_tensor(rng.normal(size=output.shape), output.dtype))
            for output in _outputs(model, inputs)
        )

    of_inputs, of_weights = gradients(
        projected, [arrays[position] for position in floats], model.trainable_variables
    )
    found.update({f"input gradient {i}": gradient for i, gradient in enumerate(of_inputs)})
    found.update({f"weight gradient {i}": gradient for i, gradient in enumerate(of_weights)})
    _reset(model)
    return found


def write(folder: Path, dtype: str) -> None:
    """Save the values of all cases and, in float32, their models."""
    target = folder / keras.backend.backend()
    target.mkdir(parents=True, exist_ok=True)

    def run_case(case: ParityCase) -> Arrays:
        model = model_of(case, dtype)
        found = values(case, dtype, model)
        if dtype == "float32":
            model.save(target / f"{case.name}.keras")
        return found

    _collect(run_case, target / dtype)


def load(folder: Path, origin: str) -> None:
    """Save the predictions of the models of the backend `origin` on this backend."""

    def run_case(case: ParityCase) -> Arrays:
        model = keras.saving.load_model(folder / origin / f"{case.name}.keras")
        arrays = inputs_of(case, "float32")
        if origin == keras.backend.backend():
            predicted = model.predict(arrays, batch_size=len(arrays[0]), verbose=0)
            outputs = predicted if isinstance(predicted, (list, tuple)) else [predicted]
        else:
            # `predict` compiles each model; the models saved on this backend cover that.
            outputs = [ops.convert_to_numpy(output) for output in _outputs(model, arrays)]
        return {f"output {position}": output for position, output in enumerate(outputs)}

    _collect(run_case, folder / keras.backend.backend() / f"from {origin}")


def _outputs(model: keras.Model, arrays: list[object]) -> list[object]:
    outputs = model(arrays if len(arrays) > 1 else arrays[0])
    return list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]


def _reset(model: keras.Model) -> None:
    """Reset the state of stateful layers."""
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()


def _collect(run_case: Callable[[ParityCase], Arrays], path: Path) -> None:
    """Save the arrays of all cases in an NPZ file and tracebacks of failed cases in a JSON file."""
    found: Arrays = {}
    failures: dict[str, str] = {}
    for case in CASES:
        try:
            found.update({f"{case.name}/{key}": value for key, value in run_case(case).items()})
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

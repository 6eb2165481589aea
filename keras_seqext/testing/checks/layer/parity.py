"""Checks of parity: every backend returns the same numbers.

Each check runs once per backend, each time in a separate process. The process of the first backend
stores its weights and results. The processes of the other backends load the weights and compare
their results with the stored results.
"""

import re
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs, to_numpy, to_tensors
from keras_seqext.testing.helpers import backend_exchange

Arrays = dict[str, Any]
LOW_PRECISION = {"mixed_float16": 2e-2, "mixed_bfloat16": 6e-2}
WEIGHT, RESULT = "weight ", "result "


@layer_check("core")
def parity_forward(ctx: Context) -> None:
    """With the same weights and inputs, every backend returns the same output.

    Why it matters: otherwise the predictions of a model change with the backend.
    Usual causes: a branch for a single backend; an operation whose defaults differ between
    backends, such as rounding, integer division, padding or the variance.
    """
    _compare(ctx, lambda layer: _numbered("output", ctx.run(layer, *ctx.inputs())), 1e-5)
    _not_applicable_on_first(ctx)


@layer_check("core", needs=("takes_mask",), after=("call_finite", "parity_forward"))
def parity_masked(ctx: Context) -> None:
    """Every backend returns the same output under masks with padding on either side.

    Why it matters: backends have their own kernels for padded sequences.
    Usual causes: a kernel for masks that are padded on the right is used for all masks.
    """
    x = ctx.sequence_input()

    def outputs(layer: Any) -> Arrays:
        arrays: Arrays = {}
        for name, mask in ctx.masks().items():
            for n, output in enumerate(ctx.run(layer, x, mask=mask)):
                steps = ctx.traits.keeps_time and output.shape[:2] == mask.shape
                # The value of the output at a masked step is not specified.
                arrays[f"output {n} under mask {name}"] = output[mask] if steps else output
        return arrays

    _compare(ctx, outputs, 1e-5)
    _not_applicable_on_first(ctx)


@layer_check("recommended", after=("call_finite", "parity_forward"), cost="medium")
def parity_grad(ctx: Context) -> None:
    """Every backend computes the same gradients with respect to the inputs and each weight.

    Why it matters: training diverges on another backend although the first losses are equal.
    Usual causes: a custom gradient for a single backend; a gradient that is undefined at ties or at
    zero and defined differently by each backend; `stop_gradient` in one branch.
    Reference: keras-team/keras #22697
    """
    if ctx.traits.nondifferentiable:
        raise NotApplicable("nondifferentiable is declared")

    def gradients(layer: Any) -> Arrays:
        inputs = ctx.inputs()
        _, by_inputs, by_weights = ctx.gradients(layer, *inputs)
        arrays = map(np.asarray, keras.tree.flatten(list(inputs)))
        shapes = [a.shape for a in arrays if a.dtype.kind == "f"]
        names = [f"gradient with respect to input {n}" for n in range(len(shapes))]
        for n, weight in enumerate(layer.trainable_variables):
            names.append(f"gradient with respect to weight {n} ({_relative(weight.path)})")
            shapes.append(tuple(weight.shape))
        # Where a gradient does not exist, some backends return None and some zero.
        return {
            name: np.zeros(shape) if gradient is None else gradient
            for name, shape, gradient in zip(names, shapes, [*by_inputs, *by_weights], strict=True)
        }

    _compare(ctx, gradients, 5e-5, by_largest=True)
    _not_applicable_on_first(ctx)


@layer_check("strict", after=("call_finite", "parity_forward"), cost="medium")
def parity_lowprec(ctx: Context) -> None:
    """In half precision every backend returns the same output, within that precision.

    Why it matters: large models run in half precision, and each backend has its own rules for
    accumulation in float32.
    Usual causes: sums, means or softmax computed in float16 on one backend.
    """
    arguments = ctx.inputs()
    if any(np.asarray(a).dtype.kind in "USO" for a in keras.tree.flatten(list(arguments))):
        raise NotApplicable("the input is a string")
    for policy, tolerance in LOW_PRECISION.items():

        def outputs(layer: Any) -> Arrays:
            found = keras.tree.flatten(ctx.call(layer, *arguments))
            floats = [o for o in found if "float" in keras.backend.standardize_dtype(o.dtype)]
            return _numbered("output", [to_numpy(o).astype("float32") for o in floats])

        _compare(ctx, outputs, tolerance, dtype=policy)
    _not_applicable_on_first(ctx)


@layer_check(
    "recommended",
    after=("call_finite", "parity_forward", "in_functional", "save_load"),
    cost="medium",
)
def save_cross_backend(ctx: Context) -> None:
    """A model file written on one backend can be loaded on another and predicts the same.

    Why it matters: models are trained on one backend and served on another.
    Usual causes: a config or weights that depend on the backend; weights in another order.
    """
    exchange = _exchange(ctx)
    layer = ctx.built()
    key = _key(ctx, "file")
    path = exchange.path(key, ".keras")
    flat = keras.tree.flatten(list(ctx.inputs()))
    if any(np.asarray(value).dtype.kind in "USO" for value in flat):
        raise NotApplicable("the input is a string, which only TensorFlow accepts in a model")
    if ctx.backend == exchange.first:
        inputs = [keras.Input(batch_shape=v.shape, dtype=str(v.dtype)) for v in flat]
        arguments = keras.tree.pack_sequence_as(list(ctx.inputs()), inputs)
        model = keras.Model(inputs, layer(*arguments, **ctx.sample.call_kwargs))
        model.save(path)
        exchange.write(key, _predictions(model, flat))
        raise NotApplicable(
            f"the file is written on {ctx.backend} and loaded on the other backends"
        )
    theirs = exchange.read(key)
    known = {type(layer).__name__: type(layer)}
    try:
        model = keras.saving.load_model(path, custom_objects=known, compile=False)
    except Exception as error:
        raise CheckFailure(
            f"the file written on {exchange.first} cannot be loaded on {ctx.backend}: "
            f"{type(error).__name__}: {error}"
        ) from error
    _close(ctx, _predictions(model, flat), theirs, exchange.first, 1e-5)


def _predictions(model: Any, flat: list[Any]) -> Arrays:
    tensors = list(to_tensors(tuple(flat)))
    return _numbered("output", flat_outputs(model(tensors[0] if len(tensors) == 1 else tensors)))


def _compare(
    ctx: Context,
    compute: Callable[[Any], Arrays],
    tolerance: float,
    by_largest: bool = False,
    **changes: Any,
) -> None:
    """Store the result of `compute(layer)` on the first backend; compare it on the others.

    With `by_largest`, an array is skipped if it is small on both backends compared with the largest
    array.
    """
    exchange = _exchange(ctx)
    layer = ctx.built(**changes)
    key = _key(ctx, str(changes))
    if ctx.backend == exchange.first:
        weights = {f"{WEIGHT}{_relative(w.path)}|{n}": w for n, w in enumerate(layer.weights)}
        arrays = {name: to_numpy(weight.value) for name, weight in weights.items()}
        exchange.write(key, {**arrays, **{RESULT + k: v for k, v in compute(layer).items()}})
        return
    stored = exchange.read(key)
    _take_weights(layer, stored, exchange.first, ctx.backend)
    theirs = {k[len(RESULT) :]: v for k, v in stored.items() if k.startswith(RESULT)}
    scale = max(1.0, _steps(ctx) / 8) ** 0.5
    mine = compute(layer)
    if by_largest:
        # A value that is zero in theory, such as the gradient of the bias of a key in attention, is
        # only rounding noise, so its own size is not a scale for the comparison.
        noise = 1e-6 * max((_size(array) for array in theirs.values()), default=0.0)
        zero = [name for name in mine if _size(mine[name]) <= noise >= _size(theirs.get(name, 0))]
        mine = {name: array for name, array in mine.items() if name not in zero}
        theirs = {name: array for name, array in theirs.items() if name not in zero}
    _close(ctx, mine, theirs, exchange.first, tolerance * scale)


def _take_weights(layer: Any, stored: Arrays, first: str, here: str) -> None:
    theirs = [
        (name[len(WEIGHT) :].rpartition("|")[0], array)
        for name, array in stored.items()
        if name.startswith(WEIGHT)
    ]
    mine = [(_relative(weight.path), weight) for weight in layer.weights]
    if len(mine) != len(theirs):
        raise CheckFailure(
            f"the layer has {len(theirs)} weights on {first} and {len(mine)} on {here}"
        )
    for n, ((name, weight), (their_name, array)) in enumerate(zip(mine, theirs, strict=True)):
        if (name, tuple(weight.shape)) != (their_name, array.shape):
            raise CheckFailure(
                f"weight {n} is {their_name} {array.shape} on {first} and {name} "
                f"{tuple(weight.shape)} on {here}"
            )
        weight.assign(array)


def _close(ctx: Context, mine: Arrays, theirs: Arrays, first: str, tolerance: float) -> None:
    if list(mine) != list(theirs):
        raise CheckFailure(
            f"{first} returns {list(theirs)}, but {ctx.backend} returns {list(mine)}"
        )
    for name, array in mine.items():
        ctx.close(array, theirs[name], tolerance, f"{name} on {ctx.backend}, on {first}")


def _size(array: Any) -> float:
    """Return the largest absolute value; infinity if a value is not finite."""
    sizes = np.abs(np.asarray(array, "float64"))
    return float(np.where(np.isfinite(sizes), sizes, np.inf).max(initial=0.0))


def _exchange(ctx: Context) -> backend_exchange.Exchange:
    exchange = backend_exchange.current()
    if exchange is None:
        raise NotApplicable("the check compares backends: pass at least two to --backends")
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    return exchange


def _not_applicable_on_first(ctx: Context) -> None:
    if ctx.backend == _exchange(ctx).first:
        raise NotApplicable(f"{ctx.backend} is the backend that the others are compared with")


def _key(ctx: Context, what: str) -> str:
    return "|".join((ctx.case.label, ctx.sample.name, ctx.check_name, str(ctx.seed), what))


def _numbered(what: str, arrays: list[Any]) -> Arrays:
    return {f"{what} {n}": array for n, array in enumerate(arrays)}


def _relative(path: str) -> str:
    """Return the path below the layer, without the numbers of automatic names."""
    parts = path.split("/")
    return "/".join(re.sub(r"_\d+$", "", part) for part in parts[1:] or parts)


def _steps(ctx: Context) -> int:
    axis = ctx.traits.time_axis
    return ctx.shape[axis] if ctx.traits.has_time and len(ctx.shape) > axis else 1

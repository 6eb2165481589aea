"""Checks of exported models: SavedModel, torch.export, LiteRT and ONNX."""

import importlib.util
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_seqext.testing import backends
from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import CheckFailure, NotApplicable, Skipped
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.compiling import (
    other_sizes,
    require_compilable,
    require_repeatable,
    run_or_fail,
)
from keras_seqext.testing.helpers.models import functional, run_model
from keras_seqext.testing.helpers.states import shared_layer

EXPORTED = 1e-4


@layer_check(
    "core", after=("call_finite", "jit_parity"), cost="slow", backends=("tensorflow", "jax")
)
def export_savedmodel(ctx: Context) -> None:
    """A SavedModel of the layer returns the same outputs as the layer, also for other sizes.

    Why it matters: a SavedModel serves a model without Python.
    Usual causes: a size of the traced inputs becomes a constant; Python in `call`.
    Reference: keras-team/keras 19048.
    """
    _export(ctx, any_time=True)


@layer_check("core", after=("call_finite", "jit_parity"), cost="slow", backends=("torch",))
def export_torch(ctx: Context) -> None:
    """A program from `torch.export` returns the outputs of the layer, also for other batch sizes.

    Why it matters: `torch.export` runs a model without Python, or compiles it ahead of time.
    Usual causes: the batch size of the traced inputs becomes a constant; Python in `call`.
    """
    _export(ctx, any_time=False)


@layer_check(
    "recommended", after=("call_finite", "export_savedmodel"), cost="slow", backends=("tensorflow",)
)
def export_litert(ctx: Context) -> None:
    """A LiteRT model of the layer returns the same outputs as the layer.

    Why it matters: phones and small devices run this format.
    Usual causes: an operation that LiteRT does not support; Python in `call`.
    """
    import tensorflow as tf

    if not hasattr(tf, "lite"):
        raise Skipped("this TensorFlow has no LiteRT interpreter")
    model, arrays, expected = _prepared(ctx)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.tflite"))
        run_or_fail("export", lambda: model.export(path, format="litert", verbose=False))
        interpreter = tf.lite.Interpreter(model_path=path)
        try:
            found = _run_litert(interpreter, arrays)
        except RuntimeError as error:
            if "Select TensorFlow op" in str(error):
                raise Skipped("the model needs the Flex delegate, which is not installed") from None
            raise
    ctx.close(_paired(found, expected), expected, EXPORTED, "LiteRT model, layer")


@layer_check(
    "recommended",
    after=("call_finite", "jit_parity"),
    cost="slow",
)
def export_onnx(ctx: Context) -> None:
    """An ONNX model of the layer returns the same outputs as the layer.

    Why it matters: most other runtimes read ONNX.
    Usual causes: an operation that ONNX does not support; Python in `call`.
    """
    writer = "onnxscript" if ctx.backend == "torch" else "tf2onnx"
    for name in ("onnx", "onnxruntime", writer):
        if importlib.util.find_spec(name) is None:
            raise Skipped(f"the check needs {name}, which is not installed")
    onnxruntime = importlib.import_module("onnxruntime")
    model, arrays, expected = _prepared(ctx)
    # Keras exports to ONNX only a model that was called.
    run_or_fail("calling a model of the layer", lambda: run_model(model, ctx.inputs()))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.onnx"))
        run_or_fail("export", lambda: model.export(path, format="onnx", verbose=False))
        session = onnxruntime.InferenceSession(path)
        names = [entry.name for entry in session.get_inputs()]
        found = session.run(None, dict(zip(names, arrays, strict=True)))
    ctx.close(_paired(found, expected), expected, EXPORTED, "ONNX model, layer")


def _prepared(ctx: Context) -> tuple[Any, list[Any], list[Any]]:
    """Return a model, the flat inputs of the sample and the outputs for them."""
    _require_exportable(ctx)
    layer = ctx.built()
    model = run_or_fail("calling the layer on a keras.Input", lambda: functional(ctx, layer))
    arrays = [np.asarray(value) for value in keras.tree.flatten(list(ctx.inputs()))]
    return model, arrays, ctx.run(layer, *ctx.inputs())


def _require_exportable(ctx: Context) -> None:
    require_compilable(ctx)
    require_repeatable(ctx)
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful, so its batch size is fixed")


def _export(ctx: Context, any_time: bool) -> None:
    """Export with unknown sizes; if that fails for the length, with unknown batch size only."""
    _require_exportable(ctx)
    calls = [ctx.inputs()]
    larger = other_sizes(ctx, steps=2 if any_time else 0)
    calls += [larger] if larger is not None else []
    try:
        _compare(ctx, calls, any_time)
    except _NotExported as error:
        if not any_time:
            raise CheckFailure(str(error)) from None
        # JAX cannot export a convolution of unknown length. The checks of shapes report a layer
        # that does not support an unknown length at all.
        rows = other_sizes(ctx, steps=0)
        try:
            _compare(ctx, [ctx.inputs(), *([] if rows is None else [rows])], False)
        except _NotExported as second:
            raise CheckFailure(str(second)) from None


class _NotExported(Exception):
    """The export itself failed."""


def _compare(ctx: Context, calls: list[tuple[Any, ...]], any_time: bool) -> None:
    layer = ctx.built()
    with tempfile.TemporaryDirectory() as folder:
        try:
            model = functional(ctx, layer, any_time=any_time)
            flat = [np.asarray(v) for v in keras.tree.flatten(list(calls[0]))]
            run = backends.current().exported(model, folder, flat)
        except (NotApplicable, Skipped):
            raise
        except Exception as error:
            text = " ".join(str(error).split())[:600]
            raise _NotExported(f"export failed: {type(error).__name__}: {text}") from error
        for arguments in calls:
            arrays = [np.asarray(v) for v in keras.tree.flatten(list(arguments))]
            # Without commas, which separate the two names of a comparison.
            shapes = " and ".join("x".join(map(str, array.shape)) for array in arrays)
            found = run_or_fail(f"the exported model for inputs of {shapes}", partial(run, *arrays))
            expected = ctx.run(shared_layer(ctx), *arguments)
            ctx.close(
                _paired(found, expected),
                expected,
                EXPORTED,
                f"exported model for inputs of {shapes}, layer",
            )


def _paired(found: list[Any], expected: list[Any]) -> list[Any]:
    """Return the outputs in the order of the layer, if an export has ordered them by name."""
    if len(found) != len(expected):
        return found
    if all(f.shape == e.shape for f, e in zip(found, expected, strict=True)):
        return found
    rest, ordered = list(found), []
    for array in expected:
        match = next((i for i, f in enumerate(rest) if f.shape == array.shape), 0)
        ordered.append(rest.pop(match))
    return ordered


def _run_litert(interpreter: Any, arrays: list[Any]) -> list[Any]:
    details = interpreter.get_input_details()
    for detail, array in zip(details, arrays, strict=True):
        interpreter.resize_tensor_input(detail["index"], array.shape)
    interpreter.allocate_tensors()
    for detail, array in zip(details, arrays, strict=True):
        interpreter.set_tensor(detail["index"], array.astype(detail["dtype"]))
    interpreter.invoke()
    return [interpreter.get_tensor(d["index"]) for d in interpreter.get_output_details()]

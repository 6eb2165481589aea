"""Checks of config, registration, build and dtype policy of a cell."""

import json
from typing import Any

import numpy as np

from keras_seqext.testing.contexts.cell import CellContext
from keras_seqext.testing.core.failure import NotApplicable, require, require_finite
from keras_seqext.testing.core.registry import cell_check
from keras_seqext.testing.core.tensors import dtype_of
from keras_seqext.testing.helpers.configs import description_of, layer_from_description

SAME = 1e-6
LOW = {"mixed_float16": 0.02, "mixed_bfloat16": 0.06}


@cell_check("core")
def config_roundtrip(ctx: CellContext) -> None:
    """A cell restored from its JSON config has the same config and returns the same outputs.

    Why it matters: an RNN layer saves its cell in its own config.
    Usual causes: an argument missing from `get_config`; a class that is not registered; a function
    or an array in the config.
    """
    cell = ctx.built()
    before = description_of(cell)
    other = layer_from_description(before, type(cell))
    after = description_of(other)
    texts = [json.dumps(content)[:300] for content in (before, after)]
    same = _plain(after) == _plain(before)
    require(same, f"the config of the restored cell is {texts[1]}; expected {texts[0]}")
    ctx.step(other, ctx.x(), ctx.states(other))
    shapes = [tuple(w.shape) for w in cell.weights]
    found = [tuple(w.shape) for w in other.weights]
    require(
        shapes == found, f"the weights of the restored cell have shapes {found}; expected {shapes}"
    )
    other.set_weights(cell.get_weights())
    states = ctx.states(cell)
    what = "restored cell, original"
    ctx.close(ctx.step(other, ctx.x(), states), ctx.step(cell, ctx.x(), states), SAME, what)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    parts = ("build_config", "compile_config")
    return {key: value for key, value in content.items() if key not in parts}


@cell_check("recommended", after=("construct",))
def registered_name(ctx: CellContext) -> None:
    """The class is registered with Keras under a package name.

    Why it matters: without registration `load_model` does not find the cell; in the default package
    `Custom` it may find another class of the same name.
    Usual causes: `@keras.saving.register_keras_serializable(package=...)` is missing.
    """
    import keras

    kind = type(ctx.new())
    if kind.__module__.split(".")[0] == "keras":
        return
    name = keras.saving.get_registered_name(kind)
    require(">" in name, f"{kind.__name__} is not registered with Keras")
    require(
        not name.startswith("Custom>"), f"the class is registered in the default package, as {name}"
    )
    require(
        keras.saving.get_registered_object(name) is kind,
        f"the registered name {name} belongs to another class",
    )


@cell_check("core")
def build_explicit(ctx: CellContext) -> None:
    """`build((batch, features))` creates the weights that a first call would create.

    Why it matters: a saved model is built from shapes before its weights are loaded.
    Usual causes: weights, or layers inside the cell, that are created in `call`.
    """
    lazy = ctx.new()
    ctx.step(lazy, ctx.x(), ctx.states(lazy))
    explicit = ctx.new()
    explicit.build((None, ctx.input_dim))
    expected = [(_tail(w.path), tuple(w.shape)) for w in lazy.weights]
    found = [(_tail(w.path), tuple(w.shape)) for w in explicit.weights]
    require(found == expected, f"`build` creates {found}, but a call creates {expected}")
    ctx.step(explicit, ctx.x(), ctx.states(explicit))
    count = len(explicit.weights)
    require(
        count == len(expected),
        f"after `build` and a call the cell has {count} weights; expected {len(expected)}",
    )


def _tail(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _under(ctx: CellContext, policy: str) -> Any:
    """Return a built cell under a policy, set globally or else in the config of the cell."""
    import keras

    keras.config.set_dtype_policy(policy)  # the runner restores it after the check
    cell = ctx.new()
    if cell.dtype_policy.name != policy:
        cell = ctx.new(dtype=policy)
    inner = list(keras.tree.flatten(getattr(cell, "cells", [])))
    if any(part.dtype_policy.name != policy for part in inner):
        raise NotApplicable("the cells inside set their own policies")
    ctx.step(cell, ctx.x(), ctx.states(cell))
    return cell


@cell_check("core")
def mixed_precision(ctx: CellContext) -> None:
    """Under a 16-bit policy, output and states are 16-bit, weights are float32, values are close.

    Why it matters: a state of another dtype breaks the loop over time, or runs it in float32.
    Usual causes: `dtype` is not passed to layers inside the cell; a float32 constant.
    """
    import keras

    cell = ctx.built()
    expected = ctx.step(cell, ctx.x(), ctx.states(cell))
    for policy, tolerance in LOW.items():
        low = _under(ctx, policy)
        low.set_weights(cell.get_weights())
        states = ctx.packed(low, [s.astype("float32") for s in keras.tree.flatten(ctx.states(low))])
        cast = keras.tree.map_structure(lambda s, t=low.compute_dtype: keras.ops.cast(s, t), states)
        result = low(keras.ops.cast(ctx.x(), low.compute_dtype), cast)
        for value in keras.tree.flatten(result):
            require(
                dtype_of(value) == low.compute_dtype,
                f"{policy}: an output or new state is {dtype_of(value)}; expected "
                f"{low.compute_dtype}",
            )
        for weight in low.weights:
            if "float" in str(weight.dtype):
                require(
                    dtype_of(weight) == "float32",
                    f"{policy}: {weight.path} is {dtype_of(weight)}; expected float32",
                )
        found = ctx.step(low, ctx.x(), cast)
        for value in found:
            require_finite(value, f"{policy}: an output or new state")
        scale = max(float(np.abs(value).max()) for value in expected)
        for value, wide in zip(found, expected, strict=True):
            error = float(np.abs(value - wide).max())
            require(
                error <= 2 * tolerance * scale,
                f"{policy}: an output or new state differs from float32 by {error:.3g}; the "
                f"largest value is {scale:.3g}",
            )

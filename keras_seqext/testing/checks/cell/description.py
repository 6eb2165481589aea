"""A cell is described by its config, built by `build`, and follows its dtype policy."""

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
    """Written as JSON and read again, the cell is the same, in its config and its numbers.

    Why it matters: an RNN layer saves its cell in its own config.
    Usual causes: an argument that `get_config` forgets; a class that is not registered; a
    function or an array in the config.
    """
    cell = ctx.built()
    before = description_of(cell)
    other = layer_from_description(before, type(cell))
    after = description_of(other)
    texts = [json.dumps(content)[:300] for content in (before, after)]
    same = _plain(after) == _plain(before)
    require(same, f"the config changed: {texts[0]} became {texts[1]}")
    ctx.step(other, ctx.x(), ctx.states(other))
    shapes = [tuple(w.shape) for w in cell.weights]
    found = [tuple(w.shape) for w in other.weights]
    require(shapes == found, f"the weights have shapes {found}, they had {shapes}")
    other.set_weights(cell.get_weights())
    states = ctx.states(cell)
    what = "made from the config, original"
    ctx.close(ctx.step(other, ctx.x(), states), ctx.step(cell, ctx.x(), states), SAME, what)


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    parts = ("build_config", "compile_config")
    return {key: value for key, value in content.items() if key not in parts}


@cell_check("recommended", after=("construct",))
def registered_name(ctx: CellContext) -> None:
    """The class is registered under the name of a package.

    Why it matters: without it `load_model` does not find the cell; under the default package
    `Custom` it may find another of the same name.
    Usual causes: `@keras.saving.register_keras_serializable(package=...)` is missing.
    """
    import keras

    kind = type(ctx.new())
    if kind.__module__.split(".")[0] == "keras":
        return
    name = keras.saving.get_registered_name(kind)
    require(">" in name, f"{kind.__name__} is not registered")
    require(not name.startswith("Custom>"), f"it is registered under the default package: {name}")
    require(
        keras.saving.get_registered_object(name) is kind,
        f"{name} is the name of another class as well",
    )


@cell_check("core")
def build_explicit(ctx: CellContext) -> None:
    """`build((batch, features))` makes the weights that a first call would make.

    Why it matters: a saved model is built from shapes before its weights are loaded.
    Usual causes: weights, or layers within the cell, that are made in `call`.
    """
    lazy = ctx.new()
    ctx.step(lazy, ctx.x(), ctx.states(lazy))
    explicit = ctx.new()
    explicit.build((None, ctx.input_dim))
    expected = [(_tail(w.path), tuple(w.shape)) for w in lazy.weights]
    found = [(_tail(w.path), tuple(w.shape)) for w in explicit.weights]
    require(found == expected, f"`build` makes {found}, a call makes {expected}")
    ctx.step(explicit, ctx.x(), ctx.states(explicit))
    count = len(explicit.weights)
    require(
        count == len(expected),
        f"after `build` and a call there are {count} weights, not {len(expected)}",
    )


def _tail(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _under(ctx: CellContext, policy: str) -> Any:
    """A built cell under a policy: the global one or, where the cell has its own, by its config."""
    import keras

    keras.config.set_dtype_policy(policy)  # put back after the check
    cell = ctx.new()
    if cell.dtype_policy.name != policy:
        cell = ctx.new(dtype=policy)
    inner = list(keras.tree.flatten(getattr(cell, "cells", [])))
    if any(part.dtype_policy.name != policy for part in inner):
        raise NotApplicable("the cells within have policies of their own")
    ctx.step(cell, ctx.x(), ctx.states(cell))
    return cell


@cell_check("core")
def mixed_precision(ctx: CellContext) -> None:
    """Under a 16-bit policy output and states are 16-bit, weights float32, numbers close.

    Why it matters: a state of another dtype breaks the loop over time, or makes it float32.
    Usual causes: `dtype` is not handed to layers within; a constant of float32.
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
                f"{policy}: an output or new state is {dtype_of(value)}, not {low.compute_dtype}",
            )
        for weight in low.weights:
            if "float" in str(weight.dtype):
                require(
                    dtype_of(weight) == "float32", f"{policy}: {weight.path} is {dtype_of(weight)}"
                )
        found = ctx.step(low, ctx.x(), cast)
        for value in found:
            require_finite(value, f"{policy}: an output or new state")
        scale = max(float(np.abs(value).max()) for value in expected)
        for value, wide in zip(found, expected, strict=True):
            error = float(np.abs(value - wide).max())
            require(
                error <= 2 * tolerance * scale,
                f"{policy}: off by {error:.3g}, with values up to {scale:.3g}",
            )

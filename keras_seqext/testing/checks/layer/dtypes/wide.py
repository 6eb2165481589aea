"""Check of float16 for inputs of usual size with many features."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.dtype_policies import rounded, with_policy
from keras_seqext.testing.helpers.resized_inputs import Attempt, attempt, resized, with_weights
from keras_seqext.testing.helpers.symbolic import built_symbolically

FEATURES = 1024
SIZE = 10.0
LARGEST = 3e4  # float16 ends at 65504
ALLOWED = 0.5  # of the norm; an overflow costs all of it, rounding far less


@layer_check("recommended", after=("mixed_float16",), cost="medium")
def wide_float16(ctx: Context) -> None:
    """Under `mixed_float16` the output is right for 1024 features of size 10.

    A new layer is built for that number of features, with its own initial weights.

    Why it matters: the sum of 1024 squares of 10 is above 65504, the largest number in float16. It
    becomes infinite, and a normalized output NaN or 0, as soon as activations grow in training.
    Usual causes: a norm, variance or sum of squares in the dtype of the input. Compute it in
    float32 and cast the result, as `keras.layers.LayerNormalization` does.
    """
    import keras

    if ctx.traits.random_inference or ctx.traits.stateful:
        raise NotApplicable("random_inference or stateful is declared")
    arguments = keras.tree.map_structure(_widened, resized(ctx, 2, None))
    if not any(np.asarray(v).dtype == np.float16 for v in keras.tree.flatten(arguments)):
        raise NotApplicable("no input is a float array with features")
    wide = with_policy(ctx, "float32")
    keras.utils.set_random_seed(ctx.seed)
    made = attempt(wide, lambda: built_symbolically(ctx, wide, arguments, "a symbolic call"))
    if made.error is not None:
        raise NotApplicable(f"the layer does not accept {FEATURES} features")
    half = with_policy(ctx, "mixed_float16")
    built_symbolically(ctx, half, arguments, "a symbolic call in mixed_float16")
    weights = [rounded(value, "float16") for value in wide.get_weights()]
    expected = _run(ctx, wide, weights, keras.tree.map_structure(_single, arguments))
    found = _run(ctx, half, weights, arguments)
    if expected.error is not None:
        raise NotApplicable(f"the layer does not accept {FEATURES} features")
    pairs = zip(
        found.get(f"calling the layer on {FEATURES} features").arrays,
        expected.value.arrays,
        strict=True,
    )
    for low, right in pairs:
        if right.dtype.kind == "f" and right.size and np.abs(right).max() < LARGEST:
            _require_near(low, right)


def _widened(value: Any) -> Any:
    """Return a float array of size 10 with 1024 features, in float16; other arrays as they are."""
    value = np.asarray(value)
    if value.dtype.kind != "f" or value.ndim < 2 or not value.shape[-1]:
        return value
    many = np.take(value, np.arange(FEATURES) % value.shape[-1], axis=-1)
    spread = np.random.default_rng(0).uniform(0.5, 1.5, many.shape)
    return (np.where(many < 0, -SIZE, SIZE) * spread).astype("float16")


def _single(value: Any) -> Any:
    return value.astype("float32") if value.dtype == np.float16 else value


def _run(ctx: Context, layer: Any, weights: list[Any], arguments: Any) -> Attempt:
    return with_weights(ctx, layer, weights, arguments)


def _require_near(low: Any, right: Any) -> None:
    require(
        np.isfinite(low).all(),
        f"with dtype='mixed_float16' the output for {FEATURES} features of size {SIZE:g} is not "
        f"finite: {int((~np.isfinite(low)).sum())} of {low.size} values. In float32 the largest is "
        f"{np.abs(right).max():.3g}: an intermediate result is above 65504",
    )
    error = float(np.linalg.norm(low.astype("float64") - right) / (np.linalg.norm(right) + 1e-6))
    require(
        error <= ALLOWED,
        f"with dtype='mixed_float16' the output for {FEATURES} features of size {SIZE:g} differs "
        f"by {error:.2g} of its norm from that in float32 (at most {ALLOWED:g} is allowed): an "
        "intermediate result is above 65504",
    )

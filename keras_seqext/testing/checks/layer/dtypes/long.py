"""Check of half precision for long sequences."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.helpers.dtype_policies import rounded, with_policy
from keras_seqext.testing.helpers.resized_inputs import (
    first_line,
    one_layer,
    resized,
    variable_length,
    with_weights,
)

STEPS = 600  # bfloat16 represents all integers only up to 256
ALLOWED = 0.2  # of the largest output; rounding costs the layers of this package about 0.02


@layer_check("recommended", after=("mixed_bfloat16", "length_change"), cost="medium")
def long_bfloat16(ctx: Context) -> None:
    """Under `mixed_bfloat16` the output for a long sequence is close to that in float32.

    Why it matters: bfloat16 cannot represent 257, so a position or a count in bfloat16 silently
    stops at 256.
    Usual causes: positions computed with `ops.arange(..., dtype=self.compute_dtype)`; a count or
    running sum of steps in the dtype of the input. Compute it in float32 and cast the result.
    """
    import keras

    length = variable_length(ctx)
    if ctx.traits.random_inference:
        raise NotApplicable("random_inference is declared")
    if ctx.traits.stateful:
        raise NotApplicable("stateful is declared")
    one = one_layer(ctx)
    layer = with_policy(ctx, "mixed_bfloat16")
    weights = [rounded(value, "bfloat16") for value in one.weights]
    errors = {}
    for steps in (length, STEPS):
        arguments = keras.tree.map_structure(
            lambda value: rounded(value, "bfloat16"), resized(ctx, 1, steps)
        )
        found = [with_weights(ctx, each, weights, arguments) for each in (layer, one.layer)]
        for attempt in found:
            if attempt.error is not None:
                why = first_line(attempt.error)
                raise NotApplicable(f"the layer rejects {steps} steps: {why}")
        errors[steps] = _error(*(attempt.value.arrays for attempt in found))
    require(
        errors[STEPS] <= ctx.tolerance(ALLOWED),
        f"for {STEPS} steps the output with dtype='mixed_bfloat16' differs by {errors[STEPS]:.2g} "
        f"of the largest output in float32 (at most {ctx.tolerance(ALLOWED):.2g} is allowed); for "
        f"{length} steps it differs by {errors[length]:.2g}",
    )


def _error(low: list[Any], high: list[Any]) -> float:
    """Return the largest error relative to the largest value."""
    pairs = zip(low, high, strict=True)
    floats = [(a, b) for a, b in pairs if b.dtype.kind == "f" and b.size]
    if not floats:
        raise NotApplicable("the layer has no float outputs")
    return max(float(np.abs(a - b).max() / (np.abs(b).max() + 1e-6)) for a, b in floats)

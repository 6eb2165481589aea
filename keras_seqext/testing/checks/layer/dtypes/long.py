"""Half precision over many steps."""

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

STEPS = 600  # bfloat16 knows the whole numbers up to 256 alone
ALLOWED = 0.2  # of the largest output; rounding alone costs a layer of ours a tenth of that


@layer_check("recommended", after=("mixed_bfloat16", "length_change"), cost="medium")
def long_bfloat16(ctx: Context) -> None:
    """Under `mixed_bfloat16` a long sequence gives about what it gives in float32.

    Why it matters: bfloat16 has no whole number between 256 and 258, so a position or a count
    that is kept in it stands still, from there on and without a word.
    Usual causes: positions made with `ops.arange(..., dtype=self.compute_dtype)`; a count or
    running sum of steps in the dtype of the input. Compute them in float32 and cast the result.
    """
    import keras

    length = variable_length(ctx)
    if ctx.traits.random_inference:
        raise NotApplicable("declared as random at inference")
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful")
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
                raise NotApplicable(f"it does not take {steps} steps: {why}")
        errors[steps] = _error(*(attempt.value.arrays for attempt in found))
    require(
        errors[STEPS] <= ctx.tolerance(ALLOWED),
        f"at {STEPS} steps the output with dtype='mixed_bfloat16' is off by {errors[STEPS]:.2g} of "
        f"the largest in float32 (allowed: {ctx.tolerance(ALLOWED):.2g}); at {length} steps by "
        f"{errors[length]:.2g}",
    )


def _error(low: list[Any], high: list[Any]) -> float:
    """The largest error in shares of the largest value."""
    pairs = zip(low, high, strict=True)
    floats = [(a, b) for a, b in pairs if b.dtype.kind == "f" and b.size]
    if not floats:
        raise NotApplicable("no output is a float")
    return max(float(np.abs(a - b).max() / (np.abs(b).max() + 1e-6)) for a, b in floats)

"""Check of noise: each row of a batch has its own."""

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.batch_rows import call_with
from keras_seqext.testing.helpers.resized_inputs import batch
from keras_seqext.testing.helpers.states import reset, shared_layer

ROWS = 16  # so many rows practically never have the same dropout mask by chance


@layer_check("recommended", after=("inference_pure",))
def noise_per_row(ctx: Context) -> None:
    """In training each row of a batch has its own noise.

    Why it matters: dropout that removes the same values from all rows regularises less, and its
    gradient is as noisy as that of a batch of one.
    Usual causes: the noise is drawn with shape `(features,)` or `(1, ...)` and broadcast; it is
    drawn once, when the layer is built.
    """
    import keras

    layer = shared_layer(ctx)
    if ctx.traits.shared_noise:
        raise NotApplicable("shared_noise is declared")
    if not ctx.traits.per_example:
        raise NotApplicable("per_example=False is declared")
    if getattr(layer, "noise_shape", None) is not None:
        raise NotApplicable("the layer has an explicit `noise_shape`")
    batch(ctx)
    alike = keras.tree.map_structure(lambda a: np.repeat(a[:1], ROWS, axis=0), ctx.inputs())

    weights = layer.get_weights()

    def outputs(training: bool) -> list[np.ndarray]:
        reset(layer)
        layer.set_weights(weights)  # resets the moving averages, but not the random seed
        found = flat_outputs(call_with(layer, alike, ctx.sample.call_kwargs, training))
        return [array for array in found if array.dtype.kind == "f" and array.shape[:1] == (ROWS,)]

    inference = outputs(False)
    noisy = [outputs(True) for _ in range(3)]
    if not inference or all(_equal(one, inference) for one in noisy):
        raise NotApplicable("the layer draws no random numbers in training")
    if all(_equal(one, noisy[0]) for one in noisy[1:]):
        # `seed_tracked` reports noise that is frozen.
        raise NotApplicable("the output in training is not random")
    shared = all(np.allclose(array, array[:1], atol=1e-6) for one in noisy for array in one)
    require(
        not shared,
        f"in three training calls, {ROWS} equal rows had equal outputs that differed between the "
        "calls: all rows have the same noise",
    )


def _equal(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(left, right, strict=True))

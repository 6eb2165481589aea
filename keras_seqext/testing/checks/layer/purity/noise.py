"""What noise is like: its own for each row."""

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import flat_outputs
from keras_seqext.testing.helpers.batch_rows import call_with
from keras_seqext.testing.helpers.resized_inputs import batch
from keras_seqext.testing.helpers.states import reset, shared_layer

ROWS = 16  # by chance alone, so many rows never lose the same numbers


@layer_check("recommended", after=("inference_pure",))
def noise_per_row(ctx: Context) -> None:
    """Each row of a batch gets noise of its own in training.

    Why it matters: dropout that takes the same numbers from all rows of a batch regularises less,
    and its gradient is as noisy as that of a batch of one.
    Usual causes: the noise is drawn with shape `(features,)` or `(1, ...)` and broadcast; it is
    drawn once when the layer is built.
    """
    import keras

    layer = shared_layer(ctx)
    if ctx.traits.shared_noise:
        raise NotApplicable("declared to give all rows the same noise")
    if not ctx.traits.per_example:
        raise NotApplicable("declared to let rows see each other")
    if getattr(layer, "noise_shape", None) is not None:
        raise NotApplicable("`noise_shape` says what shares its noise")
    batch(ctx)
    alike = keras.tree.map_structure(lambda a: np.repeat(a[:1], ROWS, axis=0), ctx.inputs())

    weights = layer.get_weights()

    def outputs(training: bool) -> list[np.ndarray]:
        reset(layer)
        layer.set_weights(weights)  # averages that training moves, but not the random seed
        found = flat_outputs(call_with(layer, alike, ctx.sample.call_kwargs, training))
        return [array for array in found if array.dtype.kind == "f" and array.shape[:1] == (ROWS,)]

    inert = outputs(False)
    noisy = [outputs(True) for _ in range(3)]
    if not inert or all(_equal(one, inert) for one in noisy):
        raise NotApplicable("the layer draws no random numbers in training")
    if all(_equal(one, noisy[0]) for one in noisy[1:]):
        raise NotApplicable("what it does in training is not random")  # or seed_tracked says so
    shared = all(np.allclose(array, array[:1], atol=1e-6) for one in noisy for array in one)
    require(
        not shared,
        f"{ROWS} equal rows come out equal in training, three times over, and yet differently "
        "each time: they share their noise",
    )


def _equal(left: list[np.ndarray], right: list[np.ndarray]) -> bool:
    return all(np.allclose(a, b, atol=1e-6) for a, b in zip(left, right, strict=True))

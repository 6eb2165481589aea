"""Check of the losses that a layer adds: they do not grow with the batch size."""

from typing import Any

import numpy as np

from keras_seqext.testing.contexts.layer import Context
from keras_seqext.testing.core.failure import NotApplicable, require
from keras_seqext.testing.core.registry import layer_check
from keras_seqext.testing.core.tensors import to_numpy
from keras_seqext.testing.helpers.batch_rows import Rows, call_with
from keras_seqext.testing.helpers.states import State, shared_layer

LARGEST = 1.5  # a mean is equal for repeated rows, and a sum is doubled


@layer_check("recommended", after=("inference_pure",))
def loss_per_example(ctx: Context) -> None:
    """A loss that the layer adds does not grow if each row of the batch is repeated.

    Why it matters: the loss of a model is a mean over the batch. A penalty that is a sum has
    another weight for each batch size, and for the last, smaller batch.
    Usual causes: `self.add_loss(ops.sum(...))` of values with a row per example. Take the mean over
    the batch.
    Reference: keras.layers.Layer.add_loss
    """
    if not ctx.traits.per_example:
        raise NotApplicable("per_example=False is declared")
    if ctx.traits.stateful:
        raise NotApplicable("the layer is stateful: its batch size is fixed")
    layer = shared_layer(ctx)
    training = not ctx.traits.random_training
    rows = Rows(ctx)
    once = _losses(layer, rows.reordered(np.arange(rows.count)), training)
    if not once:
        raise NotApplicable("the layer adds no loss")
    twice = _losses(layer, rows.reordered(np.arange(2 * rows.count) % rows.count), training)
    for number, (before, after) in enumerate(zip(once, twice, strict=False)):
        require(
            abs(after) <= LARGEST * abs(before) + 1e-6,
            f"loss {number} is {before:.6g} for {rows.count} rows, and {after:.6g} if each row is "
            "repeated: it is a sum over the batch",
        )


def _losses(layer: Any, call: tuple[Any, Any], training: bool) -> list[float]:
    state = State(layer)
    call_with(layer, *call, training)
    found = [float(np.sum(to_numpy(loss))) for loss in layer.losses]
    state.restore()
    return found

"""Planted bugs for the checks of padded rows."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Pool, SameShapeWithMask, expanded_mask


class PaddedLength(Pool):
    """Divides a sum by the padded length."""

    def pool(self, x, keep):
        return ops.sum(ops.where(keep, x, 0), axis=1) / ops.cast(ops.shape(x)[1], x.dtype)


class LastIndex(Pool):
    """Returns the last step of the row, which is 0 if it is masked."""

    def pool(self, x, keep):
        return ops.where(keep, x, 0)[:, -1]


class FirstIndex(Pool):
    """Returns the first step of the row, which is 0 if it is masked."""

    def pool(self, x, keep):
        return ops.where(keep, x, 0)[:, 0]


class PositionInPaddedRow(SameShapeWithMask):
    """Weights each step by its position in the padded row."""

    def call(self, inputs, mask=None):
        steps = ops.cast(ops.arange(ops.shape(inputs)[1]), inputs.dtype)
        weighted = inputs / ops.reshape(steps + 1, (1, -1, 1))
        return weighted if mask is None else ops.where(expanded_mask(mask, inputs), weighted, 0)


@keras.saving.register_keras_serializable(package="planted_bugs")
class IgnoresMaskWhenPooled(keras.layers.SimpleRNN):
    """Returns the last padded step with `return_sequences=False`."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if mask is None or self.return_sequences:
            return super().call(sequences, initial_state, mask, training)
        return super().call(ops.where(expanded_mask(mask, sequences), sequences, 0), initial_state)


PLANTED_BUGS = [
    PlantedBug("pad_right", PaddedLength, also_fails=("pad_left", "pool_respects_mask")),
    PlantedBug("pad_right", LastIndex, also_fails=("pool_respects_mask",)),
    PlantedBug(
        "pad_right",
        lambda: IgnoresMaskWhenPooled(3, return_sequences=True),
        also_fails=("pad_left",),
    ),
    PlantedBug("pad_left", FirstIndex),
    PlantedBug("pad_left", PositionInPaddedRow),
]

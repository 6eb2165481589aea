"""Broken layers for `masking_padding`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import KeepsSteps, Pool, keep_of


class PaddedLength(Pool):
    """A mean over the padded length."""

    def pool(self, x, keep):
        return ops.sum(ops.where(keep, x, 0), axis=1) / ops.cast(ops.shape(x)[1], x.dtype)


class LastIndex(Pool):
    """The last step of the row, padding or not, zero where it is masked."""

    def pool(self, x, keep):
        return ops.where(keep, x, 0)[:, -1]


class FirstIndex(Pool):
    """The first step of the row, padding or not, zero where it is masked."""

    def pool(self, x, keep):
        return ops.where(keep, x, 0)[:, 0]


class CountsFromTheEdge(KeepsSteps):
    """Weighs each step by its place in the padded row."""

    def call(self, inputs, mask=None):
        steps = ops.cast(ops.arange(ops.shape(inputs)[1]), inputs.dtype)
        weighed = inputs / ops.reshape(steps + 1, (1, -1, 1))
        return weighed if mask is None else ops.where(keep_of(mask, inputs), weighed, 0)


@keras.saving.register_keras_serializable(package="plants")
class PooledModeForgets(keras.layers.SimpleRNN):
    """With `return_sequences=False` it takes the last step of the padded row."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if mask is None or self.return_sequences:
            return super().call(sequences, initial_state, mask, training)
        return super().call(ops.where(keep_of(mask, sequences), sequences, 0), initial_state)


PLANTED_BUGS = [
    PlantedBug("pad_right", PaddedLength, also_fails=("pad_left", "pool_respects_mask")),
    PlantedBug("pad_right", LastIndex, also_fails=("pool_respects_mask",)),
    PlantedBug(
        "pad_right", lambda: PooledModeForgets(3, return_sequences=True), also_fails=("pad_left",)
    ),
    PlantedBug("pad_left", FirstIndex),
    PlantedBug("pad_left", CountsFromTheEdge),
]

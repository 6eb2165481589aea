"""Planted bugs for the checks of batch sizes."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class SqueezesAllAxes(Base):
    """Removes the batch axis of a single row."""

    def call(self, inputs):
        return ops.squeeze(ops.mean(inputs, axis=1, keepdims=True))


@keras.saving.register_keras_serializable(package="planted_bugs")
class MaximumOverRows(Base):
    """Computes a maximum over the rows, which fails for an empty batch."""

    def call(self, inputs):
        return inputs + 0.0 * ops.max(inputs, axis=0, keepdims=True)


@keras.saving.register_keras_serializable(package="planted_bugs")
class MultipliesBatchSize(Base):
    """Multiplies the batch size by the length, which fails if it is unknown."""

    def call(self, inputs):
        return ops.reshape(inputs, (-1, inputs.shape[2]))

    def compute_output_shape(self, input_shape):
        return (input_shape[0] * input_shape[1], input_shape[2])


PLANTED_BUGS = [
    PlantedBug("batch_one", SqueezesAllAxes, also_fails=("dynamic_time",)),
    PlantedBug("batch_zero", MaximumOverRows, also_fails=("batch_leak",)),
    PlantedBug(
        "dynamic_batch", MultipliesBatchSize, also_fails=("compute_output_shape", "dynamic_time")
    ),
]

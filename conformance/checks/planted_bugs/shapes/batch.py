"""Broken layers for `shapes_batch`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Base


@keras.saving.register_keras_serializable(package="plants")
class SqueezesEveryAxis(Base):
    """Loses the batch axis of one row."""

    def call(self, inputs):
        return ops.squeeze(ops.mean(inputs, axis=1, keepdims=True))


@keras.saving.register_keras_serializable(package="plants")
class TakesTheLargestRow(Base):
    """Takes the largest of no rows."""

    def call(self, inputs):
        return inputs + 0.0 * ops.max(inputs, axis=0, keepdims=True)


@keras.saving.register_keras_serializable(package="plants")
class MultipliesTheBatch(Base):
    """Lists the steps of all rows; an unknown batch size cannot be multiplied."""

    def call(self, inputs):
        return ops.reshape(inputs, (-1, inputs.shape[2]))

    def compute_output_shape(self, input_shape):
        return (input_shape[0] * input_shape[1], input_shape[2])


PLANTED_BUGS = [
    PlantedBug("batch_one", SqueezesEveryAxis, also_fails=("dynamic_time",)),
    PlantedBug("batch_zero", TakesTheLargestRow, also_fails=("batch_leak",)),
    PlantedBug(
        "dynamic_batch", MultipliesTheBatch, also_fails=("compute_output_shape", "dynamic_time")
    ),
]

"""Broken layers for `shapes_batch`."""

import keras
from keras import ops

from . import Plant
from .shapes import Base


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


PLANTS = [
    Plant("batch_one", SqueezesEveryAxis, kin=("dynamic_time",)),
    Plant("batch_zero", TakesTheLargestRow, kin=("batch_leak",)),
    Plant("dynamic_batch", MultipliesTheBatch, kin=("compute_output_shape", "dynamic_time")),
]

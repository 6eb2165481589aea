"""Planted bugs for the checks of sequence lengths."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class DividesByBuildLength(keras.layers.Layer):
    """Divides a sum by the length that it was built for."""

    def build(self, input_shape):
        self.steps = input_shape[1]

    def call(self, inputs):
        return ops.sum(inputs, axis=1) / (self.steps or inputs.shape[1])


@keras.saving.register_keras_serializable(package="planted_bugs")
class WeightPerStep(keras.layers.Layer):
    """Creates a weight per step, so it supports a single length."""

    def build(self, input_shape):
        self.table = self.add_weight(shape=(input_shape[1], input_shape[2]), name="table")

    def call(self, inputs):
        return inputs + self.table


@keras.saving.register_keras_serializable(package="planted_bugs")
class UnbiasedVariance(Base):
    """Divides by `steps - 1`."""

    def call(self, inputs):
        centred = inputs - ops.mean(inputs, axis=1, keepdims=True)
        return ops.sum(ops.square(centred), axis=1) / (ops.shape(inputs)[1] - 1)


@keras.saving.register_keras_serializable(package="planted_bugs")
class LastStep(Base):
    """Takes the last step, which an empty sequence does not have."""

    def call(self, inputs):
        return inputs[:, -1]


@keras.saving.register_keras_serializable(package="planted_bugs")
class DoublesLength(Base):
    """Doubles the length in its shape, which fails if it is unknown."""

    def call(self, inputs):
        return ops.repeat(inputs, 2, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[1] * 2, input_shape[2])


@keras.saving.register_keras_serializable(package="planted_bugs")
class AssumesSevenSteps(Base):
    """Divides by 7 if the length is unknown, as in a graph."""

    def call(self, inputs):
        return ops.sum(inputs, axis=1) / (inputs.shape[1] or 7)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


PLANTED_BUGS = [
    PlantedBug("length_change", DividesByBuildLength),
    PlantedBug("length_change", WeightPerStep, also_fails=("weights_count_linear",)),
    PlantedBug("length_one", UnbiasedVariance, also_fails=("dynamic_time",)),
    PlantedBug("length_zero", LastStep, backends=("tensorflow", "torch")),
    PlantedBug("dynamic_time", DoublesLength, also_fails=("compute_output_shape",)),
    PlantedBug("dynamic_time_traced", AssumesSevenSteps, backends=("tensorflow",)),
]

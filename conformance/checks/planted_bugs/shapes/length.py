"""Broken layers for `shapes_length`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Base


@keras.saving.register_keras_serializable(package="plants")
class DividesByTheFirstLength(keras.layers.Layer):
    """A mean over as many steps as it was built for."""

    def build(self, input_shape):
        self.steps = input_shape[1]

    def call(self, inputs):
        return ops.sum(inputs, axis=1) / (self.steps or inputs.shape[1])


@keras.saving.register_keras_serializable(package="plants")
class AWeightForEachStep(keras.layers.Layer):
    """Fits no other length."""

    def build(self, input_shape):
        self.table = self.add_weight(shape=(input_shape[1], input_shape[2]), name="table")

    def call(self, inputs):
        return inputs + self.table


@keras.saving.register_keras_serializable(package="plants")
class UnbiasedVariance(Base):
    """Divides by `steps - 1`."""

    def call(self, inputs):
        centred = inputs - ops.mean(inputs, axis=1, keepdims=True)
        return ops.sum(ops.square(centred), axis=1) / (ops.shape(inputs)[1] - 1)


@keras.saving.register_keras_serializable(package="plants")
class TakesTheLastStep(Base):
    """Which there need not be."""

    def call(self, inputs):
        return inputs[:, -1]


@keras.saving.register_keras_serializable(package="plants")
class DoublesTheLength(Base):
    """An unknown length cannot be doubled."""

    def call(self, inputs):
        return ops.repeat(inputs, 2, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[1] * 2, input_shape[2])


@keras.saving.register_keras_serializable(package="plants")
class TakesSevenForUnknown(Base):
    """Right when called, wrong in a graph."""

    def call(self, inputs):
        return ops.sum(inputs, axis=1) / (inputs.shape[1] or 7)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


PLANTED_BUGS = [
    PlantedBug("length_change", DividesByTheFirstLength),
    PlantedBug("length_change", AWeightForEachStep, also_fails=("weights_count_linear",)),
    PlantedBug("length_one", UnbiasedVariance, also_fails=("dynamic_time",)),
    PlantedBug("length_zero", TakesTheLastStep, backends=("tensorflow", "torch")),
    PlantedBug("dynamic_time", DoublesTheLength, also_fails=("compute_output_shape",)),
    PlantedBug("dynamic_time_traced", TakesSevenForUnknown, backends=("tensorflow",)),
]

"""Planted bugs for the check of initial values."""

import keras

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

from .basics import UNITS


@registered
class OneInitializer(keras.layers.Layer):
    """Initializes three weights with one initializer object without a seed."""

    def build(self, input_shape):
        initializer = keras.initializers.GlorotUniform()
        self.kernels = [
            self.add_weight(
                shape=(input_shape[-1], UNITS), initializer=initializer, name=f"kernel_{gate}"
            )
            for gate in "zrh"
        ]

    def call(self, inputs):
        update, reset, state = (inputs @ kernel for kernel in self.kernels)
        return keras.ops.sigmoid(update) * state + keras.ops.sigmoid(reset)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], UNITS)


PLANTED_BUGS = [PlantedBug("initial_weights_differ", OneInitializer)]

"""Planted bugs for the checks of standard arguments."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.construction.basics import registered

from .basics import UNITS, Projection


@registered
class IgnoresInitializer(Projection):
    """Stores the initializer and creates its kernel with the default."""

    def __init__(self, kernel_initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


@registered
class SwapsInitializers(Projection):
    """Creates the bias with the initializer of the kernel."""

    def __init__(self, kernel_initializer="glorot_uniform", bias_initializer="zeros", **kwargs):
        super().__init__(**kwargs)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            shape=(input_shape[-1], UNITS), name="kernel", initializer=self.kernel_initializer
        )
        self.bias = self.add_weight(
            shape=(1, UNITS), name="bias", initializer=self.kernel_initializer
        )

    def call(self, inputs):
        return super().call(inputs) + self.bias

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }


@registered
class AlwaysHasBias(Projection):
    """Accepts `use_bias` and always has a bias."""

    def __init__(self, use_bias=True, **kwargs):
        super().__init__(**kwargs)
        self.use_bias = use_bias

    def build(self, input_shape):
        super().build(input_shape)
        self.bias = self.add_weight(shape=(UNITS,), name="bias")

    def call(self, inputs):
        return super().call(inputs) + self.bias

    def get_config(self):
        return {**super().get_config(), "use_bias": self.use_bias}


@registered
class IgnoresActivation(Projection):
    """Accepts an activation and remains linear."""

    def __init__(self, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def get_config(self):
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "activation": activation}


@registered
class IgnoresDropout(Projection):
    """Accepts a dropout rate and drops nothing."""

    def __init__(self, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.dropout = dropout

    def call(self, inputs, training=False):
        return ops.matmul(inputs, self.kernel)

    def get_config(self):
        return {**super().get_config(), "dropout": self.dropout}


PLANTED_BUGS = [
    PlantedBug("initializer_used", IgnoresInitializer),
    PlantedBug("initializer_used", SwapsInitializers),
    PlantedBug("option_used", AlwaysHasBias),
    PlantedBug("option_used", IgnoresActivation),
    PlantedBug("option_used", IgnoresDropout),
]

"""Layers with one obvious bug each, for tests of messages and reports."""

import os
import signal

import keras
from keras import ops

from keras_seqext.testing import LayerCase, Sample

registered = keras.saving.register_keras_serializable(package="broken_layers")
SEQUENCE = Sample("sequence", shape=(4, 7, 6))


@registered
class NotANumber(keras.layers.Layer):
    """Returns NaN above a limit."""

    def __init__(self, limit=0.5, **kwargs):
        super().__init__(**kwargs)
        self.limit = limit

    def call(self, inputs):
        print("a layer may print")
        return ops.where(inputs > self.limit, float("nan"), inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "limit": self.limit}


@registered
class ForgetsLimit(NotANumber):
    """The config does not contain the limit."""

    def get_config(self):
        config = super().get_config()
        del config["limit"]
        return config


@registered
class MoreOnJax(keras.layers.Layer):
    """Returns values that are 2 % larger on JAX."""

    def call(self, inputs):
        return inputs * (1.02 if keras.backend.backend() == "jax" else 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class EndsTheProcess(keras.layers.Layer):
    """Kills the process, as a bug in an extension module does."""

    def call(self, inputs):
        os.kill(os.getpid(), signal.SIGSEGV)


def doubled(units=3):
    """Return a layer with twice as many units."""
    return keras.layers.Dense(2 * units)


BUILT = keras.layers.Dense(3)
BUILT.build((None, 6))
NUMBERS = [1, 2]
NOTHING = 3
NAN = LayerCase(NotANumber, samples=[SEQUENCE])
CASES = [
    LayerCase(lambda: keras.layers.Dense(3), name="Dense", samples=[SEQUENCE]),
    LayerCase(MoreOnJax, samples=[SEQUENCE]),
]

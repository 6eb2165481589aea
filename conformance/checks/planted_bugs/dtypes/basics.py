"""Broken layers for `dtypes`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.shapes.basics import Base


@keras.saving.register_keras_serializable(package="plants")
class CastsTheKernel(keras.layers.Layer):
    """To the dtype of the input, which cuts it to integers for an integer input."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))


@keras.saving.register_keras_serializable(package="plants")
class ReturnsFloat32(Base):
    """Whatever it was given."""

    def call(self, inputs):
        return ops.cast(inputs, "float32")


@keras.saving.register_keras_serializable(package="plants")
class Float32Inside(Base):
    """Announces the dtype that it was given, and has rounded on the way."""

    def call(self, inputs):
        return ops.cast(ops.tanh(ops.cast(inputs, "float32")), self.compute_dtype)


@keras.saving.register_keras_serializable(package="plants")
class SwallowsAutocast(Base):
    """Takes `autocast` and drops it."""

    def __init__(self, **kwargs):
        kwargs.pop("autocast", None)
        super().__init__(**kwargs)


LOW = ("mixed_bfloat16", "mixed_float16", "bfloat16")
PLANTED_BUGS = [
    PlantedBug("int_input", CastsTheKernel),
    PlantedBug("float64", ReturnsFloat32, also_fails=LOW, backends=("tensorflow", "torch")),
    PlantedBug("float64_precision", Float32Inside, backends=("tensorflow",)),
    PlantedBug("autocast_off", SwallowsAutocast),
]

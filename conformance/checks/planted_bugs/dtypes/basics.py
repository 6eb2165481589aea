"""Planted bugs for the checks of dtypes."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.shapes.basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class CastsKernel(keras.layers.Layer):
    """Casts its kernel to the dtype of the input, which truncates it for integers."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, ops.cast(self.kernel, inputs.dtype))


@keras.saving.register_keras_serializable(package="planted_bugs")
class ReturnsFloat32(Base):
    """Returns float32 for every dtype."""

    def call(self, inputs):
        return ops.cast(inputs, "float32")


@keras.saving.register_keras_serializable(package="planted_bugs")
class Float32Inside(Base):
    """Rounds to float32 inside and returns the declared dtype."""

    def call(self, inputs):
        return ops.cast(ops.tanh(ops.cast(inputs, "float32")), self.compute_dtype)


@keras.saving.register_keras_serializable(package="planted_bugs")
class IgnoresAutocast(Base):
    """Accepts `autocast` and ignores it."""

    def __init__(self, **kwargs):
        kwargs.pop("autocast", None)
        super().__init__(**kwargs)


LOW = ("mixed_bfloat16", "mixed_float16", "bfloat16")
PLANTED_BUGS = [
    PlantedBug("int_input", CastsKernel),
    PlantedBug("float64", ReturnsFloat32, also_fails=LOW, backends=("tensorflow", "torch")),
    PlantedBug("float64_precision", Float32Inside, backends=("tensorflow",)),
    PlantedBug("autocast_off", IgnoresAutocast),
]

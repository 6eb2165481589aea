"""Planted bugs for the check of many features in float16."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.shapes.basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class HalfRootMeanSquare(Base):
    """Divides by the root of a sum of squares in float16: the output for large inputs is 0."""

    def call(self, inputs):
        total = ops.sum(inputs * inputs, axis=-1, keepdims=True)
        return inputs * ops.rsqrt(total + ops.cast(1e-3, total.dtype))


@keras.saving.register_keras_serializable(package="planted_bugs")
class HalfEnergy(Base):
    """Adds the logarithm of a sum of squares in float16, which is infinite for large inputs."""

    def call(self, inputs):
        return inputs + ops.log1p(ops.sum(inputs * inputs, axis=-1, keepdims=True))


PLANTED_BUGS = [
    PlantedBug("wide_float16", HalfRootMeanSquare),
    PlantedBug("wide_float16", HalfEnergy),
]

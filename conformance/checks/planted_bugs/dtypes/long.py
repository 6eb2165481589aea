"""Planted bugs for the check of long sequences in half precision."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.shapes.basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class HalfPositions(Base):
    """Adds the sine of the position, which it counts in the compute dtype."""

    def call(self, inputs):
        positions = ops.arange(ops.shape(inputs)[1], dtype=self.compute_dtype)
        return inputs + ops.sin(positions)[:, None]


@keras.saving.register_keras_serializable(package="planted_bugs")
class HalfSinusoids(Base):
    """Adds the position encoding of the transformer, with angles in the compute dtype."""

    def call(self, inputs):
        steps, features = ops.shape(inputs)[1], inputs.shape[-1]
        positions = ops.arange(steps, dtype=self.compute_dtype)[:, None]
        places = ops.arange(features, dtype=self.compute_dtype)
        angles = positions / 10_000 ** (places / features)
        return inputs + ops.where(places % 2 == 0, ops.sin(angles), ops.cos(angles))


PLANTED_BUGS = [
    PlantedBug("long_bfloat16", HalfPositions),
    PlantedBug("long_bfloat16", HalfSinusoids),
]

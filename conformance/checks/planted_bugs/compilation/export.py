"""Broken layers for `compilation_export`: sizes that become constants on export."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, planted


@planted
class LengthOfTrace(Plain):
    """Divides by a length of 7 where the length is open."""

    def call(self, inputs):
        steps = inputs.shape[1] if isinstance(inputs.shape[1], int) else 7
        return ops.cumsum(inputs, axis=1) / steps


@planted
class RowsOfTrace(Plain):
    """Takes the batch size for a number."""

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor) or inputs.device.type == "meta":
            return inputs * 1.0
        rows = int(inputs.shape[0])
        return ops.reshape(inputs, (rows, *inputs.shape[1:])) * 1.0


PLANTED_BUGS = [
    PlantedBug(
        "export_savedmodel",
        LengthOfTrace,
        also_fails=("dynamic_time_traced", "dynamic_time", "mask_export"),
        backends=("tensorflow", "jax"),
        needs="tensorflow",
    ),
    PlantedBug("export_torch", RowsOfTrace, backends=("torch",)),
]

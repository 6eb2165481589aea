"""Planted bugs for the checks of exported models: sizes that become constants."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, registered


@registered
class ConstantLength(Plain):
    """Divides by 7 if the length is unknown."""

    def call(self, inputs):
        steps = inputs.shape[1] if isinstance(inputs.shape[1], int) else 7
        return ops.cumsum(inputs, axis=1) / steps


@registered
class ConstantBatchSize(Plain):
    """Converts the batch size to a Python number."""

    def call(self, inputs):
        if isinstance(inputs, keras.KerasTensor) or inputs.device.type == "meta":
            return inputs * 1.0
        rows = int(inputs.shape[0])
        return ops.reshape(inputs, (rows, *inputs.shape[1:])) * 1.0


PLANTED_BUGS = [
    PlantedBug(
        "export_savedmodel",
        ConstantLength,
        also_fails=("dynamic_time_traced", "dynamic_time", "mask_export"),
        backends=("tensorflow", "jax"),
        needs="tensorflow",
    ),
    PlantedBug("export_torch", ConstantBatchSize, backends=("torch",)),
]

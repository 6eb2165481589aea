"""Broken layers for `masking_use`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Sample

from .basics import MASK_ALSO_FAILS, KeepsSteps, Pool


class KeepsTime(KeepsSteps):
    """Takes a mask it has no use for, and passes it on."""

    def call(self, inputs, mask=None):
        return inputs * 2.0


class TrueIsOne(Pool):
    """Compares with True, which an integer mask holds nowhere, and a float one neither."""

    def call(self, inputs, mask=None):
        if mask is not None and keras.backend.standardize_dtype(mask.dtype) != "bool":
            mask = ops.cast(mask, "bool") & False
        return super().call(inputs, mask)


class CutsTheMask(Pool):
    """Takes as much of the mask as it needs."""

    def call(self, inputs, mask=None):
        if mask is not None:
            mask = mask[:, : inputs.shape[1]]
        return super().call(inputs, mask)


class LosesTheMask(KeepsTime):
    """Keeps the steps and drops what is known of them."""

    def compute_mask(self, inputs, mask=None):
        return None


class InvertsTheMask(KeepsTime):
    """Hands on the opposite."""

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else ops.logical_not(mask)


class LastStepsMask(KeepsTime):
    """Drops the last step, and hands the whole mask on."""

    def call(self, inputs, mask=None):
        return inputs[:, :-1]

    def compute_output_shape(self, input_shape):
        steps = None if input_shape[1] is None else input_shape[1] - 1
        return (input_shape[0], steps, *input_shape[2:])


class MasksWords(keras.layers.Embedding):
    """Its mask is that of the padding."""

    def compute_mask(self, inputs, mask=None):
        return ops.equal(inputs, 0) if self.mask_zero else None


PLANTED_BUGS = [
    PlantedBug("mask_dtype", TrueIsOne),
    PlantedBug("mask_wrong_shape", CutsTheMask),
    PlantedBug("mask_propagation", LosesTheMask),
    PlantedBug("mask_propagation", InvertsTheMask, also_fails=(*MASK_ALSO_FAILS, "fit_masked")),
    PlantedBug(
        "mask_propagation",
        lambda: MasksWords(9, 3, mask_zero=True),
        sample=Sample(shape=(4, 7), dtype="int32", high=9),
    ),
    PlantedBug("mask_propagation", LastStepsMask, also_fails=("fit_masked", "length_one")),
    PlantedBug(
        "mask_propagation",
        lambda: keras.layers.GRU(3, return_sequences=True, go_backwards=True),
        also_fails=("mask_wrong_shape",),
    ),
]

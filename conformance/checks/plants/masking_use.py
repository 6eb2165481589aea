"""Broken layers for `masking_use`."""

import keras
from keras import ops

from keras_seqext.testing import Sample

from . import Plant
from .masking import MASK_KIN, KeepsSteps, Pool


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


PLANTS = [
    Plant("mask_dtype", TrueIsOne),
    Plant("mask_wrong_shape", CutsTheMask),
    Plant("mask_propagation", LosesTheMask),
    Plant("mask_propagation", InvertsTheMask, kin=(*MASK_KIN, "fit_masked")),
    Plant(
        "mask_propagation",
        lambda: MasksWords(9, 3, mask_zero=True),
        sample=Sample(shape=(4, 7), dtype="int32", high=9),
    ),
    Plant("mask_propagation", LastStepsMask, kin=("fit_masked", "length_one")),
    Plant(
        "mask_propagation",
        lambda: keras.layers.GRU(3, return_sequences=True, go_backwards=True),
        kin=("mask_wrong_shape",),
    ),
]

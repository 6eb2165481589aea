"""Planted bugs for the checks of accepted and propagated masks."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Sample

from .basics import MASK_ALSO_FAILS, Pool, SameShapeWithMask


class PassesMaskOn(SameShapeWithMask):
    """Accepts a mask without using it, and passes it on."""

    def call(self, inputs, mask=None):
        return inputs * 2.0


class IgnoresNonBooleanMask(Pool):
    """Masks all steps if the mask is not boolean."""

    def call(self, inputs, mask=None):
        if mask is not None and keras.backend.standardize_dtype(mask.dtype) != "bool":
            mask = ops.cast(mask, "bool") & False
        return super().call(inputs, mask)


class TruncatesMask(Pool):
    """Truncates a mask that is too long."""

    def call(self, inputs, mask=None):
        if mask is not None:
            mask = mask[:, : inputs.shape[1]]
        return super().call(inputs, mask)


class DropsMask(PassesMaskOn):
    """Retains the steps and drops the mask."""

    def compute_mask(self, inputs, mask=None):
        return None


class InvertsMask(PassesMaskOn):
    """Passes the inverted mask on."""

    def compute_mask(self, inputs, mask=None):
        return None if mask is None else ops.logical_not(mask)


class LastStepsMask(PassesMaskOn):
    """Removes the last step, and passes the whole mask on."""

    def call(self, inputs, mask=None):
        return inputs[:, :-1]

    def compute_output_shape(self, input_shape):
        steps = None if input_shape[1] is None else input_shape[1] - 1
        return (input_shape[0], steps, *input_shape[2:])


@keras.saving.register_keras_serializable(package="planted_bugs")
class InvertedEmbeddingMask(keras.layers.Embedding):
    """Masks all values except the padding."""

    def compute_mask(self, inputs, mask=None):
        return ops.equal(inputs, 0) if self.mask_zero else None


PLANTED_BUGS = [
    PlantedBug("mask_dtype", IgnoresNonBooleanMask),
    PlantedBug("mask_wrong_shape", TruncatesMask),
    PlantedBug("mask_propagation", DropsMask),
    PlantedBug("mask_propagation", InvertsMask, also_fails=(*MASK_ALSO_FAILS, "fit_masked")),
    PlantedBug(
        "mask_propagation",
        lambda: InvertedEmbeddingMask(9, 3, mask_zero=True),
        sample=Sample(shape=(4, 7), dtype="int32", high=9),
    ),
    PlantedBug("mask_propagation", LastStepsMask, also_fails=("fit_masked", "length_one")),
    PlantedBug(
        "mask_propagation",
        lambda: keras.layers.GRU(3, return_sequences=True, go_backwards=True),
        also_fails=("mask_wrong_shape",),
    ),
]

"""Planted bugs for the checks of masks."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

MASK_ALSO_FAILS = (
    "mask_values",
    "pool_respects_mask",
    "mask_nan",
    "mask_grad",
    "mask_training",
    "pad_right",
    "pad_left",
    "all_masked",
    "mask_ones",
)


def expanded_mask(mask, x):
    """Return the mask as booleans that broadcast with `x`."""
    return ops.expand_dims(ops.cast(mask, "bool"), -1) if len(x.shape) == 3 else mask


class SupportsMask(keras.layers.Layer):
    """Base class without weights that declares `supports_masking` and registers subclasses."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        keras.saving.register_keras_serializable(package="planted_bugs")(cls)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.built = True


class SameShapeWithMask(SupportsMask):
    """Base class that retains the shape of its input."""

    def compute_output_shape(self, input_shape):
        return input_shape


class Pool(SupportsMask):
    """Base class of masked pooling that is correct except for `pool`."""

    def call(self, inputs, mask=None):
        keep = (
            ops.ones_like(inputs[..., :1], dtype="bool")
            if mask is None
            else expanded_mask(mask, inputs)
        )
        return self.pool(inputs, keep)

    def pool(self, x, keep):
        count = ops.maximum(ops.sum(ops.cast(keep, x.dtype), axis=1), 1)
        return ops.sum(ops.where(keep, x, 0), axis=1) / count

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


class Undeclared(Pool):
    """Applies a mask without declaring `supports_masking`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = False


class MeanWithoutMask(SupportsMask):
    """Declares `supports_masking` and has no argument `mask`."""

    def call(self, inputs):
        return ops.mean(inputs, axis=1)

    def compute_mask(self, inputs, mask=None):
        return None


class SmoothingWithoutMask(SameShapeWithMask):
    """Averages each step with the next and has no argument `mask`."""

    def call(self, inputs):
        following = ops.concatenate([inputs[:, 1:], inputs[:, -1:]], axis=1)
        return (inputs + following) / 2


class MaskLikeInput(Pool):
    """Expects a mask of the shape of its input."""

    def call(self, inputs, mask=None):
        keep = ops.ones_like(inputs, dtype="bool") if mask is None else ops.cast(mask, "bool")
        if len(keep.shape) != 3:
            raise ValueError("mask must have three axes")
        return self.pool(inputs, keep)


class IgnoresMask(Pool):
    """Accepts a mask and does not use it."""

    def pool(self, x, keep):
        return ops.mean(x, axis=1)


class MaskOnOutputOnly(SameShapeWithMask):
    """Applies attention to all steps and masks only the output."""

    def call(self, inputs, mask=None):
        scores = ops.softmax(ops.matmul(inputs, ops.transpose(inputs, (0, 2, 1))))
        mixed = ops.matmul(scores, inputs)
        return mixed if mask is None else ops.where(expanded_mask(mask, mixed), mixed, 0)


class HalfMaskedState(SameShapeWithMask):
    """Adds 1 % of the masked steps to a running sum."""

    def call(self, inputs, mask=None):
        if mask is not None:
            keep = expanded_mask(mask, inputs)
            inputs = ops.where(keep, inputs, 0.01 * inputs)
        return ops.cumsum(inputs, axis=1)


class LengthsOnly(Pool):
    """Converts the mask to lengths, which is correct only for padding on the right."""

    def pool(self, x, keep):
        count = ops.sum(ops.cast(keep, "int32"), axis=1, keepdims=True)
        steps = ops.reshape(ops.arange(ops.shape(x)[1], dtype="int32"), (1, -1, 1))
        return super().pool(x, steps < count)


class ZeroWins(Pool):
    """Computes a maximum in which masked steps are 0."""

    def pool(self, x, keep):
        return ops.max(x * ops.cast(keep, x.dtype), axis=1)


class SubtractsHundred(Pool):
    """Computes a maximum in which 100 is subtracted from masked steps."""

    def pool(self, x, keep):
        return ops.max(ops.where(keep, x, x - 100), axis=1)


class EpsilonInMaskedMean(Pool):
    """Adds 0.01 to the divisor of a masked mean."""

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=1)
        keep = ops.cast(expanded_mask(mask, inputs), inputs.dtype)
        return ops.sum(inputs * keep, axis=1) / (ops.sum(keep, axis=1) + 0.01)


class TimesMask(Pool):
    """Multiplies by the mask; 0 times NaN is NaN."""

    def pool(self, x, keep):
        keep = ops.cast(keep, x.dtype)
        return ops.sum(x * keep, axis=1) / ops.maximum(ops.sum(keep, axis=1), 1)


class BigNegative(Pool):
    """Computes a softmax over time with -1e9 at masked steps, which overflows in float16."""

    def pool(self, x, keep):
        hidden = (1 - ops.cast(keep, x.dtype)) * ops.cast(-1e9, x.dtype)
        return ops.sum(ops.softmax(x + hidden, axis=1) * ops.where(keep, x, 0), axis=1)


PLANTED_BUGS = [
    PlantedBug("mask_declared", Undeclared, also_fails=("mask_propagation",)),
    PlantedBug("mask_declared", MeanWithoutMask),
    PlantedBug("mask_declared", SmoothingWithoutMask),
    PlantedBug("mask_implicit", MaskLikeInput, also_fails=("mask_propagation",)),
    PlantedBug("mask_values", IgnoresMask, also_fails=MASK_ALSO_FAILS),
    PlantedBug("mask_values", MaskOnOutputOnly, also_fails=MASK_ALSO_FAILS),
    PlantedBug("mask_values", HalfMaskedState, also_fails=MASK_ALSO_FAILS),
    PlantedBug("mask_values", LengthsOnly, also_fails=MASK_ALSO_FAILS),
    PlantedBug("pool_respects_mask", ZeroWins, also_fails=MASK_ALSO_FAILS),
    PlantedBug("pool_respects_mask", SubtractsHundred, also_fails=MASK_ALSO_FAILS),
    PlantedBug("mask_ones", EpsilonInMaskedMean, also_fails=MASK_ALSO_FAILS),
    PlantedBug("mask_nan", TimesMask),
    PlantedBug("mask_low_precision", BigNegative, also_fails=("mask_nan",)),
]

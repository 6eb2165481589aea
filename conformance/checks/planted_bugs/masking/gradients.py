"""Planted bugs for the checks of masks in training."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Pool, SameShapeWithMask, expanded_mask


@keras.saving.register_keras_serializable(package="planted_bugs")
class GradientThroughPadding(Pool):
    """Returns correct values, with a gradient for masked steps."""

    def pool(self, x, keep):
        leak = ops.mean(x - ops.stop_gradient(x), axis=1)
        return super().pool(x, keep) + leak


@keras.saving.register_keras_serializable(package="planted_bugs")
class GradientFromContent(Pool):
    """Returns correct values; the gradient of its weight depends on masked values."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def pool(self, x, keep):
        noise = ops.stop_gradient(ops.mean(x, axis=1))
        dead = (self.scale - ops.stop_gradient(self.scale)) * noise
        return super().pool(x, keep) * self.scale + dead


class UnguardedMean(Pool):
    """Divides by 0 for an empty row."""

    def pool(self, x, keep):
        return ops.sum(ops.where(keep, x, 0), axis=1) / ops.sum(ops.cast(keep, x.dtype), axis=1)


@keras.saving.register_keras_serializable(package="planted_bugs")
class GuardsAfterDivision(Pool):
    """Replaces the result for an empty row after the division, so its gradient is NaN."""

    def pool(self, x, keep):
        count = ops.sum(ops.cast(keep, x.dtype), axis=1)
        return ops.where(count > 0, ops.sum(x * ops.cast(keep, x.dtype), axis=1) / count, 0)


class MinusInfinity(Pool):
    """Returns minus infinity for an empty row."""

    def pool(self, x, keep):
        return ops.max(ops.where(keep, x, float("-inf")), axis=1)


class EmptyRowAffectsBatch(Pool):
    """Returns the unmasked mean for the whole batch if a row is empty."""

    def pool(self, x, keep):
        whole = ops.all(ops.any(keep, axis=1))
        return ops.where(whole, super().pool(x, keep), ops.mean(x, axis=1))


class CountsPadding(SameShapeWithMask):
    """Includes padding in the statistics of batch normalisation."""

    def build(self, input_shape):
        self.mean = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", trainable=False, name="mean"
        )

    def call(self, inputs, mask=None, training=False):
        if not training:
            return inputs - self.mean
        mean = ops.mean(inputs, axis=(0, 1))
        self.mean.assign(0.9 * self.mean + 0.1 * mean)
        return inputs - mean


class PenalisesPadding(Pool):
    """Adds a loss that includes padding."""

    def pool(self, x, keep):
        self.add_loss(0.01 * ops.mean(x * x))
        return super().pool(x, keep)


class StaleMask(Pool):
    """Removes the time axis and passes its mask on."""

    def compute_mask(self, inputs, mask=None):
        return mask


class TrainsOnEmptyRows(SameShapeWithMask):
    """Divides each row by the norm of its valid steps, which is 0 for an empty row."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs, mask=None):
        valid = inputs if mask is None else ops.where(expanded_mask(mask, inputs), inputs, 0)
        norm = ops.sqrt(ops.sum(valid * valid, axis=(1, 2), keepdims=True))
        return valid / norm * self.scale


EMPTY = ("all_masked_grad", "fit_masked", "mask_low_precision")

PLANTED_BUGS = [
    PlantedBug(
        "mask_grad", GradientThroughPadding, also_fails=("fd_gradient", "grad_large_inputs")
    ),
    PlantedBug("mask_grad", GradientFromContent, also_fails=("fd_gradient",)),
    PlantedBug("all_masked", UnguardedMean, also_fails=EMPTY),
    PlantedBug("all_masked", MinusInfinity, also_fails=EMPTY),
    PlantedBug("all_masked", EmptyRowAffectsBatch),
    PlantedBug("all_masked_grad", GuardsAfterDivision, also_fails=("fit_masked", "mask_nan")),
    PlantedBug("mask_training", CountsPadding),
    PlantedBug("mask_training", PenalisesPadding),
    PlantedBug("fit_masked", StaleMask, also_fails=("mask_propagation",)),
    PlantedBug(
        "fit_masked",
        TrainsOnEmptyRows,
        also_fails=("all_masked", "all_masked_grad", "grad_large_inputs", "mask_low_precision"),
    ),
]

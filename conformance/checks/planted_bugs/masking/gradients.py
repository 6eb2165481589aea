"""Broken layers for `masking_gradients`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import KeepsSteps, Pool, keep_of


@keras.saving.register_keras_serializable(package="plants")
class GradientThroughPadding(Pool):
    """The right value with a gradient that also flows into masked steps."""

    def pool(self, x, keep):
        leak = ops.mean(x - ops.stop_gradient(x), axis=1)
        return super().pool(x, keep) + leak


@keras.saving.register_keras_serializable(package="plants")
class GradientFromContent(Pool):
    """The right value, and a gradient of the weight that depends on what was masked."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def pool(self, x, keep):
        noise = ops.stop_gradient(ops.mean(x, axis=1))
        dead = (self.scale - ops.stop_gradient(self.scale)) * noise
        return super().pool(x, keep) * self.scale + dead


class UnguardedMean(Pool):
    """Divides an empty row by zero."""

    def pool(self, x, keep):
        return ops.sum(ops.where(keep, x, 0), axis=1) / ops.sum(ops.cast(keep, x.dtype), axis=1)


@keras.saving.register_keras_serializable(package="plants")
class GuardsAfterDivision(Pool):
    """Replaces what an empty row gives after the division, whose gradient is NaN by then."""

    def pool(self, x, keep):
        count = ops.sum(ops.cast(keep, x.dtype), axis=1)
        return ops.where(count > 0, ops.sum(x * ops.cast(keep, x.dtype), axis=1) / count, 0)


class MinusInfinity(Pool):
    """The maximum of an empty row is minus infinity."""

    def pool(self, x, keep):
        return ops.max(ops.where(keep, x, float("-inf")), axis=1)


class EmptyRowLeaks(Pool):
    """One empty row makes the whole batch fall back to the plain mean."""

    def pool(self, x, keep):
        whole = ops.all(ops.any(keep, axis=1))
        return ops.where(whole, super().pool(x, keep), ops.mean(x, axis=1))


class CountsPadding(KeepsSteps):
    """Batch normalisation whose statistics in training are those of all steps."""

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
    """Adds a loss of all steps, padding included."""

    def pool(self, x, keep):
        self.add_loss(0.01 * ops.mean(x * x))
        return super().pool(x, keep)


class StaleMask(Pool):
    """Drops the time axis and passes its mask on."""

    def compute_mask(self, inputs, mask=None):
        return mask


class TrainsOnEmptyRows(KeepsSteps):
    """Normalises each row by its own norm over the steps that count, which may be none."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="scale")

    def call(self, inputs, mask=None):
        counted = inputs if mask is None else ops.where(keep_of(mask, inputs), inputs, 0)
        norm = ops.sqrt(ops.sum(counted * counted, axis=(1, 2), keepdims=True))
        return counted / norm * self.scale


EMPTY = ("all_masked_grad", "fit_masked", "mask_low_precision")

PLANTED_BUGS = [
    PlantedBug(
        "mask_grad", GradientThroughPadding, also_fails=("fd_gradient", "grad_large_inputs")
    ),
    PlantedBug("mask_grad", GradientFromContent, also_fails=("fd_gradient",)),
    PlantedBug("all_masked", UnguardedMean, also_fails=EMPTY),
    PlantedBug("all_masked", MinusInfinity, also_fails=EMPTY),
    PlantedBug("all_masked", EmptyRowLeaks),
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

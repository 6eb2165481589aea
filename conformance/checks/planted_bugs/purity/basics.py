"""Broken layers for `purity`: rows that see each other, and calls that leave traces."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug


def planted(cls):
    """Registered, so that nothing but the planted bug is found."""
    return keras.saving.register_keras_serializable(package="plants")(cls)


class Plain(keras.layers.Layer):
    """What the broken layers share: no weights, the shape kept."""

    def build(self, input_shape):
        self.built = True

    def compute_output_shape(self, input_shape):
        return input_shape


@planted
class RowNumber(Plain):
    """Adds the number of the row."""

    def call(self, inputs):
        rows = ops.cast(ops.arange(ops.shape(inputs)[0]), inputs.dtype)
        return inputs + ops.reshape(rows, (-1, 1, 1))


@planted
class FlippedBatch(Plain):
    """Returns the rows in reverse."""

    def call(self, inputs):
        return ops.flip(inputs, axis=0) * 2.0


@planted
class LastRowScaled(Plain):
    """Treats the last row otherwise."""

    def call(self, inputs):
        last = ops.arange(ops.shape(inputs)[0]) == ops.shape(inputs)[0] - 1
        return ops.where(ops.reshape(last, (-1, 1, 1)), inputs * 1.5, inputs)


@planted
class MixedReshape(Plain):
    """A reshape to (steps, batch, features) where a transpose was meant."""

    def call(self, inputs):
        shape = ops.shape(inputs)
        wrong = ops.reshape(inputs, (shape[1], shape[0], shape[2]))
        return ops.transpose(wrong - ops.roll(wrong, 1, axis=0), (1, 0, 2))


@planted
class BatchMaximum(Plain):
    """A softmax made stable with the maximum of the whole batch: only large values show it."""

    def call(self, inputs):
        powers = ops.exp(inputs - ops.max(inputs))
        return powers / ops.sum(powers, axis=-1, keepdims=True)


@planted
class BatchMean(Plain):
    """Takes away the mean over the batch, at inference too."""

    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=0, keepdims=True)


@planted
class PreviousRow(Plain):
    """Adds a little of the row before."""

    def call(self, inputs):
        return inputs + 0.1 * ops.roll(inputs, 1, axis=0)


@planted
class TimesMatrix(Plain):
    """Selects rows by a product with the unit matrix: 0 times NaN is NaN."""

    def call(self, inputs):
        unit = ops.eye(ops.shape(inputs)[0], dtype=inputs.dtype)
        return ops.einsum("ab,btd->atd", unit, inputs)


@planted
class NaNGuard(Plain):
    """Returns nothing but zeros if anything in the batch is NaN."""

    def call(self, inputs):
        return ops.where(ops.any(ops.isnan(inputs)), 0.0, inputs)


@planted
class IdsByBatch(Plain):
    """Integers counted from the smallest in the batch."""

    def call(self, inputs):
        return inputs - ops.min(inputs)


@planted
class MovingAtInference(keras.layers.Layer):
    """Updates its statistics without asking whether it trains."""

    def build(self, input_shape):
        self.mean = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", trainable=False, name="mean"
        )

    def call(self, inputs):
        self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=(0, 1)))
        return inputs * 1.5

    def compute_output_shape(self, input_shape):
        return input_shape


@planted
class CountsCalls(Plain):
    """Scales by the number of calls, kept as a plain attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.calls = 0

    def call(self, inputs):
        self.calls += 1
        return inputs * (1.0 + (self.calls % 2))


@planted
class AlwaysDrops(Plain):
    """Dropout at inference too."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator()

    def call(self, inputs):
        return keras.random.dropout(inputs, 0.5, seed=self.generator)


@planted
class RemembersByShape(keras.layers.Layer):
    """Keeps a statistic of the first input it sees and uses it ever after."""

    def build(self, input_shape):
        self.built = True
        self._scale = None

    def call(self, inputs):
        if self._scale is None and not isinstance(inputs, keras.KerasTensor):
            try:
                self._scale = float(np.std(ops.convert_to_numpy(inputs)))
            except Exception:
                return inputs * 1.0
        return inputs / (self._scale or 1.0)

    def compute_output_shape(self, input_shape):
        return input_shape


OF_ROWS = ("batch_permute", "batch_leak", "batch_one", "batch_zero")
PLANTED_BUGS = [
    PlantedBug("batch_permute", RowNumber, also_fails=OF_ROWS),
    PlantedBug("batch_permute", FlippedBatch, also_fails=OF_ROWS),
    PlantedBug("batch_permute", LastRowScaled, also_fails=OF_ROWS),
    PlantedBug("batch_permute", MixedReshape, also_fails=OF_ROWS),
    PlantedBug("batch_leak", BatchMaximum, also_fails=OF_ROWS),
    PlantedBug("batch_leak", BatchMean, also_fails=OF_ROWS),
    PlantedBug("batch_leak", PreviousRow, also_fails=OF_ROWS),
    PlantedBug("batch_leak", TimesMatrix, also_fails=OF_ROWS),
    PlantedBug("batch_leak", NaNGuard, also_fails=OF_ROWS),
    PlantedBug("inference_pure", MovingAtInference),
    PlantedBug("inference_pure", CountsCalls),
    PlantedBug("inference_pure", AlwaysDrops),
    PlantedBug("inference_pure", RemembersByShape),
]

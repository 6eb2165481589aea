"""Planted bugs for the checks of rows and calls."""

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug


def registered(cls):
    """Register the class, so that only the planted bug is detected."""
    return keras.saving.register_keras_serializable(package="planted_bugs")(cls)


class Plain(keras.layers.Layer):
    """Base class without weights that retains the shape."""

    def build(self, input_shape):
        self.built = True

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class RowNumber(Plain):
    """Adds the number of the row."""

    def call(self, inputs):
        rows = ops.cast(ops.arange(ops.shape(inputs)[0]), inputs.dtype)
        return inputs + ops.reshape(rows, (-1, 1, 1))


@registered
class FlippedBatch(Plain):
    """Returns the rows in reverse order."""

    def call(self, inputs):
        return ops.flip(inputs, axis=0) * 2.0


@registered
class LastRowScaled(Plain):
    """Scales only the last row."""

    def call(self, inputs):
        last = ops.arange(ops.shape(inputs)[0]) == ops.shape(inputs)[0] - 1
        return ops.where(ops.reshape(last, (-1, 1, 1)), inputs * 1.5, inputs)


@registered
class MixedReshape(Plain):
    """Reshapes to (steps, batch, features) in place of a transpose."""

    def call(self, inputs):
        shape = ops.shape(inputs)
        wrong = ops.reshape(inputs, (shape[1], shape[0], shape[2]))
        return ops.transpose(wrong - ops.roll(wrong, 1, axis=0), (1, 0, 2))


@registered
class BatchMaximum(Plain):
    """Computes a softmax with the maximum of the whole batch, which matters for large values."""

    def call(self, inputs):
        powers = ops.exp(inputs - ops.max(inputs))
        return powers / ops.sum(powers, axis=-1, keepdims=True)


@registered
class BatchMean(Plain):
    """Subtracts the mean over the batch, also at inference."""

    def call(self, inputs):
        return inputs - ops.mean(inputs, axis=0, keepdims=True)


@registered
class PreviousRow(Plain):
    """Adds a tenth of the previous row."""

    def call(self, inputs):
        return inputs + 0.1 * ops.roll(inputs, 1, axis=0)


@registered
class TimesMatrix(Plain):
    """Selects rows by a product with the identity matrix; 0 times NaN is NaN."""

    def call(self, inputs):
        unit = ops.eye(ops.shape(inputs)[0], dtype=inputs.dtype)
        return ops.einsum("ab,btd->atd", unit, inputs)


@registered
class NaNGuard(Plain):
    """Returns zeros if any value in the batch is NaN."""

    def call(self, inputs):
        return ops.where(ops.any(ops.isnan(inputs)), 0.0, inputs)


@registered
class OffsetByBatchMinimum(Plain):
    """Subtracts the minimum of the batch."""

    def call(self, inputs):
        return inputs - ops.min(inputs)


@registered
class MovingAtInference(keras.layers.Layer):
    """Updates its statistics regardless of `training`."""

    def build(self, input_shape):
        self.mean = self.add_weight(
            shape=(input_shape[-1],), initializer="zeros", trainable=False, name="mean"
        )

    def call(self, inputs):
        self.mean.assign(0.9 * self.mean + 0.1 * ops.mean(inputs, axis=(0, 1)))
        return inputs * 1.5

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class CountsCalls(Plain):
    """Scales by a counter of calls in a Python attribute."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.calls = 0

    def call(self, inputs):
        self.calls += 1
        return inputs * (1.0 + (self.calls % 2))


@registered
class DropoutAtInference(Plain):
    """Applies dropout at inference as well."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator()

    def call(self, inputs):
        return keras.random.dropout(inputs, 0.5, seed=self.generator)


@registered
class StoresFirstStatistic(keras.layers.Layer):
    """Scales by a statistic of its first input."""

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


ROWS = ("batch_permute", "batch_leak", "batch_one", "batch_zero")
PLANTED_BUGS = [
    PlantedBug("batch_permute", RowNumber, also_fails=ROWS),
    PlantedBug("batch_permute", FlippedBatch, also_fails=ROWS),
    PlantedBug("batch_permute", LastRowScaled, also_fails=ROWS),
    PlantedBug("batch_permute", MixedReshape, also_fails=ROWS),
    PlantedBug("batch_leak", BatchMaximum, also_fails=ROWS),
    PlantedBug("batch_leak", BatchMean, also_fails=ROWS),
    PlantedBug("batch_leak", PreviousRow, also_fails=ROWS),
    PlantedBug("batch_leak", TimesMatrix, also_fails=ROWS),
    PlantedBug("batch_leak", NaNGuard, also_fails=ROWS),
    PlantedBug("inference_pure", MovingAtInference),
    PlantedBug("inference_pure", CountsCalls),
    PlantedBug("inference_pure", DropoutAtInference),
    PlantedBug("inference_pure", StoresFirstStatistic),
]

"""Planted bugs for the checks of scaling."""

import keras
from keras import ops

from . import PlantedBug


@keras.saving.register_keras_serializable(package="planted_bugs")
class WeightPerRow(keras.layers.Layer):
    """Creates a weight per row of the batch in `build`."""

    def build(self, input_shape):
        self.factors = self.add_weight(
            shape=(input_shape[0] or 1, 1), initializer="ones", name="factors"
        )

    def call(self, inputs):
        return inputs * ops.mean(self.factors)


@keras.saving.register_keras_serializable(package="planted_bugs")
class ForgetsScaleOfInt8(keras.layers.Layer):
    """Divides the quantised product by 10 in place of its scale, 16."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")
        self.small = None

    def quantize(self, mode=None, type_check=True, config=None):
        rounded = ops.convert_to_numpy(ops.clip(ops.round(self.kernel * 16.0), -127, 127))
        self.small = self.add_weight(
            shape=rounded.shape,
            dtype="int8",
            initializer=lambda shape, dtype: ops.cast(rounded, dtype),
            trainable=False,
            name="small",
        )

    def call(self, inputs):
        if self.small is None:
            return ops.matmul(inputs, self.kernel)
        return ops.matmul(inputs, ops.cast(self.small, inputs.dtype)) / 10.0


@keras.saving.register_keras_serializable(package="planted_bugs")
class StartsWithLearntLora(keras.layers.Dense):
    """Initialises the low-rank product with other values than 0."""

    def __init__(self, units=3, **kwargs):
        super().__init__(units, **kwargs)

    def enable_lora(self, rank, **kwargs):
        super().enable_lora(rank, **{**kwargs, "b_initializer": "ones"})


PLANTED_BUGS = [
    PlantedBug("weights_count_linear", WeightPerRow, also_fails=("dynamic_batch", "dynamic_time")),
    PlantedBug("quantize_int8", ForgetsScaleOfInt8),
    PlantedBug("lora", StartsWithLearntLora),
]

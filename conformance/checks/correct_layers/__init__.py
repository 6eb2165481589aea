"""Correct layers, on which no check may fail."""

import keras
from keras import ops

from keras_seqext.testing import LayerCase, Sample

from .inputs import INPUTS
from .purity import PURITY
from .sizes import SIZES

SEQUENCE = [Sample(shape=(4, 7, 6))]


@keras.saving.register_keras_serializable(package="correct_layers")
class Scale(keras.layers.Layer):
    """Layer with a factor per feature that accepts a mask without using it."""

    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.supports_masking = True

    def build(self, input_shape):
        self.factor = self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(self.start),
            name="factor",
        )

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "start": self.start}


@keras.saving.register_keras_serializable(package="correct_layers")
class MaskedMean(keras.layers.Layer):
    """Mean of the unmasked steps, and 0 for an empty row."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.built = True

    def call(self, inputs, mask=None):
        if mask is None:
            return ops.mean(inputs, axis=1)
        keep = ops.expand_dims(ops.cast(mask, "bool"), -1)
        total = ops.sum(ops.cast(ops.where(keep, inputs, 0), "float32"), axis=1)
        count = ops.sum(ops.cast(keep, "float32"), axis=1)
        return ops.cast(total / ops.maximum(count, 1), inputs.dtype)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


CORRECT_LAYERS = [
    LayerCase(Scale, samples=SEQUENCE),
    LayerCase(MaskedMean, samples=SEQUENCE),
    LayerCase(lambda: keras.layers.Dense(3), name="Dense", samples=SEQUENCE),
    LayerCase(lambda: keras.layers.Dropout(0.4, seed=1), name="Dropout", samples=SEQUENCE),
    LayerCase(
        lambda: keras.layers.Embedding(5, 3),
        name="Embedding",
        samples=[Sample(shape=(4, 7), dtype="int32")],
    ),
]

CORRECT_LAYERS += INPUTS
CORRECT_LAYERS += SIZES
CORRECT_LAYERS += PURITY

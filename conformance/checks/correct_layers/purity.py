"""Correct layers with noise, caches, locks and several outputs."""

import threading

import keras
import numpy as np
from keras import ops

from keras_seqext.testing import LayerCase, Sample, Traits

SEQUENCE = [Sample(shape=(4, 7, 6))]


class SameShape(keras.layers.Layer):
    """Base class without weights that retains the shape."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        self.built = True

    def compute_output_shape(self, input_shape):
        return input_shape


@keras.saving.register_keras_serializable(package="correct_layers")
class AddsNoise(SameShape):
    """Layer that adds noise in training, with its own generator."""

    def __init__(self, stddev=0.3, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.stddev, self.seed = stddev, seed
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, inputs, training=False):
        if not training or not self.stddev:
            return inputs
        noise = keras.random.normal(ops.shape(inputs), dtype=inputs.dtype, seed=self.generator)
        return inputs + self.stddev * noise

    def get_config(self):
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}


@keras.saving.register_keras_serializable(package="correct_layers")
class NoTrainingArgument(keras.layers.Layer):
    """Layer with dropout inside and no argument `training`, which Keras passes on."""

    def __init__(self, rate=0.4, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.parts = [
            keras.layers.Dense(6, dtype=self.dtype_policy),
            keras.layers.Dropout(rate, dtype=self.dtype_policy),
        ]

    def build(self, input_shape):
        for part in self.parts:
            part.build(input_shape)

    def call(self, inputs):
        for part in self.parts:
            inputs = part(inputs)
        return inputs

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 6)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@keras.saving.register_keras_serializable(package="correct_layers")
class CachesPositions(SameShape):
    """Layer with a cache of NumPy tables by size, protected by a lock."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.tables = {}
        self.lock = threading.Lock()

    def table(self, features):
        with self.lock:
            if features not in self.tables:
                self.tables[features] = np.cos(np.arange(features))
            return self.tables[features]

    def call(self, inputs):
        return inputs * ops.cast(self.table(inputs.shape[-1]), inputs.dtype)


@keras.saving.register_keras_serializable(package="correct_layers")
class HardInference(SameShape):
    """Layer that differs between training and inference, without noise."""

    def call(self, inputs, training=False):
        return ops.tanh(inputs) if training else ops.clip(inputs, -1.0, 1.0)


@keras.saving.register_keras_serializable(package="correct_layers")
class NormInside(keras.layers.Layer):
    """Layer with batch norm inside."""

    def build(self, input_shape):
        self.norm = keras.layers.BatchNormalization(dtype=self.dtype_policy)
        self.norm.build(input_shape)

    def call(self, inputs, training=False):
        return self.norm(inputs, training=training)

    def compute_output_shape(self, input_shape):
        return input_shape


PURITY = [
    LayerCase(AddsNoise, samples=SEQUENCE, traits=Traits(unbiased=True)),
    LayerCase(lambda: AddsNoise(seed=4), name="AddsNoise, seed", samples=SEQUENCE),
    LayerCase(NoTrainingArgument, samples=SEQUENCE),
    LayerCase(CachesPositions, samples=SEQUENCE),
    LayerCase(HardInference, samples=SEQUENCE),
    LayerCase(NormInside, samples=SEQUENCE),
    LayerCase(
        lambda: keras.layers.Dropout(0.3),
        name="Dropout, unbiased",
        samples=SEQUENCE,
        traits=Traits(unbiased=True),
    ),
    LayerCase(keras.layers.Add, name="Add", samples=[Sample(shape=[(4, 7, 6), (4, 7, 6)])]),
]

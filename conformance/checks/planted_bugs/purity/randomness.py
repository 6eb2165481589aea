"""Planted bugs for the checks of randomness."""

import itertools

import keras
import numpy as np
from keras import ops
from keras.random import normal

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Traits

from .basics import Plain, registered


@registered
class DropoutNeverTrains(Plain):
    """Passes training=False on to its dropout."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropout = keras.layers.Dropout(0.5)

    def call(self, inputs, training=False):
        return self.dropout(inputs * 1.5, training=False)


@registered
class NormNeverTrains(keras.layers.Layer):
    """Passes training=False on to its batch norm, which is in a list."""

    def build(self, input_shape):
        self.parts = [keras.layers.BatchNormalization()]
        self.parts[0].build(input_shape)

    def call(self, inputs, training=False):
        return self.parts[0](inputs, training=False)

    def compute_output_shape(self, input_shape):
        return input_shape


class Noise(Plain):
    """Base class that adds `self.noise(shape)` in training."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        noise = self.noise(tuple(inputs.shape))
        return inputs + ops.cast(ops.convert_to_tensor(noise), inputs.dtype)


class WithGenerator(Plain):
    """Base class with a seed generator."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator()


@registered
class TrainsByDefault(WithGenerator):
    """Has the default training=True."""

    def call(self, inputs, training=True):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0


@registered
class BiasedDropout(WithGenerator):
    """Does not divide by the retained share."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        return 0.7 * keras.random.dropout(inputs, 0.3, seed=self.generator)


@registered
class FreshEntropy(Noise):
    """Creates a NumPy generator without a seed in each call."""

    def noise(self, shape):
        return np.random.default_rng().normal(size=shape)


COUNTER = itertools.count()


@registered
class CountsInstances(keras.layers.Layer):
    """Derives initial weights from a counter that all instances share."""

    def build(self, input_shape):
        start = np.random.default_rng(next(COUNTER)).normal(size=input_shape[-1:])
        self.factor = self.add_weight(
            shape=input_shape[-1:], initializer=keras.initializers.Constant(start), name="factor"
        )

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class IgnoresSeed(Plain):
    """Accepts a seed and does not use it."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@registered
class ConstantSeed(Plain):
    """Accepts a seed and always uses 1337."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(1337)

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@registered
class NumpyNoise(Noise):
    """Draws from `np.random` in `call`, which is frozen in a compiled step."""

    def noise(self, shape):
        return np.random.normal(size=shape)


@registered
class HiddenGenerator(Plain):
    """Stores its generator in a closure, where Keras does not find it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        generator = keras.random.SeedGenerator()
        self.draw = lambda inputs: keras.random.dropout(inputs, 0.5, seed=generator)

    def call(self, inputs, training=False):
        return self.draw(inputs) if training else inputs * 1.0


@registered
class NewGeneratorEachCall(Plain):
    """Creates its generator in `call`."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        return keras.random.dropout(inputs, 0.5, seed=keras.random.SeedGenerator())


@registered
class IntegerSeed(Plain):
    """Passes an integer to `keras.random`, which gives the same mask in each call."""

    def __init__(self, seed=3, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.seed) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@registered
class HardCodedSeed(Plain):
    """Passes a constant to `keras.random`."""

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=42) if training else inputs * 1.0


@registered
class DrawsAtInference(WithGenerator):
    """Draws its noise before it checks `training`."""

    def call(self, inputs, training=False):
        noise = keras.random.normal(ops.shape(inputs), seed=self.generator)
        return inputs + ops.cast(noise, inputs.dtype) if training else inputs * 1.0


@registered
class DrawsAtRateZero(Plain):
    """Draws a mask even if the rate is 0."""

    def __init__(self, rate=0.4, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        drawn = keras.random.uniform(ops.shape(inputs), seed=self.generator)
        keep = ops.cast(drawn >= self.rate, inputs.dtype)
        return inputs * keep / (1.0 - self.rate)

    def get_config(self):
        return {**super().get_config(), "rate": self.rate}


@registered
class DrawsAndDiscards(Plain):
    """Draws from `np.random` at inference and discards the number."""

    def call(self, inputs):
        np.random.random()
        return inputs * 1.0


@registered
class SharedConstantNoise(Plain):
    """Adds the same noise to all rows and in every call, also at inference."""

    def call(self, inputs):
        noise = normal((1, *inputs.shape[1:]), dtype=inputs.dtype, seed=1337)
        return inputs + noise


@registered
class ConstantNoiseInside(Plain):
    """Contains a layer with constant noise, and passes no `training` on."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = SharedConstantNoise(dtype=self.dtype_policy)

    def call(self, inputs):
        return self.inner(inputs)


PLANTED_BUGS = [
    PlantedBug("training_arg", DropoutNeverTrains),
    PlantedBug("training_arg", NormNeverTrains),
    PlantedBug("training_arg", TrainsByDefault),
    PlantedBug("training_mean", BiasedDropout, traits=Traits(unbiased=True)),
    PlantedBug("seed_determinism", FreshEntropy, also_fails=("seed_tracked",)),
    PlantedBug("seed_determinism", CountsInstances),
    PlantedBug("seed_argument", IgnoresSeed),
    PlantedBug("seed_argument", ConstantSeed),
    PlantedBug("seed_tracked", NumpyNoise),
    PlantedBug("seed_tracked", HiddenGenerator, backends=("tensorflow", "jax")),
    PlantedBug("seed_tracked", NewGeneratorEachCall, backends=("tensorflow", "jax")),
    PlantedBug("seed_tracked", IntegerSeed),
    PlantedBug("seed_tracked", HardCodedSeed),
    PlantedBug("seed_tracked", SharedConstantNoise),
    PlantedBug("seed_tracked", ConstantNoiseInside),
    PlantedBug("seed_not_consumed", DrawsAtInference),
    PlantedBug("seed_not_consumed", DrawsAtRateZero),
    PlantedBug("seed_not_consumed", DrawsAndDiscards),
]

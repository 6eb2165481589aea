"""Broken layers for `purity_randomness`: noise from the wrong place or at the wrong time."""

import itertools

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Traits

from .basics import Plain, planted


@planted
class DropsNever(Plain):
    """Hands training=False to its dropout."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropout = keras.layers.Dropout(0.5)

    def call(self, inputs, training=False):
        return self.dropout(inputs * 1.5, training=False)


@planted
class NormInert(keras.layers.Layer):
    """Hands training=False to its batch norm, which sits in a list."""

    def build(self, input_shape):
        self.parts = [keras.layers.BatchNormalization()]
        self.parts[0].build(input_shape)

    def call(self, inputs, training=False):
        return self.parts[0](inputs, training=False)

    def compute_output_shape(self, input_shape):
        return input_shape


class Noise(Plain):
    """Adds `self.noise(shape)` in training."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        noise = self.noise(tuple(inputs.shape))
        return inputs + ops.cast(ops.convert_to_tensor(noise), inputs.dtype)


class Drawing(Plain):
    """Has a generator of its own, as it should."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.generator = keras.random.SeedGenerator()


@planted
class TrainsByDefault(Drawing):
    """Is in training unless told otherwise."""

    def call(self, inputs, training=True):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0


@planted
class BiasedDropout(Drawing):
    """Forgets to divide by the share it keeps."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        return 0.7 * keras.random.dropout(inputs, 0.3, seed=self.generator)


@planted
class FreshEntropy(Noise):
    """A new NumPy generator from the system's entropy at each call."""

    def noise(self, shape):
        return np.random.default_rng().normal(size=shape)


COUNTER = itertools.count()


@planted
class CountsInstances(keras.layers.Layer):
    """Initial weights from a counter that all instances share."""

    def build(self, input_shape):
        start = np.random.default_rng(next(COUNTER)).normal(size=input_shape[-1:])
        self.factor = self.add_weight(
            shape=input_shape[-1:], initializer=keras.initializers.Constant(start), name="factor"
        )

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape


@planted
class IgnoresSeed(Plain):
    """Takes a seed and never uses it."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.generator = keras.random.SeedGenerator()

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@planted
class ConstantSeed(Plain):
    """Takes a seed, and uses 1337."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.generator = keras.random.SeedGenerator(1337)

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.generator) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@planted
class NumpyNoise(Noise):
    """Draws from np.random in `call`: frozen in a compiled step."""

    def noise(self, shape):
        return np.random.normal(size=shape)


@planted
class HiddenGenerator(Plain):
    """Its generator lies in a closure, where Keras does not find it."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        generator = keras.random.SeedGenerator()
        self.draw = lambda inputs: keras.random.dropout(inputs, 0.5, seed=generator)

    def call(self, inputs, training=False):
        return self.draw(inputs) if training else inputs * 1.0


@planted
class NewGeneratorEachCall(Plain):
    """Makes its generator in `call`."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        return keras.random.dropout(inputs, 0.5, seed=keras.random.SeedGenerator())


@planted
class IntegerSeed(Plain):
    """Hands an integer to keras.random: the same mask at each call."""

    def __init__(self, seed=3, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=self.seed) if training else inputs * 1.0

    def get_config(self):
        return {**super().get_config(), "seed": self.seed}


@planted
class HardCodedSeed(Plain):
    """The same, with nothing that says so."""

    def call(self, inputs, training=False):
        return keras.random.dropout(inputs, 0.5, seed=42) if training else inputs * 1.0


@planted
class DrawsAtInference(Drawing):
    """Draws its noise first and asks for `training` after."""

    def call(self, inputs, training=False):
        noise = keras.random.normal(ops.shape(inputs), seed=self.generator)
        return inputs + ops.cast(noise, inputs.dtype) if training else inputs * 1.0


@planted
class DrawsAtRateZero(Plain):
    """Draws a mask that a rate of 0 makes needless."""

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


@planted
class BurnsNumpy(Plain):
    """Draws from np.random at inference and throws it away."""

    def call(self, inputs):
        np.random.random()
        return inputs * 1.0


PLANTED_BUGS = [
    PlantedBug("training_arg", DropsNever),
    PlantedBug("training_arg", NormInert),
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
    PlantedBug("seed_not_consumed", DrawsAtInference),
    PlantedBug("seed_not_consumed", DrawsAtRateZero),
    PlantedBug("seed_not_consumed", BurnsNumpy),
]

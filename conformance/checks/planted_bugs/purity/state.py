"""Broken layers for `purity_state`: they change the world, or keep what a call gave them."""

import random
import warnings

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Plain, planted


@planted
class SetsFloatx(Plain):
    """Makes everything half precision."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        keras.config.set_floatx("float16")

    def call(self, inputs):
        return inputs * 1.0


@planted
class SeedsNumpy(Plain):
    """Seeds np.random in its constructor."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        np.random.seed(0)

    def call(self, inputs):
        return inputs * 1.0


@planted
class SeedsPython(Plain):
    """Seeds Python's random in `build`."""

    def build(self, input_shape):
        random.seed(3)
        self.built = True

    def call(self, inputs):
        return inputs * 1.0


@planted
class SilencesWarnings(Plain):
    """Switches off the warnings of everyone."""

    def call(self, inputs):
        warnings.filterwarnings("ignore", message="all of them")
        return inputs * 1.0


@planted
class KeepsHalfResult(Plain):
    """Keeps a part of its result on itself and reads it again."""

    def call(self, inputs):
        self._scale = ops.max(ops.abs(inputs), axis=-1, keepdims=True)
        normed = ops.tanh(inputs)
        result = normed * self._scale
        self._scale = None
        return result


@planted
class KeepsLength(Plain):
    """A dictionary of the module instead of an attribute."""

    def call(self, inputs):
        SCRATCH["mean"] = ops.mean(inputs, axis=1, keepdims=True)
        result = inputs * 2.0
        result = result - SCRATCH["mean"]
        SCRATCH.clear()
        return result


SCRATCH = {}


@planted
class KeepsOutput(Plain):
    """Keeps its last output for whoever wants to look."""

    def call(self, inputs):
        self.last_output = inputs * 2.0
        return self.last_output


@planted
class KeepsHistory(Plain):
    """Appends to a list, in training alone."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.history = []

    def call(self, inputs, training=False):
        if training:
            self.history.append(ops.mean(inputs))
        return inputs * 2.0


@planted
class KeepsInClass(Plain):
    """A cache that all instances share."""

    cache = {}

    def call(self, inputs):
        type(self).cache["input"] = inputs
        return inputs * 2.0


@planted
class KeepsInModule(Plain):
    """A list of the module."""

    def call(self, inputs):
        SEEN.append(inputs)
        return inputs * 2.0


SEEN = []

PLANTED_BUGS = [
    PlantedBug("no_global_state", SetsFloatx, also_fails=("param_dtype",)),
    PlantedBug("no_global_state", SeedsNumpy),
    PlantedBug("no_global_state", SeedsPython, also_fails=("seed_determinism",)),
    PlantedBug("no_global_state", SilencesWarnings),
    PlantedBug("threads", KeepsHalfResult),
    PlantedBug("threads", KeepsLength),
    PlantedBug("no_tensor_attributes", KeepsOutput, also_fails=("threads",)),
    PlantedBug("no_tensor_attributes", KeepsHistory),
    PlantedBug("no_tensor_attributes", KeepsInClass),
    PlantedBug("no_tensor_attributes", KeepsInModule),
]

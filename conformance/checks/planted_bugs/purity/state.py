"""Planted bugs for the checks of global and stored state."""

import random
import warnings

import keras
import numpy as np
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Plain, registered


@registered
class SetsFloatx(Plain):
    """Sets the global dtype to half precision."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        keras.config.set_floatx("float16")

    def call(self, inputs):
        return inputs * 1.0


@registered
class SeedsNumpy(Plain):
    """Seeds `np.random` in its constructor."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        np.random.seed(0)

    def call(self, inputs):
        return inputs * 1.0


@registered
class SeedsPython(Plain):
    """Seeds the generator of Python in `build`."""

    def build(self, input_shape):
        random.seed(3)
        self.built = True

    def call(self, inputs):
        return inputs * 1.0


@registered
class SilencesWarnings(Plain):
    """Adds a global warning filter."""

    def call(self, inputs):
        warnings.filterwarnings("ignore", message="all of them")
        return inputs * 1.0


@registered
class StoresIntermediate(Plain):
    """Stores an intermediate value on itself and reads it again."""

    def call(self, inputs):
        self._scale = ops.max(ops.abs(inputs), axis=-1, keepdims=True)
        normed = ops.tanh(inputs)
        result = normed * self._scale
        self._scale = None
        return result


@registered
class StoresInModule(Plain):
    """Stores an intermediate value in a dict of the module."""

    def call(self, inputs):
        SCRATCH["mean"] = ops.mean(inputs, axis=1, keepdims=True)
        result = inputs * 2.0
        result = result - SCRATCH["mean"]
        SCRATCH.clear()
        return result


SCRATCH = {}


@registered
class StoresOutput(Plain):
    """Stores its last output."""

    def call(self, inputs):
        self.last_output = inputs * 2.0
        return self.last_output


@registered
class StoresHistory(Plain):
    """Appends to a list in training."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.history = []

    def call(self, inputs, training=False):
        if training:
            self.history.append(ops.mean(inputs))
        return inputs * 2.0


@registered
class CachesInClass(Plain):
    """Stores its input in a cache of the class."""

    cache = {}

    def call(self, inputs):
        type(self).cache["input"] = inputs
        return inputs * 2.0


@registered
class CachesInModule(Plain):
    """Stores its input in a list of the module."""

    def call(self, inputs):
        SEEN.append(inputs)
        return inputs * 2.0


SEEN = []

PLANTED_BUGS = [
    PlantedBug("no_global_state", SetsFloatx, also_fails=("param_dtype",)),
    PlantedBug("no_global_state", SeedsNumpy),
    PlantedBug("no_global_state", SeedsPython, also_fails=("seed_determinism",)),
    PlantedBug("no_global_state", SilencesWarnings),
    PlantedBug("threads", StoresIntermediate),
    PlantedBug("threads", StoresInModule),
    PlantedBug("no_tensor_attributes", StoresOutput, also_fails=("threads",)),
    PlantedBug("no_tensor_attributes", StoresHistory),
    PlantedBug("no_tensor_attributes", CachesInClass),
    PlantedBug("no_tensor_attributes", CachesInModule),
]

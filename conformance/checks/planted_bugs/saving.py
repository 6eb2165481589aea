"""Planted bugs for the checks of saving: weights and settings that are not restored."""

import keras

from conformance.checks.planted_bugs.gradients.basics import Scaled
from conformance.checks.planted_bugs.purity.basics import registered

from . import PlantedBug

SETTINGS = {}


class Box:
    """A plain object, which Keras does not inspect."""

    def __init__(self, content):
        self.content = content


@registered
class SublayerInBox(keras.layers.Layer):
    """Stores a sublayer in a plain object, where Keras does not find it."""

    def build(self, input_shape):
        self.box = Box(keras.layers.Dense(3))
        self.box.content.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.box.content(inputs)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], 3)


class TwoWeights(Scaled):
    """Base class with a factor and an offset."""

    def build(self, input_shape):
        super().build(input_shape)
        self.offset = self.add_weight(shape=(input_shape[-1],), name="offset")

    def call(self, inputs):
        return inputs * self.factor + self.offset


@registered
class SavesOne(TwoWeights):
    """Saves and loads only the first of its weights."""

    def save_own_variables(self, store):
        store["0"] = self.factor.numpy()

    def load_own_variables(self, store):
        self.factor.assign(store["0"])


@registered
class SwapsOnLoad(TwoWeights):
    """Loads its weights in the wrong order."""

    def load_own_variables(self, store):
        self.factor.assign(store["1"])
        self.offset.assign(store["0"])


@registered
class SavesOldValues(TwoWeights):
    """Saves zeros in place of the current values."""

    def build(self, input_shape):
        super().build(input_shape)
        self.first = None

    def save_own_variables(self, store):
        for number, weight in enumerate((self.factor, self.offset)):
            store[str(number)] = 0.0 * weight.numpy()


@registered
class WrongBuildConfig(Scaled):
    """Is rebuilt for another number of features."""

    def build_from_config(self, config):
        self.build((None, None, 3))

    def call(self, inputs):
        return inputs * self.factor


@registered
class NeedsSetup(Scaled):
    """Reads a setting that only the training script creates."""

    def call(self, inputs):
        return inputs * self.factor * SETTINGS["scale"]


def needs_setup():
    SETTINGS["scale"] = 2.0
    return NeedsSetup()


PLANTED_BUGS = [
    PlantedBug(
        "save_load",
        SublayerInBox,
        also_fails=("weight_counts", "save_load_subclassed", "clone_model", "in_sequential"),
    ),
    PlantedBug("save_load", SavesOne, also_fails=("save_load_subclassed", "load_in_fresh_process")),
    PlantedBug(
        "save_load", SwapsOnLoad, also_fails=("save_load_subclassed", "load_in_fresh_process")
    ),
    PlantedBug(
        "save_load", SavesOldValues, also_fails=("save_load_subclassed", "load_in_fresh_process")
    ),
    PlantedBug(
        "save_load_subclassed",
        WrongBuildConfig,
        also_fails=("save_load", "build_config_roundtrip", "clone_model", "load_in_fresh_process"),
    ),
    PlantedBug("load_in_fresh_process", needs_setup, also_fails=("no_backend_import",)),
]

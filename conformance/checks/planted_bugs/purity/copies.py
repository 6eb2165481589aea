"""Planted bugs for the checks of copies."""

import threading

import keras

from conformance.checks.planted_bugs import PlantedBug

from .basics import registered


class Factor(keras.layers.Layer):
    """Base class with a factor per feature."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class SharedCopy(Factor):
    """Returns itself as its deep copy."""

    def __deepcopy__(self, memo):
        return self


@registered
class FreshCopy(Factor):
    """Has a deep copy without its weights."""

    def __deepcopy__(self, memo):
        other = type(self).from_config(self.get_config())
        other.build((None, 7, 6))
        return other


@registered
class FreshPickle(Factor):
    """Pickles only its config."""

    def __reduce__(self):
        return (_restored, (self.get_config(),))


def _restored(config):
    layer = FreshPickle.from_config(config)
    layer.build((None, 7, 6))
    return layer


@registered
class Locked(Factor):
    """Pickles a lock."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.lock = threading.Lock()

    def __reduce__(self):
        return (_restored, (self.lock,))


@registered
class ForgetsScale(Factor):
    """Has an argument that is not in the config."""

    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs * self.factor * self.scale

    def get_config(self):
        return dict(super().get_config())


CONFIG = ("config_complete", "config_roundtrip", "clone_model", "save_load")
PLANTED_BUGS = [
    PlantedBug("deepcopy", SharedCopy),
    PlantedBug("deepcopy", FreshCopy),
    PlantedBug("pickle_layer", FreshPickle, also_fails=("deepcopy",)),
    PlantedBug("pickle_layer", Locked, also_fails=("deepcopy",)),
    PlantedBug(
        "pickle_model",
        lambda: ForgetsScale(scale=3.0),
        also_fails=("deepcopy", "pickle_layer", *CONFIG),
    ),
]

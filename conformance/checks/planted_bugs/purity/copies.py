"""Broken layers for `purity_copies`: copies that share, forget or cannot be made."""

import threading

import keras

from conformance.checks.planted_bugs import PlantedBug

from .basics import planted


class Factor(keras.layers.Layer):
    """One weight a feature."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="factor")

    def call(self, inputs):
        return inputs * self.factor

    def compute_output_shape(self, input_shape):
        return input_shape


@planted
class SharedCopy(Factor):
    """A deep copy that is the layer itself."""

    def __deepcopy__(self, memo):
        return self


@planted
class FreshCopy(Factor):
    """A deep copy that forgets its weights."""

    def __deepcopy__(self, memo):
        other = type(self).from_config(self.get_config())
        other.build((None, 7, 6))
        return other


@planted
class FreshPickle(Factor):
    """A pickle of nothing but the config."""

    def __reduce__(self):
        return (_rebuilt, (self.get_config(),))


def _rebuilt(config):
    layer = FreshPickle.from_config(config)
    layer.build((None, 7, 6))
    return layer


@planted
class Locked(Factor):
    """Goes around Keras and pickles its attributes, with a lock among them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.guard = threading.Lock()

    def __reduce__(self):
        return (_rebuilt, (self.guard,))


@planted
class ForgetsScale(Factor):
    """An argument that is not in the config: a copy acts otherwise."""

    def __init__(self, scale=1.0, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs * self.factor * self.scale

    def get_config(self):
        return dict(super().get_config())


OF_CONFIG = ("config_complete", "config_roundtrip", "clone_model", "save_load")
PLANTED_BUGS = [
    PlantedBug("deepcopy", SharedCopy),
    PlantedBug("deepcopy", FreshCopy),
    PlantedBug("pickle_layer", FreshPickle, also_fails=("deepcopy",)),
    PlantedBug("pickle_layer", Locked, also_fails=("deepcopy",)),
    PlantedBug(
        "pickle_model",
        lambda: ForgetsScale(scale=3.0),
        also_fails=("deepcopy", "pickle_layer", *OF_CONFIG),
    ),
]

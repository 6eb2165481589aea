"""Broken layers for `purity_noise`: noise that rows share."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import planted
from .randomness import Drawing


class Dropping(Drawing):
    """What the broken layers share: dropout by a factor of `self.noise_shape(inputs)`."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        kept = keras.random.dropout(
            ops.ones(self.drawn_shape(inputs), inputs.dtype), 0.5, seed=self.generator
        )
        return inputs * kept


@planted
class OneMaskForTheBatch(Dropping):
    """Draws one number for each feature and broadcasts it over rows and steps."""

    def drawn_shape(self, inputs):
        return inputs.shape[-1:]


@planted
class OneMaskForTheRows(Dropping):
    """Draws for steps and features, the same for all rows."""

    def drawn_shape(self, inputs):
        return (1, *ops.shape(inputs)[1:])


PLANTED_BUGS = [
    PlantedBug("noise_per_row", OneMaskForTheBatch),
    PlantedBug("noise_per_row", OneMaskForTheRows),
]

"""Planted bugs for the check of noise per row."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import registered
from .randomness import WithGenerator


class DropoutByShape(WithGenerator):
    """Base class of dropout with a mask of shape `self.drawn_shape(inputs)`."""

    def call(self, inputs, training=False):
        if not training:
            return inputs * 1.0
        dropout_mask = keras.random.dropout(
            ops.ones(self.drawn_shape(inputs), inputs.dtype), 0.5, seed=self.generator
        )
        return inputs * dropout_mask


@registered
class MaskPerFeature(DropoutByShape):
    """Draws a value per feature and broadcasts it over rows and steps."""

    def drawn_shape(self, inputs):
        return inputs.shape[-1:]


@registered
class MaskSharedByRows(DropoutByShape):
    """Draws values for steps and features, the same for all rows."""

    def drawn_shape(self, inputs):
        return (1, *ops.shape(inputs)[1:])


PLANTED_BUGS = [
    PlantedBug("noise_per_row", MaskPerFeature),
    PlantedBug("noise_per_row", MaskSharedByRows),
]

"""Planted bugs for the check of modified arguments."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Sample

from .basics import Plain, registered


@registered
class AddsInPlace(Plain):
    """Uses `+=`, which modifies a torch tensor in place."""

    def call(self, inputs):
        inputs += 1.0
        return inputs


@registered
class AssignsInPlace(Plain):
    """Sets the first step of its input to 0 in training."""

    def call(self, inputs, training=False):
        if training and hasattr(inputs, "zero_"):
            inputs[:, 0] = 0.0
        return inputs * 1.0


@registered
class MaskInPlace(Plain):
    """Modifies its mask in place."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is not None and hasattr(mask, "logical_or_"):
            mask.logical_or_(~mask)
        return inputs * 1.0


@registered
class PopsFromList(Plain):
    """Removes the last input from the list of the caller."""

    def __call__(self, inputs, **kwargs):
        if isinstance(inputs, list) and len(inputs) > 1:
            result = super().__call__(list(inputs), **kwargs)
            inputs.pop()
            return result
        return super().__call__(inputs, **kwargs)

    def call(self, inputs):
        return ops.add(*inputs) if len(inputs) > 1 else inputs[0]

    def compute_output_shape(self, input_shape):
        return input_shape[0]


TWO = Sample(shape=[(4, 7, 6), (4, 7, 6)])
PLANTED_BUGS = [
    PlantedBug("input_unchanged", AddsInPlace, backends=("torch",)),
    PlantedBug("input_unchanged", AssignsInPlace, backends=("torch",)),
    PlantedBug("input_unchanged", MaskInPlace, backends=("torch",)),
    PlantedBug("input_unchanged", PopsFromList, sample=TWO),
]

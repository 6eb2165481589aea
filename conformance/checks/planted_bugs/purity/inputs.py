"""Broken layers for `purity_inputs`: they write where they should read."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from keras_seqext.testing import Sample

from .basics import Plain, planted


@planted
class AddsInPlace(Plain):
    """`+=` works in place on torch."""

    def call(self, inputs):
        inputs += 1.0
        return inputs


@planted
class AssignsInPlace(Plain):
    """Zeroes the first step of its input, in training alone."""

    def call(self, inputs, training=False):
        if training and hasattr(inputs, "zero_"):
            inputs[:, 0] = 0.0
        return inputs * 1.0


@planted
class MaskInPlace(Plain):
    """Turns its mask around where it lies."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        if mask is not None and hasattr(mask, "logical_or_"):
            mask.logical_or_(~mask)
        return inputs * 1.0


@planted
class PopsItsList(Plain):
    """Takes the last of its inputs out of the caller's list."""

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
    PlantedBug("input_unchanged", PopsItsList, sample=TWO),
]

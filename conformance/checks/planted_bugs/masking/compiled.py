"""Planted bugs for the checks of masks in compiled calls."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug

from .basics import Pool


class BranchesOnMask(Pool):
    """Branches on the values of the mask in Python."""

    def call(self, inputs, mask=None):
        if mask is not None and bool(ops.all(mask)):
            mask = None
        return super().call(inputs, mask)


class FrozenLength(Pool):
    """Divides by the number of steps at the time of the trace if there is a mask."""

    def call(self, inputs, mask=None):
        if mask is None:
            return super().call(inputs, mask)
        steps = float(inputs.shape[1] or 7)
        masked = ops.mean(ops.where(ops.expand_dims(mask, -1), inputs, 0), axis=1)
        real = ops.cast(ops.shape(inputs)[1], inputs.dtype)
        share = ops.mean(ops.cast(mask, inputs.dtype), axis=1, keepdims=True)
        return masked / ops.maximum(share, 1e-3) * (real / steps)


PLANTED_BUGS = [
    PlantedBug("mask_jit", BranchesOnMask, backends=("tensorflow", "jax")),
    PlantedBug("mask_export", FrozenLength, backends=("tensorflow",)),
]

"""Planted bugs for the check of training."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import registered

from .basics import Scaled


@ops.custom_gradient
def with_reversed_gradient(x):
    """Return the input, with the sign of its gradient reversed."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return -upstream

    return x * 1.0, gradient


@registered
class UphillGradient(Scaled):
    """Trains its weight in the direction of a larger loss."""

    def call(self, inputs):
        return with_reversed_gradient(inputs * self.factor)


@registered
class OverwritesWeight(Scaled):
    """Overwrites its weight in every training call."""

    def call(self, inputs, training=False):
        if training:
            self.factor.assign(ops.ones_like(self.factor.value))
        return inputs * self.factor


PLANTED_BUGS = [
    PlantedBug("fit_learns", UphillGradient, also_fails=("fd_gradient",)),
    PlantedBug(
        "fit_learns",
        OverwritesWeight,
        also_fails=(
            "stateless_call",
            "threads",
            "trainable_false",
            "grad_all_weights",
        ),
    ),
]

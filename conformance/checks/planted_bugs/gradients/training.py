"""Broken layers for `gradients_training`: layers that do not train."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import planted

from .basics import Scaled


@ops.custom_gradient
def turned(x):
    """The input, with its gradient in the wrong direction."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return -upstream

    return x * 1.0, gradient


@planted
class UphillGradient(Scaled):
    """Its weight moves away from where the loss is low."""

    def call(self, inputs):
        return turned(inputs * self.factor)


@planted
class Overwritten(Scaled):
    """Sets its weight anew in every training call."""

    def call(self, inputs, training=False):
        if training:
            self.factor.assign(ops.ones_like(self.factor.value))
        return inputs * self.factor


PLANTED_BUGS = [
    PlantedBug("fit_learns", UphillGradient, also_fails=("fd_gradient",)),
    PlantedBug(
        "fit_learns",
        Overwritten,
        also_fails=(
            "training_differs",
            "stateless_call",
            "threads",
            "trainable_false",
            "grad_all_weights",
        ),
    ),
]

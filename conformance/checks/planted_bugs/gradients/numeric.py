"""Broken layers for `gradients_numeric`: gradients that are not the derivative."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, planted

from .basics import Scaled


@planted
class HalfStopped(Plain):
    """Stops the gradient of one half of a sum."""

    def call(self, inputs):
        return ops.tanh(inputs + ops.stop_gradient(inputs))


@planted
class LastFeatureStopped(Scaled):
    """Stops the gradient of one feature."""

    def call(self, inputs):
        last = ops.stop_gradient(inputs[..., -1:])
        return ops.concatenate([inputs[..., :-1], last], axis=-1) * self.factor


@ops.custom_gradient
def square(x):
    """Its gradient lacks the factor 2."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return upstream * x

    return x * x, gradient


@planted
class WrongCustomGradient(Scaled):
    """A custom gradient with a factor missing."""

    def call(self, inputs):
        return square(inputs * self.factor)


@planted
class StoppedNormalisation(Plain):
    """Takes the scale of a row for a constant in the gradient."""

    def call(self, inputs):
        spread = ops.std(inputs, axis=-1, keepdims=True)
        return inputs / (ops.stop_gradient(spread) + 0.1)


PLANTED_BUGS = [
    PlantedBug("fd_gradient", HalfStopped),
    PlantedBug("fd_gradient", LastFeatureStopped),
    PlantedBug("fd_gradient", WrongCustomGradient),
    PlantedBug("fd_gradient", StoppedNormalisation),
]

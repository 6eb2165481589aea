"""Planted bugs for the check of finite differences."""

from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, registered

from .basics import Scaled


@registered
class HalfStopped(Plain):
    """Stops the gradient of one of two terms."""

    def call(self, inputs):
        return ops.tanh(inputs + ops.stop_gradient(inputs))


@registered
class LastFeatureStopped(Scaled):
    """Stops the gradient of one feature."""

    def call(self, inputs):
        last = ops.stop_gradient(inputs[..., -1:])
        return ops.concatenate([inputs[..., :-1], last], axis=-1) * self.factor


@ops.custom_gradient
def square(x):
    """Return the square, with a gradient that lacks the factor 2."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return upstream * x

    return x * x, gradient


@registered
class WrongCustomGradient(Scaled):
    """Uses a custom gradient that lacks a factor."""

    def call(self, inputs):
        return square(inputs * self.factor)


@registered
class StoppedNormalisation(Plain):
    """Treats the scale of a row as a constant in the gradient."""

    def call(self, inputs):
        spread = ops.std(inputs, axis=-1, keepdims=True)
        return inputs / (ops.stop_gradient(spread) + 0.1)


PLANTED_BUGS = [
    PlantedBug("fd_gradient", HalfStopped),
    PlantedBug("fd_gradient", LastFeatureStopped),
    PlantedBug("fd_gradient", WrongCustomGradient),
    PlantedBug("fd_gradient", StoppedNormalisation),
]

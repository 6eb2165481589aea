"""Planted bugs for the checks of gradients."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, registered


class Scaled(keras.layers.Layer):
    """Base class with a factor per feature that retains the shape."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")
        self.built = True

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class DeadWeight(Scaled):
    """Creates a bias and does not use it."""

    def build(self, input_shape):
        super().build(input_shape)
        self.bias = self.add_weight(shape=(input_shape[-1],), name="bias")

    def call(self, inputs):
        return inputs * self.factor


@registered
class StoppedWeight(Scaled):
    """Stops the gradient of its weight."""

    def call(self, inputs):
        return inputs * ops.stop_gradient(self.factor)


@registered
class SignOfWeight(Scaled):
    """Uses only the sign of its weight."""

    def call(self, inputs):
        return inputs * ops.sign(self.factor)


@registered
class StoppedInTraining(Scaled):
    """Has a gradient only at inference."""

    def call(self, inputs, training=False):
        return (ops.stop_gradient(inputs) if training else inputs) * self.factor


@registered
class IntegerWeight(Scaled):
    """Marks an integer weight as trainable."""

    def build(self, input_shape):
        super().build(input_shape)
        self.steps = self.add_weight(
            shape=(), dtype="int32", initializer="ones", trainable=True, name="steps"
        )

    def call(self, inputs):
        return inputs * self.factor * ops.cast(self.steps, inputs.dtype)


@registered
class StoppedInput(Scaled):
    """Stops the gradient of its input."""

    def call(self, inputs):
        return ops.stop_gradient(inputs) * self.factor


@registered
class Rounded(Scaled):
    """Rounds to thirds."""

    def call(self, inputs):
        return ops.round(inputs * 3) / 3 * self.factor


@registered
class ThroughIntegers(Scaled):
    """Casts to integers and back."""

    def call(self, inputs):
        return ops.cast(ops.cast(inputs * 10, "int32"), inputs.dtype) * self.factor


@registered
class HardStep(Plain):
    """Returns 1 where the input is positive, and 0 elsewhere."""

    def call(self, inputs):
        return ops.cast(inputs > 0, inputs.dtype)


@registered
class LengthOfStep(keras.layers.Layer):
    """Returns the norm of each step, which has no derivative at 0."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return ops.sqrt(ops.sum(ops.square(inputs), axis=-1))

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]


@registered
class NaiveSoftmax(Plain):
    """Computes a softmax without subtracting the maximum."""

    def call(self, inputs):
        exponents = ops.exp(inputs)
        return exponents / ops.sum(exponents, axis=-1, keepdims=True)


@ops.custom_gradient
def twice_with_rough_gradient(x):
    """Return twice the input, with a gradient of 2 that has no derivative."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return upstream * (2.0 + ops.sqrt(0.0 * x))

    return x * 2.0, gradient


@registered
class RoughGradient(Plain):
    """Has a correct gradient, whose own gradient is NaN."""

    def call(self, inputs):
        return twice_with_rough_gradient(inputs) * inputs


PLANTED_BUGS = [
    PlantedBug("grad_all_weights", DeadWeight),
    PlantedBug("grad_all_weights", StoppedWeight, also_fails=("fit_learns",)),
    PlantedBug("grad_all_weights", SignOfWeight),
    PlantedBug(
        "grad_all_weights",
        IntegerWeight,
        also_fails=("param_dtype", "trainable_false"),
        backends=("tensorflow", "jax"),  # torch rejects such a weight
    ),
    PlantedBug("grad_inputs", StoppedInput),
    PlantedBug("grad_inputs", StoppedInTraining),
    PlantedBug("grad_inputs", Rounded),
    PlantedBug("grad_inputs", ThroughIntegers),
    PlantedBug("grad_inputs", HardStep),
    PlantedBug("grad_large_inputs", LengthOfStep, also_fails=("all_masked_grad",)),
    PlantedBug("grad_large_inputs", NaiveSoftmax),
    PlantedBug("second_order", RoughGradient),
]

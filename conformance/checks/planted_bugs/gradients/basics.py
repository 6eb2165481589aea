"""Broken layers for `gradients`: weights and inputs that gradients do not reach, or wrongly."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.purity.basics import Plain, planted


class Scaled(keras.layers.Layer):
    """What the broken layers share: one factor a feature, the shape kept."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), name="factor")
        self.built = True

    def compute_output_shape(self, input_shape):
        return input_shape


@planted
class DeadWeight(Scaled):
    """Has a bias that it does not use."""

    def build(self, input_shape):
        super().build(input_shape)
        self.bias = self.add_weight(shape=(input_shape[-1],), name="bias")

    def call(self, inputs):
        return inputs * self.factor


@planted
class StoppedWeight(Scaled):
    """Stops the gradient on the way to its weight."""

    def call(self, inputs):
        return inputs * ops.stop_gradient(self.factor)


@planted
class SignOfWeight(Scaled):
    """Uses the sign of a weight alone."""

    def call(self, inputs):
        return inputs * ops.sign(self.factor)


@planted
class StoppedInTraining(Scaled):
    """Has a gradient at inference alone."""

    def call(self, inputs, training=False):
        return (ops.stop_gradient(inputs) if training else inputs) * self.factor


@planted
class IntegerWeight(Scaled):
    """Marks an integer weight as trainable."""

    def build(self, input_shape):
        super().build(input_shape)
        self.steps = self.add_weight(
            shape=(), dtype="int32", initializer="ones", trainable=True, name="steps"
        )

    def call(self, inputs):
        return inputs * self.factor * ops.cast(self.steps, inputs.dtype)


@planted
class StoppedInput(Scaled):
    """Stops the gradient on the way to its input."""

    def call(self, inputs):
        return ops.stop_gradient(inputs) * self.factor


@planted
class Rounded(Scaled):
    """Rounds to thirds."""

    def call(self, inputs):
        return ops.round(inputs * 3) / 3 * self.factor


@planted
class ThroughIntegers(Scaled):
    """Casts to integers and back."""

    def call(self, inputs):
        return ops.cast(ops.cast(inputs * 10, "int32"), inputs.dtype) * self.factor


@planted
class HardStep(Plain):
    """Is 1 where the input is positive."""

    def call(self, inputs):
        return ops.cast(inputs > 0, inputs.dtype)


@planted
class LengthOfStep(keras.layers.Layer):
    """Has no derivative at 0: the length of each step."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return ops.sqrt(ops.sum(ops.square(inputs), axis=-1))

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]


@planted
class NaiveSoftmax(Plain):
    """A softmax without subtracting the maximum."""

    def call(self, inputs):
        exponents = ops.exp(inputs)
        return exponents / ops.sum(exponents, axis=-1, keepdims=True)


@ops.custom_gradient
def twice_with_rough_gradient(x):
    """Its gradient is 2, written so that it has no derivative."""

    def gradient(*args, upstream=None):
        (upstream,) = args if upstream is None else (upstream,)
        return upstream * (2.0 + ops.sqrt(0.0 * x))

    return x * 2.0, gradient


@planted
class RoughGradient(Plain):
    """Its gradient is right, and the gradient of that is NaN."""

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
        backends=("tensorflow", "jax"),  # torch itself refuses it
    ),
    PlantedBug("grad_inputs", StoppedInput),
    PlantedBug("grad_inputs", StoppedInTraining, also_fails=("training_differs",)),
    PlantedBug("grad_inputs", Rounded),
    PlantedBug("grad_inputs", ThroughIntegers),
    PlantedBug("grad_inputs", HardStep),
    PlantedBug("grad_large_inputs", LengthOfStep, also_fails=("all_masked_grad",)),
    PlantedBug("grad_large_inputs", NaiveSoftmax),
    PlantedBug("second_order", RoughGradient),
]

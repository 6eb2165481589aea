"""Broken layers for `shapes`."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug


class Base(keras.layers.Layer):
    """Gives back what it is given; the others break one thing."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs * 2.0


@keras.saving.register_keras_serializable(package="plants")
class AnnouncesOneFeatureMore(Base):
    """Returns another number of features than it says."""

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((*inputs.shape[:-1], inputs.shape[-1] + 1), inputs.dtype)


@keras.saving.register_keras_serializable(package="plants")
class AnnouncesABatchOfFour(Base):
    """Puts a number where the batch size is not known."""

    def compute_output_shape(self, input_shape):
        return (input_shape[0] or 4, *input_shape[1:])


@keras.saving.register_keras_serializable(package="plants")
class ForgetsKeepdims(Base):
    """Keeps an axis that it says is gone."""

    def call(self, inputs):
        return ops.mean(inputs, axis=1, keepdims=True)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


@keras.saving.register_keras_serializable(package="plants")
class AnnouncesFloats(Base):
    """Says nothing of its integers."""

    def call(self, inputs):
        return ops.cast(ops.argmax(inputs, axis=-1), "int32")

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]


@keras.saving.register_keras_serializable(package="plants")
class ShapeAsList(Base):
    """Fails in wrappers, which add tuples to the shape."""

    def compute_output_shape(self, input_shape):
        return list(input_shape)


@keras.saving.register_keras_serializable(package="plants")
class BuildsToTellTheShape(keras.layers.Layer):
    """Makes its weights when asked for the shape."""

    def build(self, input_shape):
        if not self.built:
            self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")
        self.built = True

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        self.build(input_shape)
        return (*input_shape[:-1], self.kernel.shape[1])


@keras.saving.register_keras_serializable(package="plants")
class AsksItsKernelForTheShape(keras.layers.Layer):
    """Cannot tell its shape until it is built."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.kernel.shape[1])


@keras.saving.register_keras_serializable(package="plants")
class KnowsNoFeatures(Base):
    """No layer with weights can follow."""

    def compute_output_shape(self, input_shape):
        return (input_shape[0], None, None)


DECLARED = (
    "symbolic_shape",
    "compute_output_shape",
    "compute_output_spec",
    "length_one",
    "dynamic_batch",
    "dynamic_time",
    "fit_learns",
)
PLANTED_BUGS = [
    PlantedBug("symbolic_shape", AnnouncesOneFeatureMore, also_fails=DECLARED),
    PlantedBug("symbolic_shape", AnnouncesABatchOfFour, also_fails=DECLARED),
    PlantedBug("symbolic_shape", ForgetsKeepdims, also_fails=DECLARED),
    PlantedBug("symbolic_dtype", AnnouncesFloats, also_fails=("grad_inputs",)),
    PlantedBug("compute_output_shape", ShapeAsList),
    PlantedBug(
        "compute_output_shape", BuildsToTellTheShape, also_fails=("build_explicit", "save_load")
    ),
    PlantedBug("compute_output_shape_unbuilt", AsksItsKernelForTheShape),
    PlantedBug("compute_output_spec", KnowsNoFeatures),
]

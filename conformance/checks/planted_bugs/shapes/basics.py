"""Planted bugs for the checks of declared shapes."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug


class Base(keras.layers.Layer):
    """Base class without weights that multiplies its input by 2."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return inputs * 2.0


@keras.saving.register_keras_serializable(package="planted_bugs")
class DeclaresExtraFeature(Base):
    """Declares one feature more than it returns."""

    def compute_output_spec(self, inputs):
        return keras.KerasTensor((*inputs.shape[:-1], inputs.shape[-1] + 1), inputs.dtype)


@keras.saving.register_keras_serializable(package="planted_bugs")
class DeclaresBatchOfFour(Base):
    """Declares a batch size of 4 where it is unknown."""

    def compute_output_shape(self, input_shape):
        return (input_shape[0] or 4, *input_shape[1:])


@keras.saving.register_keras_serializable(package="planted_bugs")
class ForgetsKeepdims(Base):
    """Retains an axis that it declares as removed."""

    def call(self, inputs):
        return ops.mean(inputs, axis=1, keepdims=True)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[2])


@keras.saving.register_keras_serializable(package="planted_bugs")
class DeclaresFloats(Base):
    """Returns integers and declares floats."""

    def call(self, inputs):
        return ops.cast(ops.argmax(inputs, axis=-1), "int32")

    def compute_output_shape(self, input_shape):
        return input_shape[:-1]


@keras.saving.register_keras_serializable(package="planted_bugs")
class ShapeAsList(Base):
    """Returns its output shape as a list, to which wrappers cannot add tuples."""

    def compute_output_shape(self, input_shape):
        return list(input_shape)


@keras.saving.register_keras_serializable(package="planted_bugs")
class BuildsInComputeOutputShape(keras.layers.Layer):
    """Creates its weights in `compute_output_shape`."""

    def build(self, input_shape):
        if not self.built:
            self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")
        self.built = True

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        self.build(input_shape)
        return (*input_shape[:-1], self.kernel.shape[1])


@keras.saving.register_keras_serializable(package="planted_bugs")
class ReadsKernelForOutputShape(keras.layers.Layer):
    """Needs its kernel to compute the output shape."""

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 3), name="kernel")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.kernel.shape[1])


@keras.saving.register_keras_serializable(package="planted_bugs")
class UnknownFeatures(Base):
    """Declares an unknown number of features."""

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
    PlantedBug("symbolic_shape", DeclaresExtraFeature, also_fails=DECLARED),
    PlantedBug("symbolic_shape", DeclaresBatchOfFour, also_fails=DECLARED),
    PlantedBug("symbolic_shape", ForgetsKeepdims, also_fails=DECLARED),
    PlantedBug("symbolic_dtype", DeclaresFloats, also_fails=("grad_inputs",)),
    PlantedBug("compute_output_shape", ShapeAsList),
    PlantedBug(
        "compute_output_shape",
        BuildsInComputeOutputShape,
        also_fails=("build_explicit", "save_load"),
    ),
    PlantedBug("compute_output_shape_unbuilt", ReadsKernelForOutputShape),
    PlantedBug("compute_output_spec", UnknownFeatures),
]

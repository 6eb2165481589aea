"""Planted bugs for the checks of low precision."""

import keras
from keras import ops

from conformance.checks.planted_bugs import PlantedBug
from conformance.checks.planted_bugs.shapes.basics import Base


@keras.saving.register_keras_serializable(package="planted_bugs")
class Float32Constant(Base):
    """Multiplies by a float32 tensor, which promotes the output."""

    def call(self, inputs):
        return ops.multiply(inputs, ops.ones((inputs.shape[-1],), dtype="float32"))


@keras.saving.register_keras_serializable(package="planted_bugs")
class OverflowsAt65504(Base):
    """Computes a softplus with exp(12), which overflows in float16."""

    def call(self, inputs):
        return ops.log(1.0 + ops.exp(12.0 * inputs)) / 12.0


@keras.saving.register_keras_serializable(package="planted_bugs")
class TinyEpsilon(Base):
    """Divides by a norm plus 1e-8, which is 0 in float16."""

    def call(self, inputs):
        size = ops.sqrt(ops.mean(inputs * inputs, axis=-1, keepdims=True) + 1e-8)
        return inputs / size


@keras.saving.register_keras_serializable(package="planted_bugs")
class WeightInFloat32(keras.layers.Layer):
    """Creates a weight that does not follow the policy."""

    def build(self, input_shape):
        self.factor = self.add_weight(shape=(input_shape[-1],), dtype="float32", name="factor")

    def call(self, inputs):
        return inputs * ops.cast(self.factor, self.compute_dtype)


@keras.saving.register_keras_serializable(package="planted_bugs")
class SublayerWithoutDtype(keras.layers.Layer):
    """Creates a sublayer under the global policy and casts its output."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dropout = keras.layers.Dropout(0.0)

    def build(self, input_shape):
        self.dropout.build(input_shape)
        self.built = True

    def call(self, inputs):
        return ops.cast(self.dropout(inputs), self.compute_dtype)


@keras.saving.register_keras_serializable(package="planted_bugs")
class PassesPolicyName(keras.layers.Layer):
    """Passes the name of its policy to its sublayer, which loses a map."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        name = self.dtype_policy.name.removeprefix("map_")
        self.dense = keras.layers.Dense(3, dtype=name, name="dense")

    def build(self, input_shape):
        self.dense.build(input_shape)
        self.built = True

    def call(self, inputs):
        return self.dense(inputs)


PLANTED_BUGS = [
    PlantedBug("mixed_bfloat16", Float32Constant, also_fails=("mixed_float16", "bfloat16")),
    PlantedBug("mixed_float16", OverflowsAt65504, also_fails=("grad_large_inputs",)),
    PlantedBug("mixed_float16", TinyEpsilon),
    PlantedBug("bfloat16", WeightInFloat32, also_fails=("param_dtype", "float64")),
    PlantedBug("sublayer_policies", SublayerWithoutDtype, also_fails=("float64_precision",)),
    PlantedBug("dtype_policy_map", PassesPolicyName),
]

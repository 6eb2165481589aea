"""Correct layers with other sizes, lengths and dtypes."""

import keras
from keras import ops

from keras_seqext.testing import LayerCase, Sample, Traits

SEQUENCE = [Sample(shape=(4, 7, 6))]


@keras.saving.register_keras_serializable(package="correct_layers")
class Block(keras.layers.Layer):
    """Layer with sublayers, one of them in at least float32 by design, that returns a dict."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.project = keras.layers.Conv1D(units, 1, dtype=self.dtype_policy, name="project")
        wide = "float64" if self.compute_dtype == "float64" else "float32"
        self.normalise = keras.layers.LayerNormalization(dtype=wide, name="normalise")

    def build(self, input_shape):
        self.project.build(input_shape)
        self.normalise.build((*input_shape[:-1], self.units))
        self.built = True

    def call(self, inputs):
        hidden = self.project(inputs)
        weights = ops.cast(self.normalise(hidden), hidden.dtype)
        return {"hidden": hidden, "pooled": ops.sum(hidden * weights, axis=1)}

    def compute_output_shape(self, input_shape):
        return {
            "hidden": (*input_shape[:-1], self.units),
            "pooled": (input_shape[0], self.units),
        }

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="correct_layers")
class Differences(keras.layers.Layer):
    """Differences of consecutive steps; raises for fewer than two steps."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        if inputs.shape[1] is not None and inputs.shape[1] < 2:
            raise ValueError(f"`inputs` must have at least 2 steps. Received: {inputs.shape}.")
        return inputs[:, 1:] - inputs[:, :-1]

    def compute_output_shape(self, input_shape):
        steps = None if input_shape[1] is None else input_shape[1] - 1
        return (input_shape[0], steps, *input_shape[2:])


@keras.saving.register_keras_serializable(package="correct_layers")
class ArgMax(keras.layers.Layer):
    """Layer that returns integers and declares them."""

    def build(self, input_shape):
        self.built = True

    def call(self, inputs):
        return ops.cast(ops.argmax(inputs, axis=-1), "int32")

    def compute_output_spec(self, inputs):
        return keras.KerasTensor(inputs.shape[:-1], dtype="int32")


@keras.saving.register_keras_serializable(package="correct_layers")
class StepEmbedding(keras.layers.Layer):
    """Layer that adds a weight per step, for a single length."""

    def build(self, input_shape):
        self.table = self.add_weight(shape=input_shape[1:], name="table")

    def call(self, inputs):
        return inputs + self.table

    def compute_output_shape(self, input_shape):
        return input_shape


SIZES = [
    LayerCase(Block, samples=SEQUENCE, traits=Traits(own_dtype=("normalise",))),
    LayerCase(Differences, samples=SEQUENCE),
    LayerCase(ArgMax, samples=SEQUENCE, traits=Traits(nondifferentiable=True)),
    LayerCase(StepEmbedding, samples=SEQUENCE, traits=Traits(fixed_length=True)),
    LayerCase(lambda: keras.layers.Conv1D(3, 3), name="Conv1D-valid", samples=SEQUENCE),
    LayerCase(
        lambda: keras.layers.Conv1D(3, 3, padding="causal", dilation_rate=2),
        name="Conv1D-causal",
        samples=SEQUENCE,
    ),
    LayerCase(lambda: keras.layers.Reshape((42,)), name="Reshape", samples=SEQUENCE),
    LayerCase(keras.layers.Flatten, name="Flatten", samples=SEQUENCE),
    LayerCase(keras.layers.Add, name="Add", samples=[Sample(shape=[(4, 7, 6), (4, 7, 6)])]),
]

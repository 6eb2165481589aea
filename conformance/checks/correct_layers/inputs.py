"""Correct layers with inputs in a dict, a required argument of `call`, and other batch axes."""

import keras
from keras import ops

from keras_seqext.testing import LayerCase, Sample, Traits

registered = keras.saving.register_keras_serializable(package="correct_layers")
DICT_SAMPLE = Sample(shape={"a": (4, 7, 6), "b": (4, 7, 5)})


@registered
class SumOfDict(keras.layers.Layer):
    """Sum of two projections of the inputs `a` and `b`."""

    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.one = keras.layers.Dense(units, name="one", dtype=self.dtype_policy)
        self.two = keras.layers.Dense(units, name="two", dtype=self.dtype_policy)

    def build(self, input_shape):
        self.one.build(input_shape["a"])
        self.two.build(input_shape["b"])

    def call(self, inputs):
        return self.one(inputs["a"]) + self.two(inputs["b"])

    def compute_output_shape(self, input_shape):
        return (*input_shape["a"][:-1], self.units)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@registered
class DropoutInside(keras.layers.Layer):
    """Dropout that `training` reaches only through the context of Keras."""

    def __init__(self, rate=0.4, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.seed = rate, seed
        self.dropout = keras.layers.Dropout(rate, seed=seed, dtype=self.dtype_policy)

    def build(self, input_shape):
        self.dropout.build(input_shape)

    def call(self, inputs):
        return self.dropout(inputs)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


@registered
class Times(keras.layers.Layer):
    """Product with a required argument of the call."""

    def call(self, inputs, scale):
        return inputs * scale

    def compute_output_shape(self, input_shape):
        return input_shape


@registered
class Gram(keras.layers.Layer):
    """Products of all pairs of rows, of shape `(batch, batch)`."""

    def call(self, inputs):
        # `ops.matmul` would return float32 for float64 on torch.
        return ops.einsum("if,jf->ij", inputs, inputs)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[0])


INPUTS = [
    LayerCase(SumOfDict, samples=[DICT_SAMPLE]),
    LayerCase(DropoutInside, samples=[Sample(shape=(4, 7, 6))]),
    LayerCase(Times, samples=[Sample(shape=(4, 7, 6), call_kwargs={"scale": 2.0})]),
    LayerCase(Gram, samples=[Sample(shape=(4, 6))], traits=Traits(per_example=False)),
]

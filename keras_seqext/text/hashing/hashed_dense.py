"""A dense layer behind hashed words, without the ones and zeros between."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.layer_validation import (
    checked_activation,
    checked_initializer,
    checked_options,
    checked_tensor,
)
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_integer

from .encode_ids import encoded_shape
from .validation import MOST

BAG_MODES = ("one_hot", "multi_hot", "count")


@serializable
class HashedDense(keras.layers.Layer):
    """Looks up what `Dense(units)` would make of encoded bins.

    Equal to `Dense(units)` after `HashingOneHot(num_bins, output_mode).encoder()`, in value
    and in gradient: one-hot times kernel is a row of the kernel, and a bag is a sum of rows.
    Time and memory do not grow with `num_bins`, apart from the kernel itself.

        hashing = HashingOneHot(2**20, output_mode="multi_hot")
        ids = hashing.to_ids(texts)
        model = keras.Sequential([keras.Input((ids.shape[1],), dtype="int32"),
                                  HashedDense(16, 2**20, output_mode="multi_hot")])

    Args:
        units: Number of outputs.
        num_bins: Number of bins, as of the `HashingOneHot`.
        output_mode: `"one_hot"` keeps the steps; `"multi_hot"` adds up the row of every bin
            that is used, once, and `"count"` as often as it is used.
        activation: The function around the sum; `None` for none.
        use_bias: Whether a bias is added.
        kernel_initializer: For `kernel`, `(num_bins, units)`.
        bias_initializer: For `bias`, `(units,)`.
        **kwargs: `name`, `dtype` and `trainable`.

    Call arguments:
        inputs: Integers of shape `(batch, steps)`, bins as `HashingOneHot.to_ids` gives. What
            is not from 0 to `num_bins - 1` counts nowhere.

    Returns:
        `(batch, steps, units)` for `"one_hot"`, which passes a mask on, else `(batch, units)`,
        where a mask ends. A bag counts every step, masked or not, as the encoder does.

    Raises:
        ValueError: If an argument is out of its range.
        TypeError: If inputs are not integers.

    >>> layer = HashedDense(2, 4, output_mode="count", kernel_initializer="ones")
    >>> to_numpy(layer(np.array([[3, 1, 1]])))
    array([[3., 3.]], dtype=float32)

    Source: Weinberger et al., "Feature hashing for large scale multitask learning", 2009.
    """

    def __init__(
        self,
        units: int,
        num_bins: int,
        output_mode: str = "one_hot",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        checked_options(type(self), kwargs, tuple(inspect.signature(type(self)).parameters))
        super().__init__(**kwargs)
        self.output_mode = checked_choice(
            "output_mode", output_mode, BAG_MODES, "Use that of the `HashingOneHot`."
        )
        self.units = checked_integer("units", units, 1, MOST)
        self.num_bins = checked_integer("num_bins", num_bins, 1, MOST)
        self.activation = checked_activation("activation", activation)
        self.use_bias = checked_flag("use_bias", use_bias)
        self.kernel_initializer = checked_initializer("kernel_initializer", kernel_initializer)
        self.bias_initializer = checked_initializer("bias_initializer", bias_initializer)
        self.supports_masking = output_mode == "one_hot"

    def __call__(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        checked_tensor("inputs", inputs, "(batch, steps)")
        if hasattr(inputs, "dtype"):
            self._check_integers(inputs)  # before the weights are made
        return super().__call__(inputs, *args, **kwargs)

    def build(self, input_shape: Shape) -> None:
        self.kernel = self.add_weight(
            shape=(self.num_bins, self.units), initializer=self.kernel_initializer, name="kernel"
        )
        self.bias = (
            self.add_weight(shape=(self.units,), initializer=self.bias_initializer, name="bias")
            if self.use_bias
            else None
        )
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        self._check_integers(inputs)
        inputs = ops.cast(inputs, "int32")
        if self.output_mode == "multi_hot":
            inputs = ops.sort(inputs, axis=-1)  # a bin that comes again stands behind itself
        counts = ops.logical_and(inputs >= 0, inputs < self.num_bins)
        if self.output_mode == "multi_hot":
            new = ops.not_equal(inputs[..., 1:], inputs[..., :-1])
            new = ops.concatenate([ops.ones_like(inputs[..., :1], dtype="bool"), new], axis=-1)
            counts = ops.logical_and(counts, new)
        rows = ops.take(self.kernel, ops.clip(inputs, 0, self.num_bins - 1), axis=0)
        rows = ops.cast(rows, self.compute_dtype)
        outputs = ops.where(counts[..., None], rows, ops.zeros((), rows.dtype))
        if self.output_mode != "one_hot":
            outputs = ops.sum(outputs, axis=-2)
        if self.bias is not None:
            outputs = outputs + ops.cast(self.bias, outputs.dtype)
        return self.activation(outputs)

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor | None:
        return mask if self.output_mode == "one_hot" else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return encoded_shape(tuple(input_shape), self.output_mode, self.units)

    def compute_output_spec(self, inputs: Tensor) -> keras.KerasTensor:
        self._check_integers(inputs)
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
        }

    def _check_integers(self, inputs: Tensor) -> None:
        dtype = keras.backend.standardize_dtype(inputs.dtype)
        if "int" not in dtype:
            raise TypeError(
                f"`inputs` of `{self.name}` takes integers, the bins of `HashingOneHot.to_ids`. "
                f"Received a tensor of dtype {dtype}; declare the input with `dtype='int32'`."
            )

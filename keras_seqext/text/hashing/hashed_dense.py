"""A dense layer on hashed tokens that does not build their one-hot encoding."""

import inspect
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.initialization import computed_in_float32
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
from .validation import MAX_INT32

BAG_MODES = ("one_hot", "multi_hot", "count")


@serializable
class HashedDense(keras.layers.Layer):
    """Dense layer on bins, computed by looking up rows of its kernel.

    Equivalent to `Dense(units)` after `HashingOneHot(num_bins, output_mode).encoder()`, in
    values and gradients: the product of a one-hot vector and the kernel is a row of the
    kernel, and a bag corresponds to a sum of rows. Apart from the kernel itself, time and
    memory do not depend on `num_bins`.

        hashing = HashingOneHot(2**20, output_mode="multi_hot")
        ids = hashing.to_ids([["the", "cat"], ["the", "dog"]])
        model = keras.Sequential([keras.Input((ids.shape[1],), dtype="int32"),
                                  HashedDense(16, 2**20, output_mode="multi_hot")])

    Args:
        units: Number of outputs.
        num_bins: Number of bins of the `HashingOneHot` layer.
        output_mode: `"one_hot"` returns one vector per step. `"multi_hot"` sums the kernel
            rows of the bins in use, each counted once; `"count"` sums the rows of all
            tokens.
        activation: Activation function; `None` for a linear output.
        use_bias: Whether the layer adds a bias vector.
        kernel_initializer: Initializer for `kernel`, of shape `(num_bins, units)`.
        bias_initializer: Initializer for `bias`, of shape `(units,)`.
        **kwargs: `name`, `dtype` and `trainable`.

    `layer.quantize("int8")` and `model.quantize("int8")` store the kernel of a trained layer in
    a quarter of the memory. As with Keras' layers, a compiled model must be compiled again after
    `layer.quantize`.

    Call arguments:
        inputs: Integers of shape `(batch, steps)`: the bins returned by
            `HashingOneHot.to_ids`. Values outside 0 to `num_bins - 1` are ignored.

    Returns:
        `(batch, steps, units)` for `"one_hot"`, with the mask of the inputs; otherwise
        `(batch, units)`, without a mask. As in the encoder, a bag counts all steps,
        including masked ones.

    Raises:
        ValueError: If an argument is out of range.
        TypeError: If the inputs are not integers.

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
            "output_mode", output_mode, BAG_MODES, "Use the mode of the `HashingOneHot`."
        )
        self.units = checked_integer("units", units, 1, MAX_INT32)
        self.num_bins = checked_integer("num_bins", num_bins, 1, MAX_INT32)
        self.activation = checked_activation("activation", activation)
        self.use_bias = checked_flag("use_bias", use_bias)
        self.kernel_initializer = checked_initializer("kernel_initializer", kernel_initializer)
        self.bias_initializer = checked_initializer("bias_initializer", bias_initializer)
        self.supports_masking = output_mode == "one_hot"
        self.kernel_scale: Any = None
        self._assigns_policy = False

    def __call__(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        checked_tensor("inputs", inputs, "(batch, steps)")
        if hasattr(inputs, "dtype"):
            self._check_integers(inputs)  # before `build` creates the weights
        if isinstance(inputs, np.ndarray):
            # Keras may convert 64-bit integers to the float dtype of the layer, or cut them to 32
            # bits, after which an id out of range may be one in range.
            ids = np.clip(inputs, -1 if inputs.dtype.kind == "i" else 0, self.num_bins)
            inputs = ops.convert_to_tensor(ids, dtype="int32")
        return super().__call__(inputs, *args, **kwargs)

    def build(self, input_shape: Shape) -> None:
        if self.quantization_mode is not None:
            self._build_int8()
        else:
            self.kernel = self.add_weight(
                shape=(self.num_bins, self.units),
                initializer=computed_in_float32(self.kernel_initializer),
                name="kernel",
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
        # Sorting makes equal bins adjacent. A bin is then counted at its first position only,
        # with static shapes on every backend.
        if self.output_mode == "multi_hot":
            inputs = ops.sort(inputs, axis=-1)
        counts = ops.logical_and(inputs >= 0, inputs < self.num_bins)
        if self.output_mode == "multi_hot":
            new = ops.not_equal(inputs[..., 1:], inputs[..., :-1])
            new = ops.concatenate([ops.ones_like(inputs[..., :1], dtype="bool"), new], axis=-1)
            counts = ops.logical_and(counts, new)
        places = ops.clip(inputs, 0, self.num_bins - 1)
        rows = ops.cast(ops.take(self.kernel, places, axis=0), self.compute_dtype)
        if self.kernel_scale is not None:
            scale = ops.cast(ops.take(self.kernel_scale, places, axis=0), rows.dtype)
            rows = rows / scale[..., None]
        outputs = ops.where(counts[..., None], rows, ops.zeros((), rows.dtype))
        if self.output_mode != "one_hot":
            outputs = ops.sum(outputs, axis=-2)
        if self.bias is not None:
            outputs = outputs + ops.cast(self.bias, outputs.dtype)
        return self.activation(outputs)

    def quantized_call(self, *args: Any, **kwargs: Any) -> Tensor:
        return self.call(*args, **kwargs)

    def quantize(self, mode: Any = None, type_check: bool = True, config: Any = None) -> None:
        """Store the kernel as 8-bit integers with one scale per bin, as `Embedding` does.

        Args:
            mode: `"int8"`.
            type_check: Whether a subclass, which may use the kernel otherwise, raises an error.
            config: Configuration of Keras for this mode; the default one is supported.
        """
        if (type_check and type(self) is not HashedDense) or mode != "int8":
            raise NotImplementedError(
                f"`mode` of `quantize` must be 'int8', on a `HashedDense` itself. Received: "
                f"mode={mode!r} on a {type(self).__name__}. Pass mode='int8', and for a subclass "
                "type_check=False."
            )
        if self._assigns_policy:
            return  # Keras calls this method for the policy that is assigned below
        if self.kernel_scale is not None:
            raise ValueError(
                f"`quantize` requires a kernel of floats. Received: {self.name!r}, which is "
                "already quantized to int8. Call it once per layer."
            )
        kernel, scale = keras.quantizers.abs_max_quantize(self.kernel, axis=-1, to_numpy=True)
        del self.kernel
        self._build_int8()
        self.kernel.assign(kernel)
        self.kernel_scale.assign(ops.squeeze(scale, axis=-1))  # type: ignore[attr-defined]
        self._assigns_policy = True
        policy: Any = self.dtype_policy  # type: ignore[has-type]
        self.dtype_policy = keras.dtype_policies.get(f"int8_from_{policy.name}")
        self._assigns_policy = False

    def _build_int8(self) -> None:
        self.kernel = self.add_weight(
            shape=(self.num_bins, self.units),
            initializer="zeros",
            dtype="int8",
            trainable=False,
            name="kernel",
        )
        self.kernel_scale = self.add_weight(
            shape=(self.num_bins,), initializer="ones", trainable=False, name="kernel_scale"
        )

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
                f"`inputs` of `{self.name}` must be integers, the bins of `HashingOneHot.to_ids`. "
                f"Received a tensor of dtype {dtype}; declare the input with `dtype='int32'`."
            )

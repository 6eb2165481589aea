"""Base class of the masked pooling layers: axes, masks, empty rows and output shapes."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.layer_validation import checked_options, checked_shape, checked_tensor
from keras_seqext._common.runtime_sizes import checked_sizes
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_number

DATA_FORMATS = ("channels_last", "channels_first")
NARROW_FLOATS = ("float16", "bfloat16")


class MaskedGlobalPooling1D(keras.layers.Layer):
    """Pools the unmasked steps of a sequence into one vector.

    A subclass implements `pool`. This class checks the arguments, broadcasts the mask,
    fills empty rows and computes the output shape.

    Args:
        data_format: `"channels_last"`, for inputs `(batch, steps, features)`, or
            `"channels_first"`, for `(batch, features, steps)`. Defaults to
            `keras.config.image_data_format()`, as in Keras.
        keepdims: Whether to retain the time axis with length 1. Defaults to `False`.
        empty_value: The output for a row without unmasked steps. Its gradient is zero.
            Defaults to `0.0`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.
    """

    has_weights = False  # whether a subclass creates weights in `build`

    def __init__(
        self,
        data_format: str | None = None,
        keepdims: bool = False,
        empty_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        checked_options(type(self), kwargs, tuple(inspect.signature(type(self)).parameters))
        super().__init__(**kwargs)
        if data_format is None:
            data_format = keras.config.image_data_format()
        self.data_format = checked_choice("data_format", data_format, DATA_FORMATS)
        self.keepdims = checked_flag("keepdims", keepdims)
        self.empty_value = checked_number(
            "empty_value",
            empty_value,
            "a finite number, since it reaches the loss",
            lambda number: True,
            "Use a number that no pooled value takes.",
        )
        self.supports_masking = True
        # A layer without weights has nothing to build.
        self.built = not self.has_weights

    @property
    def time_axis(self) -> int:
        """Index of the axis to pool."""
        return 1 if self.data_format == "channels_last" else 2

    @property
    def accumulator_dtype(self) -> str:
        """Dtype of sums and means: at least float32."""
        # float16 overflows at 65,504; bfloat16 has a significand of 8 bits, so that a running
        # sum of ones stops growing at 256.
        return "float32" if self.compute_dtype in NARROW_FLOATS else str(self.compute_dtype)

    @property
    def pooled_steps(self) -> int:
        """Number of steps in the output of `pool`."""
        return 1

    @property
    def drops_time_axis(self) -> bool:
        """True if the output has no time axis."""
        return not self.keepdims

    def pool(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        """Pool the steps of `inputs` where `valid` is true.

        `valid` broadcasts to `inputs`; `None` selects every step. The result has a time
        axis of length `pooled_steps`. The values of a row without valid steps are
        replaced later, but their gradient with respect to `inputs` must be finite:
        the zero gradient of the replacement times infinity would be NaN.
        """
        raise NotImplementedError

    def count(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        """Return the number of valid steps, a scalar or one per row, in the accumulator dtype."""
        if valid is None:
            return ops.cast(ops.shape(inputs)[self.time_axis], self.accumulator_dtype)
        counted = ops.cast(valid, self.accumulator_dtype)
        return ops.sum(counted, axis=self.time_axis, keepdims=True)

    def __call__(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        checked_tensor("inputs", inputs, self._layout())
        if kwargs.get("mask") is not None:
            checked_tensor("mask", kwargs["mask"], "(batch, steps)")
        return super().__call__(inputs, *args, **kwargs)

    def build(self, input_shape: Shape) -> None:
        self._check_rank(input_shape)
        self.built = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        inputs, valid = self._prepare(inputs, mask)
        if 0 in inputs.shape:  # no rows or no steps
            return self._finish(self._pool_empty(inputs), None)
        return self._finish(self.pool(inputs, valid), valid)

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> None:
        # The output has no time axis. A mask `(batch, steps)` would be passed on to the loss,
        # where its shape does not match.
        return None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = list(self._check_rank(input_shape))
        shape[self.time_axis] = self.pooled_steps
        if self.drops_time_axis:
            del shape[self.time_axis]
        return tuple(shape)

    def compute_output_spec(self, inputs: Tensor, mask: Tensor | None = None) -> Any:
        if mask is not None:
            self._check_mask(inputs.shape, mask.shape)
        return keras.KerasTensor(self.compute_output_shape(inputs.shape), dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "data_format": self.data_format,
            "keepdims": self.keepdims,
            "empty_value": self.empty_value,
        }

    def _prepare(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Return the inputs in the compute dtype and the mask expanded to broadcast to them."""
        self._check_rank(inputs.shape)
        inputs = ops.cast(inputs, self.compute_dtype)
        if mask is None:
            return inputs, None
        mask = ops.convert_to_tensor(mask)
        self._check_mask(inputs.shape, mask.shape)
        sizes = ops.shape(inputs)
        steps = (sizes[0], sizes[self.time_axis])
        mask = checked_sizes(mask, steps, "mask_must_be_batch_by_steps")
        return inputs, ops.expand_dims(ops.cast(mask, "bool"), axis=3 - self.time_axis)

    def _finish(self, pooled: Tensor, valid: Tensor | None) -> Tensor:
        """Fill the empty rows, cast to the compute dtype and remove the time axis."""
        if valid is not None:
            has_steps = ops.any(valid, axis=self.time_axis, keepdims=True)
            # A tensor, because on torch `ops.where` first rounds a Python number to float32.
            empty = ops.convert_to_tensor(self.empty_value, dtype=pooled.dtype)
            pooled = ops.where(has_steps, pooled, empty)
        pooled = ops.cast(pooled, self.compute_dtype)
        return ops.squeeze(pooled, axis=self.time_axis) if self.drops_time_axis else pooled

    def _pool_empty(self, inputs: Tensor) -> Tensor:
        """Return `empty_value` for every row of a tensor without rows or without steps."""
        # Most reductions raise an error for zero steps; on torch `keras.ops.max` does so for
        # zero rows too. A sum works for both and connects the output to the gradient.
        filled = ops.sum(inputs, axis=self.time_axis, keepdims=True) + self.empty_value
        return ops.repeat(filled, self.pooled_steps, axis=self.time_axis)

    def _layout(self) -> str:
        """Return the expected input shape for error messages."""
        last = self.data_format == "channels_last"
        return "(batch, steps, features)" if last else "(batch, features, steps)"

    def _check_rank(self, shape: Shape) -> Shape:
        return checked_shape(type(self).__name__, "inputs", shape, self._layout())

    def _check_mask(self, shape: Shape, mask_shape: Shape) -> None:
        expected = (shape[0], shape[self.time_axis])
        fits = len(mask_shape) == 2 and all(
            got is None or want is None or got == want
            for got, want in zip(mask_shape, expected, strict=True)
        )
        if not fits:
            raise ValueError(
                f"The `mask` of `{type(self).__name__}` must have shape `(batch, steps)`, here "
                f"{expected}, because inputs are `{self._layout()}`. Received: mask of shape "
                f"{tuple(mask_shape)} for inputs of shape {tuple(shape)}. Pass one boolean per "
                'step. With `data_format="channels_first"`, steps are the last axis of inputs.'
            )

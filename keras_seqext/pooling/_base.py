"""What the eight masked poolings share: axes, masks, empty rows, output shapes."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.layer_validation import checked_options, checked_shape, checked_tensor
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_number

DATA_FORMATS = ("channels_last", "channels_first")
NARROW_FLOATS = ("float16", "bfloat16")


class MaskedGlobalPooling1D(keras.layers.Layer):
    """Pools the unmasked steps of a sequence into one vector.

    A subclass implements `pool`; everything around it is done here, once.

    Args:
        data_format: `"channels_last"`, for inputs `(batch, steps, features)`, or
            `"channels_first"`, for `(batch, features, steps)`. Defaults to
            `keras.config.image_data_format()`, as in Keras.
        keepdims: Whether the time axis stays, with length 1. Defaults to `False`.
        empty_value: The output for a row without a single unmasked step. Its
            gradient is zero. Defaults to `0.0`.
        **kwargs: The arguments of every Keras layer: `name`, `dtype`, ...
    """

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

    @property
    def time_axis(self) -> int:
        """The axis that is pooled away."""
        return 1 if self.data_format == "channels_last" else 2

    @property
    def accumulator_dtype(self) -> str:
        """Where sums are kept: float16 overflows at 65,504, bfloat16 has 8 bits to add with."""
        return "float32" if self.compute_dtype in NARROW_FLOATS else str(self.compute_dtype)

    @property
    def pooled_steps(self) -> int:
        """How many steps `pool` leaves."""
        return 1

    @property
    def squeezes(self) -> bool:
        """Whether the time axis goes."""
        return not self.keepdims

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        """Pools `inputs` where `keep`, which broadcasts to it, is true.

        Returns the time axis with length `pooled_steps`. Where a row keeps no step,
        the value does not matter, as long as it does not turn a zero gradient into NaN.
        """
        raise NotImplementedError

    def count(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        """How many steps are kept: one number, or one for each row, in the accumulator dtype."""
        if keep is None:
            return ops.cast(ops.shape(inputs)[self.time_axis], self.accumulator_dtype)
        kept = ops.cast(keep, self.accumulator_dtype)
        return ops.sum(kept, axis=self.time_axis, keepdims=True)

    def __call__(self, inputs: Tensor, *args: Any, **kwargs: Any) -> Any:
        checked_tensor("inputs", inputs, self._layout())
        if kwargs.get("mask") is not None:
            checked_tensor("mask", kwargs["mask"], "(batch, steps)")
        return super().__call__(inputs, *args, **kwargs)

    def build(self, input_shape: Shape) -> None:
        self._check_rank(input_shape)
        self.built = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        inputs, keep = self._enter(inputs, mask)
        if 0 in inputs.shape:
            return self._leave(self._pool_nothing(inputs), None)
        return self._leave(self.pool(inputs, keep), keep)

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> None:
        # The time axis is gone; a mask `(batch, steps)` would reach the loss and break it.
        return None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        shape = list(self._check_rank(input_shape))
        shape[self.time_axis] = self.pooled_steps
        if self.squeezes:
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

    def _enter(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """The inputs in the compute dtype, and the mask made to broadcast against them."""
        self._check_rank(inputs.shape)
        inputs = ops.cast(inputs, self.compute_dtype)
        if mask is None:
            return inputs, None
        mask = ops.convert_to_tensor(mask)
        self._check_mask(inputs.shape, mask.shape)
        return inputs, ops.expand_dims(ops.cast(mask, "bool"), axis=3 - self.time_axis)

    def _leave(self, pooled: Tensor, keep: Tensor | None) -> Tensor:
        """Fills the empty rows and takes the time axis away."""
        if keep is not None:
            some = ops.any(keep, axis=self.time_axis, keepdims=True)
            # As a tensor: on torch `ops.where` rounds a Python number to float32 first.
            empty = ops.convert_to_tensor(self.empty_value, dtype=pooled.dtype)
            pooled = ops.where(some, pooled, empty)
        pooled = ops.cast(pooled, self.compute_dtype)
        return ops.squeeze(pooled, axis=self.time_axis) if self.squeezes else pooled

    def _pool_nothing(self, inputs: Tensor) -> Tensor:
        """What a tensor without rows or without steps is pooled to.

        Most reductions refuse zero steps, and on torch `keras.ops.max` zero rows too.
        """
        nothing = ops.sum(inputs, axis=self.time_axis, keepdims=True) + self.empty_value
        return ops.repeat(nothing, self.pooled_steps, axis=self.time_axis)

    def _layout(self) -> str:
        """The input shape in words, for messages."""
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
                f"{expected}, since inputs are `{self._layout()}`. Received: mask of shape "
                f"{tuple(mask_shape)} for inputs of shape {tuple(shape)}. Give one truth value "
                f'a step; with `data_format="channels_first"` steps are the last axis of inputs.'
            )

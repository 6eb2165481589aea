"""Layers that attach a mask to their input, or record the mask of their input."""

from typing import Any

import keras


class AttachMask(keras.layers.Layer):
    """A layer that returns `values` of `[values, mask]` with the mask attached.

    `Embedding(mask_zero=True)` attaches its mask in the same way. The mask is an input, so that
    one layer is enough for every call: torch cannot compile a function that makes a layer.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return inputs[0] * 1

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        return inputs[1]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape[0]


class MaskRecorder(keras.layers.Layer):
    """A layer that returns its input, and stores the mask of the input in `seen`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.seen: Any = None

    def call(self, inputs: Any, mask: Any = None) -> Any:
        self.seen = mask
        return inputs * 1

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


class MaskZeros(keras.layers.Layer):
    """A layer that returns its input with a mask of the steps that are not all 0, for any rank.

    `keras.layers.Masking` considers only the last axis, so its mask of a sequence of images has
    more than two axes.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs: Any) -> Any:
        return inputs * 1

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        axes = list(range(2, len(inputs.shape)))
        return keras.ops.any(keras.ops.not_equal(inputs, 0), axis=axes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

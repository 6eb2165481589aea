"""Layers that carry a mask in, and read the one that comes out."""

from typing import Any

import keras


class AttachMask(keras.layers.Layer):
    """Called on `[values, mask]`, gives values with a mask as `Embedding(mask_zero=True)` does.

    The mask is an input so that one layer, made beforehand, serves every call: torch compiles no
    function that makes a layer.
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
    """Passes its input on and keeps the mask that it carried in `seen`."""

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
    """Passes its input on with a mask of the steps that are not all 0, for any rank.

    `keras.layers.Masking` looks at the last axis alone, so the mask of an image sequence has
    more than the two axes of a mask.
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

"""Average pooling over the unmasked steps."""

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalAveragePooling1D(MaskedGlobalPooling1D):
    """Computes the mean of the unmasked steps for each feature.

    Unlike `keras.layers.GlobalAveragePooling1D`, this layer returns `empty_value` instead
    of dividing by zero for a row without unmasked steps, and it sums float16 in float32.

    Args:
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether to retain the time axis with length 1. Defaults to `False`.
        empty_value: The output for a row without unmasked steps. Defaults to `0.0`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true at the steps to pool; defaults to the mask of the
            previous layer. Values at masked steps, including NaN, do not affect the result.

    Returns:
        `(batch, features)` in the compute dtype. No mask is passed on. In float16 and
        bfloat16 the mean is computed in float32, so that no intermediate sum overflows.

    Raises:
        ValueError: If inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> to_numpy(MaskedGlobalAveragePooling1D()(x, mask=np.array([[True, True, False]])))
    array([[2., 3.]], dtype=float32)

    Formula: `y[b, f] = sum(x[b, t, f] for t with mask[b, t]) / sum(mask[b])`.
    """

    def pool(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        if valid is not None:
            inputs = ops.where(valid, inputs, 0.0)
        wide = ops.cast(inputs, self.accumulator_dtype)
        total = ops.sum(wide, axis=self.time_axis, keepdims=True)
        return total / ops.maximum(self.count(inputs, valid), 1.0)

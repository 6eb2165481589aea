"""Last unmasked step of a sequence."""

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalLastPooling1D(MaskedGlobalPooling1D):
    """Returns the last unmasked step.

    A recurrent layer with `return_sequences=False` returns the same step of its output
    sequence. Sequences may be padded on the right or on the left, and the mask may have
    gaps.

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
        `(batch, features)` in the compute dtype. No mask is passed on. The whole
        gradient goes to the selected step.

    Raises:
        ValueError: If inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> to_numpy(MaskedGlobalLastPooling1D()(x, mask=np.array([[True, True, False]])))
    array([[3., 2.]], dtype=float32)

    Formula: `y[b] = x[b, max(t for t with mask[b, t])]`.
    """

    def pool(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        axis = self.time_axis
        if valid is None:
            # An index instead of a slice: its static shape is known even if the number of steps
            # is not.
            return ops.expand_dims(inputs[:, -1] if axis == 1 else inputs[:, :, -1], axis)
        if axis == 2:
            inputs, valid = ops.swapaxes(inputs, 1, 2), ops.swapaxes(valid, 1, 2)
        rows, steps, features = ops.shape(inputs)
        positions = ops.reshape(ops.arange(steps, dtype="int32"), (1, -1, 1))
        last = ops.max(ops.where(valid, positions, 0), axis=1)
        # One index into the steps of all rows instead of `ops.take_along_axis`, which cannot be
        # exported to ONNX.
        first = ops.reshape(ops.arange(rows, dtype="int32") * steps, (-1, 1))
        selected = ops.take(ops.reshape(inputs, (-1, features)), (first + last)[:, 0], axis=0)
        return ops.expand_dims(selected, axis)

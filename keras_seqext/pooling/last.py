"""The last step that is not masked."""

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalLastPooling1D(MaskedGlobalPooling1D):
    """Takes the last unmasked step, wherever it stands.

    That is what a recurrent layer with `return_sequences=False` returns, for sequences
    that do not come from one. The mask may be padded right or left, or have holes.

    Args:
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether the time axis stays, with length 1. Defaults to `False`.
        empty_value: The output for a row without an unmasked step. Defaults to `0.0`.
        **kwargs: The arguments of every Keras layer: `name`, `dtype`, ...

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true where a step counts; taken from the previous layer
            when not given. What a masked step holds, be it NaN, changes nothing.

    Returns:
        `(batch, features)` in the compute dtype. The mask ends here. All the gradient
        goes to the step that was taken.

    Raises:
        ValueError: If inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> to_numpy(MaskedGlobalLastPooling1D()(x, mask=np.array([[True, True, False]])))
    array([[3., 2.]], dtype=float32)

    Formula: `y[b] = x[b, max(t for t with mask[b, t])]`.
    """

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        axis = self.time_axis
        if keep is None:
            # An index and not a slice: its size is known where the number of steps is not.
            return ops.expand_dims(inputs[:, -1] if axis == 1 else inputs[:, :, -1], axis)
        positions = ops.arange(ops.shape(inputs)[axis], dtype="int32")
        positions = ops.reshape(positions, (1, -1, 1) if axis == 1 else (1, 1, -1))
        last = ops.max(ops.where(keep, positions, 0), axis=axis, keepdims=True)
        return ops.take_along_axis(inputs, last, axis=axis)

"""Maximum over time that skips masked steps."""

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalMaxPooling1D(MaskedGlobalPooling1D):
    """Takes, feature by feature, the maximum over the unmasked steps.

    `keras.layers.GlobalMaxPooling1D` drops the mask: padding that is larger than every
    real value wins there, and never does here.

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
        `(batch, features)` in the compute dtype. The mask ends here. Equal maxima share
        the gradient evenly, on every backend.

    Raises:
        ValueError: If inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> to_numpy(MaskedGlobalMaxPooling1D()(x, mask=np.array([[True, True, False]])))
    array([[3., 4.]], dtype=float32)

    Formula: `y[b, f] = max(x[b, t, f] for t with mask[b, t])`.
    """

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        if keep is not None:
            inputs = ops.where(keep, inputs, float("-inf"))
        return ops.max(inputs, axis=self.time_axis, keepdims=True)

"""Sum over time that skips masked steps."""

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalSumPooling1D(MaskedGlobalPooling1D):
    """Adds up the unmasked steps, feature by feature.

    Unlike the average, a sum tells a long sequence from a short one.

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
        `(batch, features)` in the compute dtype. The mask ends here. In float16 and
        bfloat16 the sum is kept in float32 and rounded once, at the end; a sum that
        float16 cannot hold, above 65,504, is then infinite.

    Raises:
        ValueError: If inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 4.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> to_numpy(MaskedGlobalSumPooling1D()(x, mask=np.array([[True, True, False]])))
    array([[4., 6.]], dtype=float32)

    Formula: `y[b, f] = sum(x[b, t, f] for t with mask[b, t])`.
    """

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        if keep is not None:
            inputs = ops.where(keep, inputs, 0.0)
        inputs = ops.cast(inputs, self.accumulator_dtype)
        return ops.sum(inputs, axis=self.time_axis, keepdims=True)

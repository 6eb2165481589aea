"""Log-sum-exp over time, between maximum and sum, that skips masked steps."""

from typing import Any

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor
from keras_seqext._common.validation import checked_flag, checked_number

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalLogSumExpPooling1D(MaskedGlobalPooling1D):
    """Takes the log-sum-exp over the unmasked steps: a maximum that is smooth.

    Every step gets a share of the gradient, the largest values the most: the softmax of
    `sharpness * x` over the steps.

    Args:
        sharpness: How near to the maximum; a temperature is its inverse. Large values
            give the maximum. Defaults to `1.0`.
        mean: Whether the exponentials are averaged instead of added. The result then
            lies between the mean (small `sharpness`) and the maximum, and does not grow
            with the number of steps. Defaults to `False`.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether the time axis stays, with length 1. Defaults to `False`.
        empty_value: The output for a row without an unmasked step. Defaults to `0.0`.
        **kwargs: The arguments of every Keras layer: `name`, `dtype`, ...

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true where a step counts; taken from the previous layer
            when not given. What a masked step holds, be it NaN, changes nothing.

    Returns:
        `(batch, features)` in the compute dtype. The mask ends here. No finite input
        overflows: exponentials are taken relative to the maximum, in float32 at least.

    Raises:
        ValueError: If `sharpness` is not a positive number, inputs are not 3D or the mask
            is not `(batch, steps)`.

    >>> x = np.array([[[1.0], [1.0], [9.0]]])
    >>> y = MaskedGlobalLogSumExpPooling1D()(x, mask=np.array([[True, True, False]]))
    >>> np.allclose(to_numpy(y), 1.0 + np.log(2.0))
    True

    Formula: `y = log(sum(exp(sharpness * x))) / sharpness`; with `mean`, Pinheiro and
    Collobert, "From Image-level to Pixel-level Labeling", CVPR 2015, equation 6.
    """

    def __init__(
        self,
        sharpness: float = 1.0,
        mean: bool = False,
        data_format: str | None = None,
        keepdims: bool = False,
        empty_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, keepdims, empty_value, **kwargs)
        self.sharpness = checked_number(
            "sharpness",
            sharpness,
            "a positive, finite number",
            lambda number: number > 0,
            "For the plain maximum use MaskedGlobalMaxPooling1D.",
        )
        self.mean = checked_flag("mean", mean)

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        axis = self.time_axis
        x = ops.cast(inputs, self.accumulator_dtype)
        if keep is not None:
            x = ops.where(keep, x, float("-inf"))
        peak = ops.stop_gradient(ops.max(x, axis=axis, keepdims=True))
        # An empty row has the peak -inf, and -inf - -inf is NaN in value and gradient.
        peak = ops.where(ops.isfinite(peak), peak, 0.0)
        terms = ops.exp((x - peak) * self.sharpness)
        total = ops.sum(terms, axis=axis, keepdims=True)
        if keep is not None:
            # log(0), for an empty row, has an infinite gradient: it gets log(1) instead.
            total = ops.where(ops.any(keep, axis=axis, keepdims=True), total, 1.0)
        if self.mean:
            total = total / ops.maximum(self.count(inputs, keep), 1.0)
        return peak + ops.log(total) / self.sharpness

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "sharpness": self.sharpness, "mean": self.mean}

"""Log-sum-exp pooling over the unmasked steps."""

from typing import Any

from keras import ops

from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor
from keras_seqext._common.validation import checked_flag, checked_number

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalLogSumExpPooling1D(MaskedGlobalPooling1D):
    """Computes the log-sum-exp of the unmasked steps, a smooth maximum.

    Every step receives a share of the gradient: the softmax of `sharpness * x` over the
    steps. The largest values receive the largest shares.

    Args:
        sharpness: Inverse temperature. The larger it is, the closer the result is to the
            maximum. Defaults to `1.0`.
        mean: Whether to average the exponentials instead of adding them. The result then
            lies between the mean (small `sharpness`) and the maximum, and does not grow
            with the number of steps. Defaults to `False`.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether to retain the time axis with length 1. Defaults to `False`.
        empty_value: The output for a row without unmasked steps. Defaults to `0.0`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true at the steps to pool; defaults to the mask of the
            previous layer. Values at masked steps, including NaN, do not affect the result.

    Returns:
        `(batch, features)` in the compute dtype. No mask is passed on. The result is
        finite for every finite input: exponentials are computed relative to the maximum,
        in float32 or wider.

    Raises:
        ValueError: If `sharpness` is not a positive number, `inputs` is not 3D or the mask
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
            "For the maximum, use MaskedGlobalMaxPooling1D.",
        )
        self.mean = checked_flag("mean", mean)

    def pool(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        axis = self.time_axis
        x = ops.cast(inputs, self.accumulator_dtype)
        if valid is not None:
            x = ops.where(valid, x, float("-inf"))
        # Subtracting the maximum bounds every exponential by 1, so that none overflows. The
        # result does not depend on this shift: its two gradient contributions would cancel,
        # and are skipped.
        peak = ops.stop_gradient(ops.max(x, axis=axis, keepdims=True))
        # In an empty row the maximum is -inf, and -inf - -inf is NaN in value and gradient.
        peak = ops.where(ops.isfinite(peak), peak, 0.0)
        # Masked steps are -inf here: their terms are exactly 0, and so are their gradients.
        terms = ops.exp((x - peak) * self.sharpness)
        total = ops.sum(terms, axis=axis, keepdims=True)
        if valid is not None:
            # In an empty row log(0) has an infinite gradient, which times the zero gradient of
            # `empty_value` is NaN. log(1) has a finite one.
            total = ops.where(ops.any(valid, axis=axis, keepdims=True), total, 1.0)
        if self.mean:
            # At least 1, because the count of an empty row is 0.
            total = total / ops.maximum(self.count(inputs, valid), 1.0)
        return peak + ops.log(total) / self.sharpness

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "sharpness": self.sharpness, "mean": self.mean}

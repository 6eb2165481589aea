"""Top-k pooling over the unmasked steps."""

from typing import Any

from keras import ops

from keras_seqext._common.choices import checked_choice
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Tensor
from keras_seqext._common.validation import checked_integer

from ._base import MaskedGlobalPooling1D

REDUCTIONS = ("mean", "sum", "none")


@serializable
class MaskedGlobalTopKPooling1D(MaskedGlobalPooling1D):
    """Selects the `k` largest values of the unmasked steps for each feature.

    With the default reduction, `k=1` is max pooling and `k=steps` is average pooling.
    Values in between are less sensitive to outliers than the maximum and respond more to
    large values than the average.

    Args:
        k: Number of values to select, at least 1. In a row with fewer unmasked steps, all
            of them are selected.
        reduction: `"mean"` or `"sum"` of the selected values, or `"none"` to return the
            values in descending order. The mean divides by the number of selected values.
            Defaults to `"mean"`.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether to retain the time axis with length 1. Defaults to `False`. With
            `reduction="none"` the time axis is always retained, with length `k`.
        empty_value: The output for a row without unmasked steps. With
            `reduction="none"`, also the fill value after the values of a row with fewer
            than `k` unmasked steps. Defaults to `0.0`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true at the steps to pool; defaults to the mask of the
            previous layer. Values at masked steps, including NaN, do not affect the result.

    Returns:
        `(batch, features)`, or `(batch, k, features)` with `reduction="none"`, in the
        compute dtype. No mask is passed on. Only the selected values receive a gradient.
        Means and sums are computed in float32 or wider.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If `k` is not positive, `reduction` is unknown, `inputs` is not 3D or the
            mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0], [5.0], [3.0], [9.0]]])
    >>> mask = np.array([[True, True, True, False]])
    >>> to_numpy(MaskedGlobalTopKPooling1D(2)(x, mask=mask))
    array([[4.]], dtype=float32)
    >>> to_numpy(MaskedGlobalTopKPooling1D(4, reduction="none")(x, mask=mask))[0, :, 0]
    array([5., 3., 1., 0.], dtype=float32)

    Formula: k-max pooling, Kalchbrenner et al., "A Convolutional Neural Network for
    Modelling Sentences", ACL 2014, section 3.3, but with the values in descending order.
    """

    def __init__(
        self,
        k: int,
        reduction: str = "mean",
        data_format: str | None = None,
        keepdims: bool = False,
        empty_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, keepdims, empty_value, **kwargs)
        self.k = checked_integer("k", k, 1, remedy="For the largest value alone, use k=1.")
        self.reduction = checked_choice("reduction", reduction, REDUCTIONS)

    @property
    def pooled_steps(self) -> int:
        return self.k if self.reduction == "none" else 1

    @property
    def drops_time_axis(self) -> bool:
        return self.reduction != "none" and not self.keepdims

    def pool(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        axis = self.time_axis
        values = self._largest(inputs, valid)
        rank = ops.arange(self.k, dtype=self.accumulator_dtype)
        rank = ops.reshape(rank, (1, -1, 1) if axis == 1 else (1, 1, -1))
        # Ranks beyond the number of valid steps hold -inf or padding of `_largest`.
        selected = rank < self.count(inputs, valid)
        if self.reduction == "none":
            empty = ops.convert_to_tensor(self.empty_value, dtype=values.dtype)
            return ops.where(selected, values, empty)
        values = ops.cast(ops.where(selected, values, 0.0), self.accumulator_dtype)
        total = ops.sum(values, axis=axis, keepdims=True)
        if self.reduction == "sum":
            return total
        size = ops.sum(ops.cast(selected, self.accumulator_dtype), axis=axis, keepdims=True)
        return total / ops.maximum(size, 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "k": self.k, "reduction": self.reduction}

    def _largest(self, inputs: Tensor, valid: Tensor | None) -> Tensor:
        """Return the `k` largest values in descending order, padded with -inf."""
        lowest = float("-inf")
        if valid is not None:
            inputs = ops.where(valid, inputs, lowest)
        if self.time_axis == 1:
            inputs = ops.swapaxes(inputs, 1, 2)
        steps = inputs.shape[-1]
        # `top_k` raises an error for fewer than k steps. An unknown number of steps (`None`, or
        # a symbolic dimension on JAX) may be smaller than k, so it is padded by k steps.
        missing = max(self.k - steps, 0) if isinstance(steps, int) else self.k
        if missing:
            inputs = ops.pad(inputs, ((0, 0), (0, 0), (0, missing)), constant_values=lowest)
        values = ops.top_k(inputs, self.k)[0]
        return ops.swapaxes(values, 1, 2) if self.time_axis == 1 else values

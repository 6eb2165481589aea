"""The k largest values over time, that skips masked steps."""

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
    """Takes, feature by feature, the `k` largest values of the unmasked steps.

    With `k=1` it is the maximum, with `k=steps` the average: in between it is less
    nervous than the one and sharper than the other.

    Args:
        k: How many values to take, at least 1. A row with fewer unmasked steps takes all
            it has.
        reduction: `"mean"` or `"sum"` of the values taken, or `"none"` for the values
            themselves, largest first. Defaults to `"mean"`, over those really taken.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether the time axis stays, with length 1. Defaults to `False`. Without
            reduction it stays in any case, with length `k`.
        empty_value: The output for a row without an unmasked step and, without
            reduction, the fill after the values of a row that has fewer than `k`.
            Defaults to `0.0`.
        **kwargs: The arguments of every Keras layer: `name`, `dtype`, ...

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true where a step counts; taken from the previous layer
            when not given. What a masked step holds, be it NaN, changes nothing.

    Returns:
        `(batch, features)`, or `(batch, k, features)` without reduction, in the compute
        dtype. The mask ends here. The gradient goes to the values taken and to no other;
        means and sums are kept in float32 at least.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If `k` is not positive, `reduction` is unknown, inputs are not 3D or the
            mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0], [5.0], [3.0], [9.0]]])
    >>> mask = np.array([[True, True, True, False]])
    >>> to_numpy(MaskedGlobalTopKPooling1D(2)(x, mask=mask))
    array([[4.]], dtype=float32)
    >>> to_numpy(MaskedGlobalTopKPooling1D(4, reduction="none")(x, mask=mask))[0, :, 0]
    array([5., 3., 1., 0.], dtype=float32)

    Formula: the values of k-max pooling, Kalchbrenner et al., "A Convolutional Neural
    Network for Modelling Sentences", ACL 2014, section 3.3, here in order of size.
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
        self.k = checked_integer("k", k, 1, remedy="For the single largest value use k=1.")
        self.reduction = checked_choice("reduction", reduction, REDUCTIONS)

    @property
    def pooled_steps(self) -> int:
        return self.k if self.reduction == "none" else 1

    @property
    def squeezes(self) -> bool:
        return self.reduction != "none" and not self.keepdims

    def pool(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        axis = self.time_axis
        values = self._largest(inputs, keep)
        rank = ops.arange(self.k, dtype=self.accumulator_dtype)
        rank = ops.reshape(rank, (1, -1, 1) if axis == 1 else (1, 1, -1))
        taken = rank < self.count(inputs, keep)
        if self.reduction == "none":
            empty = ops.convert_to_tensor(self.empty_value, dtype=values.dtype)
            return ops.where(taken, values, empty)
        values = ops.cast(ops.where(taken, values, 0.0), self.accumulator_dtype)
        total = ops.sum(values, axis=axis, keepdims=True)
        if self.reduction == "sum":
            return total
        size = ops.sum(ops.cast(taken, self.accumulator_dtype), axis=axis, keepdims=True)
        return total / ops.maximum(size, 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "k": self.k, "reduction": self.reduction}

    def _largest(self, inputs: Tensor, keep: Tensor | None) -> Tensor:
        """The `k` largest over time, in order; -inf where there are not so many."""
        lowest = float("-inf")
        if keep is not None:
            inputs = ops.where(keep, inputs, lowest)
        if self.time_axis == 1:
            inputs = ops.swapaxes(inputs, 1, 2)
        steps = inputs.shape[-1]
        # `top_k` refuses fewer than k steps; an unknown number, `None` or a symbol, may be fewer.
        missing = max(self.k - steps, 0) if isinstance(steps, int) else self.k
        if missing:
            inputs = ops.pad(inputs, ((0, 0), (0, 0), (0, missing)), constant_values=lowest)
        values = ops.top_k(inputs, self.k)[0]
        return ops.swapaxes(values, 1, 2) if self.time_axis == 1 else values

"""Attention pooling over the unmasked steps."""

from typing import Any

import keras
from keras import ops

from keras_seqext._common.initialization import computed_in_float32
from keras_seqext._common.layer_validation import (
    checked_constraint,
    checked_initializer,
    checked_regularizer,
)
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_integer, checked_rate

from ._base import MaskedGlobalPooling1D


@serializable
class MaskedGlobalAttentionPooling1D(MaskedGlobalPooling1D):
    """Computes a weighted mean of the unmasked steps with learned attention weights.

    The score of a step is its product with a learned query vector. A softmax over the
    unmasked steps turns the scores into weights, and the output is the weighted sum of
    the steps. With `units`, a dense layer with tanh activation is applied to the steps
    before they are scored.

    Args:
        units: Number of units of the tanh layer. If `None`, the steps are scored without
            a tanh layer. Defaults to `None`.
        use_bias: Whether the tanh layer has a bias. Defaults to `True`.
        dropout: Fraction of the attention weights to drop in training. Defaults to `0.0`.
        seed: Random seed of the dropout. Defaults to `None`.
        kernel_initializer: Initializer for the kernel of the tanh layer. Defaults to
            `"glorot_uniform"`.
        bias_initializer: Initializer for the bias of the tanh layer. Defaults to `"zeros"`.
        query_initializer: Initializer for the query. Defaults to `"glorot_uniform"`.
        kernel_regularizer: Regularizer for the kernel. Defaults to `None`.
        bias_regularizer: Regularizer for the bias. Defaults to `None`.
        query_regularizer: Regularizer for the query. Defaults to `None`.
        kernel_constraint: Constraint for the kernel. Defaults to `None`.
        bias_constraint: Constraint for the bias. Defaults to `None`.
        query_constraint: Constraint for the query. Defaults to `None`.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether to retain the time axis with length 1. Defaults to `False`.
        empty_value: The output for a row without unmasked steps. Defaults to `0.0`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true at the steps to pool; defaults to the mask of the
            previous layer. Values at masked steps, including NaN, do not affect the result.
        return_attention_scores: Whether to return the attention weights as well.
            Defaults to `False`.
        training: Whether to apply dropout.

    Returns:
        `(batch, features)` in the compute dtype. With `return_attention_scores=True`, a
        tuple of the output and the attention weights `(batch, steps)` before dropout. The
        weights add up to 1 over the unmasked steps, are 0 at masked steps, and are all 0
        in a row without unmasked steps. No mask is passed on. Scores, softmax and mean
        are computed in float32 or wider.

    Raises:
        ValueError: If `units` or `dropout` is out of range, the number of features is
            unknown, `inputs` is not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 0.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> pooling = MaskedGlobalAttentionPooling1D(query_initializer="zeros")
    >>> mask = np.array([[True, True, False]])
    >>> pooled, weights = pooling(x, mask=mask, return_attention_scores=True)
    >>> to_numpy(pooled), to_numpy(weights)
    (array([[2., 1.]], dtype=float32), array([[0.5, 0.5, 0. ]], dtype=float32))

    Formula: the weights are `softmax(tanh(x W + b) q)`, the word attention of Yang et al.,
    "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5
    to 7.
    """

    has_weights = True

    def __init__(
        self,
        units: int | None = None,
        use_bias: bool = True,
        dropout: float = 0.0,
        seed: int | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        query_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        query_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        query_constraint: Any = None,
        data_format: str | None = None,
        keepdims: bool = False,
        empty_value: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, keepdims, empty_value, **kwargs)
        if units is not None:
            remedy = "Leave it out to score the steps without a tanh layer."
            units = checked_integer("units", units, 1, remedy=remedy)
        self.units = units
        self.use_bias = checked_flag("use_bias", use_bias)
        self.dropout = checked_rate("dropout", dropout)
        self.seed = None if seed is None else checked_integer("seed", seed, 0)
        # A layer without dropout has no seed variable, so that saved models do not contain one.
        self.seed_generator = keras.random.SeedGenerator(seed) if self.dropout else None
        self.kernel_initializer = checked_initializer("kernel_initializer", kernel_initializer)
        self.bias_initializer = checked_initializer("bias_initializer", bias_initializer)
        self.query_initializer = checked_initializer("query_initializer", query_initializer)
        self.kernel_regularizer = checked_regularizer("kernel_regularizer", kernel_regularizer)
        self.bias_regularizer = checked_regularizer("bias_regularizer", bias_regularizer)
        self.query_regularizer = checked_regularizer("query_regularizer", query_regularizer)
        self.kernel_constraint = checked_constraint("kernel_constraint", kernel_constraint)
        self.bias_constraint = checked_constraint("bias_constraint", bias_constraint)
        self.query_constraint = checked_constraint("query_constraint", query_constraint)

    def build(self, input_shape: Shape) -> None:
        features = self._check_rank(input_shape)[3 - self.time_axis]
        if features is None:
            raise ValueError(
                f"The number of features of `inputs` must be known to create the weights of "
                f"`{type(self).__name__}`. Received: inputs of shape {tuple(input_shape)}, "
                f"expected `{self._layout()}`. Set the size of the features axis in `keras.Input`."
            )
        if self.units is not None:
            self._add_named_weight("kernel", (features, self.units))
            if self.use_bias:
                self._add_named_weight("bias", (self.units,))
        self._add_named_weight("query", (self.units or features,))
        super().build(input_shape)  # last, because it sets `self.built`

    def call(
        self,
        inputs: Tensor,
        mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
    ) -> Any:
        self._check_features(inputs.shape)
        inputs, valid = self._prepare(inputs, mask)
        if valid is not None:
            # Before any arithmetic, because a weight of 0 times a masked NaN would be NaN in the
            # output and in the gradients of the weights.
            inputs = ops.where(valid, inputs, 0.0)
        if 0 in inputs.shape:
            weights = ops.sum(ops.zeros_like(inputs), axis=3 - self.time_axis)
            pooled = self._finish(self._pool_empty(inputs), None)
        else:
            valid_steps = None if valid is None else ops.squeeze(valid, axis=3 - self.time_axis)
            weights = _masked_softmax(self._scores(inputs), valid_steps)
            pooled = self._finish(self._weighted_sum(inputs, weights, training), valid)
        return (pooled, ops.cast(weights, pooled.dtype)) if return_attention_scores else pooled

    def compute_output_spec(
        self,
        inputs: Tensor,
        mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
    ) -> Any:
        if self.built:
            self._check_features(inputs.shape)
        pooled = super().compute_output_spec(inputs, mask)
        if not return_attention_scores:
            return pooled
        shape = (inputs.shape[0], inputs.shape[self.time_axis])
        return pooled, keras.KerasTensor(shape, dtype=self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        config = {
            **super().get_config(),
            "units": self.units,
            "use_bias": self.use_bias,
            "dropout": self.dropout,
            "seed": self.seed,
        }
        for name in ("kernel", "bias", "query"):
            for kind in ("initializer", "regularizer", "constraint"):
                keras_module = getattr(keras, f"{kind}s")
                config[f"{name}_{kind}"] = keras_module.serialize(getattr(self, f"{name}_{kind}"))
        return config

    def _check_features(self, shape: Shape) -> None:
        weight = self.query if self.units is None else self.kernel
        given = self._check_rank(shape)[3 - self.time_axis]
        if given not in (None, weight.shape[0]):
            raise ValueError(
                f"`inputs` of `{type(self).__name__}` must have {weight.shape[0]} features, as the "
                f"layer was built with. Received: inputs of shape {tuple(shape)}. Create a new "
                "layer for another number of features."
            )

    def _add_named_weight(self, name: str, shape: Shape) -> None:
        """Create the weight `name` with the initializer, regularizer and constraint for it."""
        options = {kind: getattr(self, f"{name}_{kind}") for kind in ("regularizer", "constraint")}
        initializer = computed_in_float32(getattr(self, f"{name}_initializer"))
        weight = self.add_weight(name=name, shape=shape, initializer=initializer, **options)
        setattr(self, name, weight)

    def _scores(self, inputs: Tensor) -> Tensor:
        """Return the scores `(batch, steps)` in the accumulator dtype."""
        # `ops.einsum` instead of `ops.matmul`, which computes float64 in float32 on torch.
        layout = "btf" if self.time_axis == 1 else "bft"
        if self.units is not None:
            inputs, layout = ops.einsum(f"{layout},fu->btu", inputs, self.kernel), "btf"
            if self.use_bias:
                inputs = inputs + self.bias
            inputs = ops.tanh(inputs)
        wide = ops.cast(inputs, self.accumulator_dtype)
        return ops.einsum(f"{layout},f->bt", wide, ops.cast(self.query, self.accumulator_dtype))

    def _weighted_sum(self, inputs: Tensor, weights: Tensor, training: bool | None) -> Tensor:
        """Return the weighted sum of the steps, with a time axis of length 1."""
        if training and self.seed_generator is not None:
            weights = keras.random.dropout(weights, self.dropout, seed=self.seed_generator)
        layout = "btf" if self.time_axis == 1 else "bft"
        wide = ops.cast(inputs, self.accumulator_dtype)
        pooled = ops.einsum(f"bt,{layout}->bf", weights, wide)
        return ops.expand_dims(pooled, axis=self.time_axis)


def _masked_softmax(scores: Tensor, valid: Tensor | None) -> Tensor:
    """Return the softmax over axis 1: 0 at masked steps, and all 0 in rows without valid steps."""
    # Not `ops.softmax`: Keras warns when the axis has a single step, which is valid here.
    if valid is not None:
        scores = ops.where(valid, scores, float("-inf"))
    # The softmax does not depend on the shift, so no gradient has to pass through the maximum.
    peak = ops.stop_gradient(ops.max(scores, axis=1, keepdims=True))
    # In an empty row the maximum is -inf, and -inf - -inf is NaN.
    peak = ops.where(ops.isfinite(peak), peak, 0.0)
    terms = ops.exp(scores - peak)
    total = ops.sum(terms, axis=1, keepdims=True)
    # In an empty row 0 / 0 would be NaN in value and gradient.
    return terms / ops.where(total > 0, total, 1.0)

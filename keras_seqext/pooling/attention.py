"""A learned weighted mean over time that skips masked steps."""

from typing import Any

import keras
from keras import ops

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
    """Averages the unmasked steps with weights that it learns from their content.

    Each step is scored against one learned query vector, the scores go through a softmax
    over the unmasked steps, and the steps are summed with these weights. With `units`,
    a tanh layer stands before the query.

    Args:
        units: The size of the tanh layer; without one, steps are compared with the query
            as they are. Defaults to `None`.
        use_bias: Whether the tanh layer has a bias. Defaults to `True`.
        dropout: The share of attention weights dropped in training. Defaults to `0.0`.
        seed: The seed of the dropout. Defaults to `None`.
        kernel_initializer: Of the tanh layer. Defaults to `"glorot_uniform"`.
        bias_initializer: Of the tanh layer. Defaults to `"zeros"`.
        query_initializer: Of the query. Defaults to `"glorot_uniform"`.
        kernel_regularizer: Of the tanh layer. Defaults to `None`, like those below.
        bias_regularizer: Of the tanh layer.
        query_regularizer: Of the query.
        kernel_constraint: Of the tanh layer.
        bias_constraint: Of the tanh layer.
        query_constraint: Of the query.
        data_format: `"channels_last"` or `"channels_first"`, as in Keras.
        keepdims: Whether the time axis stays, with length 1. Defaults to `False`.
        empty_value: The output for a row without an unmasked step. Defaults to `0.0`.
        **kwargs: The arguments of every Keras layer: `name`, `dtype`, ...

    Call arguments:
        inputs: `(batch, steps, features)`; integers are cast to the compute dtype.
        mask: `(batch, steps)`, true where a step counts; taken from the previous layer
            when not given. What a masked step holds, be it NaN, changes nothing.
        return_attention_scores: Whether the attention weights are returned too.
            Defaults to `False`.
        training: Whether dropout acts.

    Returns:
        `(batch, features)` in the compute dtype, or a pair of it and the attention
        weights `(batch, steps)`, before dropout. They add up to 1 over the unmasked
        steps, are 0 at masked ones, and all 0 in a row without an unmasked step. The mask
        ends here. Scores, softmax and mean are kept in float32 at least.

    Raises:
        ValueError: If `units` or `dropout` is out of range, the number of features is
            unknown, inputs are not 3D or the mask is not `(batch, steps)`.

    >>> x = np.array([[[1.0, 0.0], [3.0, 2.0], [9.0, 9.0]]])
    >>> pooling = MaskedGlobalAttentionPooling1D(query_initializer="zeros")
    >>> mask = np.array([[True, True, False]])
    >>> pooled, weights = pooling(x, mask=mask, return_attention_scores=True)
    >>> to_numpy(pooled), to_numpy(weights)
    (array([[2., 1.]], dtype=float32), array([[0.5, 0.5, 0. ]], dtype=float32))

    Formula: `softmax(tanh(x W + b) q)`, as the word attention of Yang et al., "Hierarchical
    Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
    """

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
        # Only a layer that needs randomness carries its state.
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
                f"`{type(self).__name__}` needs the number of features of `inputs` to make its "
                f"weights. Received: inputs of shape {tuple(input_shape)}, which should be "
                f"`{self._layout()}`. Give the features a size in `keras.Input`."
            )
        if self.units is not None:
            self._add("kernel", (features, self.units))
            if self.use_bias:
                self._add("bias", (self.units,))
        self._add("query", (self.units or features,))
        super().build(input_shape)  # last, as it declares the layer built

    def call(
        self,
        inputs: Tensor,
        mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
    ) -> Any:
        self._check_features(inputs.shape)
        inputs, keep = self._enter(inputs, mask)
        if keep is not None:
            # Before any arithmetic: 0 * NaN is NaN, here and in the gradients of the weights.
            inputs = ops.where(keep, inputs, 0.0)
        if 0 in inputs.shape:
            weights = ops.sum(ops.zeros_like(inputs), axis=3 - self.time_axis)
            pooled = self._leave(self._pool_nothing(inputs), None)
        else:
            keep_step = None if keep is None else ops.squeeze(keep, axis=3 - self.time_axis)
            weights = _masked_softmax(self._scores(inputs), keep_step)
            pooled = self._leave(self._weighted_sum(inputs, weights, training), keep)
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
                f"`inputs` of `{type(self).__name__}` must have the {weight.shape[0]} features it "
                f"was built for. Received: inputs of shape {tuple(shape)}. Make another layer for "
                "other features."
            )

    def _add(self, name: str, shape: Shape) -> None:
        """Adds the weight `name`, with the options that carry its name."""
        options = ("initializer", "regularizer", "constraint")
        weight = self.add_weight(
            name=name, shape=shape, **{kind: getattr(self, f"{name}_{kind}") for kind in options}
        )
        setattr(self, name, weight)

    def _scores(self, inputs: Tensor) -> Tensor:
        """One score a step, `(batch, steps)`, in the accumulator dtype."""
        # Not `ops.matmul`: on torch it computes float64 in float32, `ops.einsum` does not.
        layout = "btf" if self.time_axis == 1 else "bft"
        if self.units is not None:
            inputs, layout = ops.einsum(f"{layout},fu->btu", inputs, self.kernel), "btf"
            if self.use_bias:
                inputs = inputs + self.bias
            inputs = ops.tanh(inputs)
        wide = ops.cast(inputs, self.accumulator_dtype)
        return ops.einsum(f"{layout},f->bt", wide, ops.cast(self.query, self.accumulator_dtype))

    def _weighted_sum(self, inputs: Tensor, weights: Tensor, training: bool | None) -> Tensor:
        """The sum of the steps by their weights, with the time axis kept."""
        if training and self.seed_generator is not None:
            weights = keras.random.dropout(weights, self.dropout, seed=self.seed_generator)
        layout = "btf" if self.time_axis == 1 else "bft"
        wide = ops.cast(inputs, self.accumulator_dtype)
        pooled = ops.einsum(f"bt,{layout}->bf", weights, wide)
        return ops.expand_dims(pooled, axis=self.time_axis)


def _masked_softmax(scores: Tensor, keep: Tensor | None) -> Tensor:
    """A softmax over axis 1 that is 0 where nothing is kept.

    Not `ops.softmax`, which warns of a single step.
    """
    if keep is not None:
        scores = ops.where(keep, scores, float("-inf"))
    peak = ops.stop_gradient(ops.max(scores, axis=1, keepdims=True))
    peak = ops.where(ops.isfinite(peak), peak, 0.0)
    terms = ops.exp(scores - peak)
    total = ops.sum(terms, axis=1, keepdims=True)
    # 0 / 0, for an empty row, would be NaN in value and gradient.
    return terms / ops.where(total > 0, total, 1.0)

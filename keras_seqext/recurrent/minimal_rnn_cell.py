"""Simple recurrent cell: one step of the recurrence."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.initialization import computed_in_float32
from keras_seqext._common.layer_validation import (
    checked_activation,
    checked_constraint,
    checked_initializer,
    checked_options,
    checked_regularizer,
    checked_tensor,
)
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag, checked_integer, checked_rate


# `keras.layers.RNN` samples the dropout masks once per sequence, outside the loop, only for cells
# that inherit from its private dropout class. Subclassing a Keras cell is the public way to do so.
@serializable
class MinimalRNNCell(keras.layers.SimpleRNNCell):
    """Computes `tanh(x @ kernel + state @ recurrent_kernel + bias)`, one step of a recurrence.

    Not the example of that name in the docstring of `keras.layers.RNN` (linear and
    without bias), and not the cell of the gated MinimalRNN (Chen, 2017).

    Use it with `keras.layers.RNN`, `keras.layers.StackedRNNCells` or a custom loop.
    `MinimalRNN` computes the same results over a whole sequence faster. The weights and
    arguments are those of `keras.layers.SimpleRNNCell`, except that a dropout rate
    outside `[0, 1)` raises an error instead of being clipped.

    Args:
        units: Number of units, the size of the output and of the state.
        activation: Activation function. `None` means no activation.
        use_bias: Whether to add `bias`.
        kernel_initializer: Initializer for `kernel`, `(features, units)`.
        recurrent_initializer: Initializer for `recurrent_kernel`, `(units, units)`.
        bias_initializer: Initializer for `bias`, `(units,)`.
        kernel_regularizer: Regularizer for `kernel`.
        recurrent_regularizer: Regularizer for `recurrent_kernel`.
        bias_regularizer: Regularizer for `bias`.
        kernel_constraint: Constraint for `kernel`.
        recurrent_constraint: Constraint for `recurrent_kernel`.
        bias_constraint: Constraint for `bias`.
        dropout: Fraction of the inputs to drop, in `[0, 1)`. The same inputs are dropped
            at every step of a sequence.
        recurrent_dropout: Fraction of the recurrent state to drop, in `[0, 1)`. The same
            units are dropped at every step of a sequence.
        seed: Random seed of the dropout.

    Call arguments:
        inputs: `(batch, features)`, one step of a sequence.
        states: The previous state `(batch, units)`, or a list with this tensor.
        training: Whether to apply dropout. The dropout masks are reused until
            `reset_dropout_mask` and `reset_recurrent_dropout_mask` are called,
            which `keras.layers.RNN` does after each sequence.

    Returns:
        A tuple of the output `(batch, units)` in the compute dtype and the new state. Both
        are the same tensor. The new state is in a list if `states` is a list.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If `units` or a dropout rate is out of range, or if an argument has the
            wrong shape.

    >>> cell = MinimalRNNCell(3)
    >>> output, states = cell(np.ones((2, 5), "float32"), cell.get_initial_state(2))
    >>> output.shape == states[0].shape == (2, 3)
    True

    Source: Elman, "Finding Structure in Time", 1990, without its output layer.
    """

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        checked_options(type(self), kwargs, tuple(inspect.signature(type(self)).parameters))
        super().__init__(
            checked_integer("units", units, 1, remedy="Pass a positive integer, such as units=32."),
            activation=checked_activation("activation", activation),
            use_bias=checked_flag("use_bias", use_bias),
            kernel_initializer=checked_initializer("kernel_initializer", kernel_initializer),
            recurrent_initializer=checked_initializer(
                "recurrent_initializer", recurrent_initializer
            ),
            bias_initializer=checked_initializer("bias_initializer", bias_initializer),
            kernel_regularizer=checked_regularizer("kernel_regularizer", kernel_regularizer),
            recurrent_regularizer=checked_regularizer(
                "recurrent_regularizer", recurrent_regularizer
            ),
            bias_regularizer=checked_regularizer("bias_regularizer", bias_regularizer),
            kernel_constraint=checked_constraint("kernel_constraint", kernel_constraint),
            recurrent_constraint=checked_constraint("recurrent_constraint", recurrent_constraint),
            bias_constraint=checked_constraint("bias_constraint", bias_constraint),
            dropout=checked_rate("dropout", dropout),
            recurrent_dropout=checked_rate("recurrent_dropout", recurrent_dropout),
            seed=None if seed is None else checked_integer("seed", seed, 0),
            **kwargs,
        )

    def build(self, input_shape: Shape) -> None:
        if input_shape[-1] is None:
            raise ValueError(
                "The number of features, the last axis of `inputs`, must be known to build "
                f"`MinimalRNNCell`. Received: inputs of shape {tuple(input_shape)}. Set the size "
                "of the features axis in `keras.Input`."
            )
        super().build(input_shape)

    def add_weight(self, *args: Any, initializer: Any = None, **kwargs: Any) -> Any:
        """Add a weight whose initial values are computed in float32 for half precision."""
        if initializer is not None:
            initializer = computed_in_float32(initializer)
        return super().add_weight(*args, initializer=initializer, **kwargs)

    def __call__(self, inputs: Tensor, states: Any, *args: Any, **kwargs: Any) -> Any:
        checked_tensor("inputs", inputs, "(batch, features)")
        is_list = isinstance(states, (list, tuple))
        if is_list and len(states) != 1:
            raise ValueError(
                f"`states` must be one state, (batch, units), or a list of it. Received: a list of "
                f"{len(states)}. For the first step, pass `cell.get_initial_state(batch_size)`."
            )
        state = states[0] if is_list else states
        checked_tensor("states", state, "(batch, units)")
        self._check_shape("inputs", inputs, self.kernel.shape[0] if self.built else None)
        self._check_shape("states", state, self.units)
        self._check_rows(inputs, state)
        return super().__call__(inputs, states, *args, **kwargs)

    def _check_shape(self, name: str, tensor: Any, size: int | None) -> None:
        try:
            shape = tuple(tensor.shape)
        except ValueError:  # of unknown rank, in a graph of TensorFlow
            return
        if len(shape) != 2 or (None not in (size, shape[1]) and shape[1] != size):
            raise ValueError(
                f"`{name}` of `{type(self).__name__}` must have the shape `(batch, "
                f"{size or 'features'})`. Received: {name} of shape {shape}. Pass one step of a "
                "sequence, or use `MinimalRNN` for whole sequences."
            )

    def _check_rows(self, inputs: Any, state: Any) -> None:
        # A state of one row, or one row of inputs, would be broadcast without an error.
        try:
            rows, expected = state.shape[0], inputs.shape[0]
        except ValueError:  # of unknown rank, in a graph of TensorFlow
            return
        if None not in (rows, expected) and rows != expected:
            raise ValueError(
                f"`states` of `{type(self).__name__}` must have {expected} rows, as `inputs` has. "
                f"Received: states of shape {tuple(state.shape)}. Pass one state per row, such as "
                "`cell.get_initial_state(batch_size)`."
            )

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        state = states[0] if isinstance(states, (list, tuple)) else states
        # Only in training, so that inference does not advance the state of the seed generator.
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            state = state * self.get_recurrent_dropout_mask(state)
        # `@` instead of `ops.matmul`, which computes float64 in float32 on PyTorch.
        kernel, recurrent_kernel = map(ops.convert_to_tensor, (self.kernel, self.recurrent_kernel))
        total = inputs @ kernel + state @ recurrent_kernel
        if self.bias is not None:
            total = total + self.bias
        output = self.activation(total)
        return output, [output] if isinstance(states, (list, tuple)) else output

"""One step of the simplest recurrent network."""

import inspect
from typing import Any

import keras
from keras import ops

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


# Subclassing a Keras cell is the only public way into the dropout contract of `keras.layers.RNN`,
# which makes the masks of a cell once a sequence, outside the loop, only if it inherits Keras' own.
@serializable
class MinimalRNNCell(keras.layers.SimpleRNNCell):
    """Computes `tanh(x @ kernel + state @ recurrent_kernel + bias)`, one step of a recurrence.

    Not the example of that name in the docstring of `keras.layers.RNN` (linear and
    without bias), nor the cell of the gated MinimalRNN (Chen, 2017).

    For use inside `keras.layers.RNN`, `keras.layers.StackedRNNCells` or a loop of
    one's own; `MinimalRNN` runs the same maths over a whole sequence, faster. The
    weights and arguments are those of `keras.layers.SimpleRNNCell`; unlike there, a
    dropout rate outside `[0, 1)` is refused rather than clipped.

    Args:
        units: The number of outputs, which is also the size of the state.
        activation: The function around the sum; `None` for none.
        use_bias: Whether `bias` is added.
        kernel_initializer: For `kernel`, `(features, units)`.
        recurrent_initializer: For `recurrent_kernel`, `(units, units)`.
        bias_initializer: For `bias`, `(units,)`.
        kernel_regularizer: For `kernel`.
        recurrent_regularizer: For `recurrent_kernel`.
        bias_regularizer: For `bias`.
        kernel_constraint: For `kernel`.
        recurrent_constraint: For `recurrent_kernel`.
        bias_constraint: For `bias`.
        dropout: The fraction of the inputs to drop, in `[0, 1)`; the same inputs at
            every step of a sequence.
        recurrent_dropout: The same for the state that enters the sum.
        seed: An integer that makes the dropout repeatable.

    Call arguments:
        inputs: `(batch, features)`, one step.
        states: The previous state `(batch, units)`, or a list of just it.
        training: Whether dropout applies. The masks stay the same until
            `reset_dropout_mask` and `reset_recurrent_dropout_mask` are called,
            which `keras.layers.RNN` does after each sequence.

    Returns:
        The output `(batch, units)` in the compute dtype, and the new state, equal to
        it, as a list if `states` was one.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If `units` or a dropout rate is out of its range, or a shape is wrong.

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
                f"`MinimalRNNCell`. Received: inputs of shape {tuple(input_shape)}. Give the "
                "features a size in `keras.Input`."
            )
        super().build(input_shape)

    def __call__(self, inputs: Tensor, states: Any, *args: Any, **kwargs: Any) -> Any:
        checked_tensor("inputs", inputs, "(batch, features)")
        several = isinstance(states, (list, tuple))
        if several and len(states) != 1:
            raise ValueError(
                f"`states` must be one state, (batch, units), or a list of it. Received: a list of "
                f"{len(states)}. Pass `cell.get_initial_state(batch_size)` to begin with."
            )
        state = states[0] if several else states
        checked_tensor("states", state, "(batch, units)")
        self._check_shape("inputs", inputs, self.kernel.shape[0] if self.built else None)
        self._check_shape("states", state, self.units)
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
                "sequence; `MinimalRNN` runs over all of them."
            )

    def call(self, inputs: Tensor, states: Any, training: bool = False) -> tuple[Tensor, Any]:
        state = states[0] if isinstance(states, (list, tuple)) else states
        # Only in training, so that a prediction does not use up random numbers.
        if training and self.dropout:
            inputs = inputs * self.get_dropout_mask(inputs)
        if training and self.recurrent_dropout:
            state = state * self.get_recurrent_dropout_mask(state)
        # `@`, as `ops.matmul` computes float64 in float32 on PyTorch.
        kernel, recurrent_kernel = map(ops.convert_to_tensor, (self.kernel, self.recurrent_kernel))
        total = inputs @ kernel + state @ recurrent_kernel
        if self.bias is not None:
            total = total + self.bias
        output = self.activation(total)
        return output, [output] if isinstance(states, (list, tuple)) else output

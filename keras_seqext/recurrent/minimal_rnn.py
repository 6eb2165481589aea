"""Simple recurrent layer over a whole sequence."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.layer_validation import checked_options, checked_shape, checked_tensor
from keras_seqext._common.runtime_sizes import checked_sizes
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag

from . import _recurrence
from .minimal_rnn_cell import MinimalRNNCell

_LAYOUT = "(batch, steps, features)"
_STATE = "(batch, units)"


def _cell_attribute(name: str) -> Any:
    return property(lambda self: getattr(self.cell, name), doc=f"`{name}` of the cell.")


def _fits(given: Shape, expected: Shape) -> bool:
    """Return whether no known size of one shape differs from that of the other."""
    return len(given) == len(expected) and all(
        None in pair or pair[0] == pair[1] for pair in zip(given, expected, strict=True)
    )


@serializable
class MinimalRNN(keras.layers.RNN):
    """Computes `h = tanh(x_t @ kernel + h @ recurrent_kernel + bias)` for each step.

    Not the gated MinimalRNN (Chen, 2017), and not a layer with the linear example cell
    in the docstring of `keras.layers.RNN`.

    The results, arguments and weights are those of `keras.layers.SimpleRNN`, and
    `get_weights()` of one layer can be passed to `set_weights()` of the other. With
    `activation="tanh"`, `unroll=False` and no active recurrent dropout, a fast kernel of
    the backend runs the recurrence: PyTorch's RNN kernel, or on JAX and TensorFlow a
    compiled loop with a hand-written gradient that stores only the states. Otherwise a
    general loop computes the same results. Both support masks.

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
        return_sequences: Whether to return the output of every step or only of the last.
        return_state: Whether to return the final state as well.
        go_backwards: Whether to process the sequence in reverse order. Outputs and their
            mask are returned in the order of processing.
        stateful: Whether the final state of each row is the initial state of the same row
            of the next batch, until `reset_state()` is called. Requires a fixed batch
            size. In `predict`, Keras on JAX discards the state of any layer.
        unroll: Whether to unroll the loop over the steps. Suitable for short sequences.
        zero_output_for_mask: Whether the returned sequence is zero at masked steps.
        seed: Random seed of the dropout.
        **kwargs: `name`, `dtype`, `trainable` and `activity_regularizer`.

    Call arguments:
        sequences: `(batch, steps, features)` with at least one step.
        initial_state: `(batch, units)`, or a list with this tensor. Defaults to zeros.
        mask: `(batch, steps)`, true at the steps to process; defaults to the mask of the
            previous layer. A masked step leaves the state unchanged and repeats the
            previous output, which is zero before the first unmasked step.
        training: Whether to apply dropout.

    Returns:
        `(batch, steps, units)` with `return_sequences`, otherwise `(batch, units)`, in the
        compute dtype. With `return_state`, a tuple of the output and the final state
        `(batch, units)`. The mask is passed on only with `return_sequences`.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is out of range, if `sequences`, `mask` or
            `initial_state` has the wrong shape, if the batch size is unknown and
            `stateful=True`, or if the number of steps is unknown and `unroll=True`.

    >>> layer = MinimalRNN(4, return_sequences=True, return_state=True)
    >>> outputs, state = layer(np.ones((2, 3, 5), "float32"))
    >>> outputs.shape == (2, 3, 4) and state.shape == (2, 4)
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
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        checked_options(type(self), kwargs, tuple(inspect.signature(type(self)).parameters))
        cell = MinimalRNNCell(
            units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="minimal_rnn_cell",
        )
        super().__init__(
            cell,
            return_sequences=checked_flag("return_sequences", return_sequences),
            return_state=checked_flag("return_state", return_state),
            go_backwards=checked_flag("go_backwards", go_backwards),
            stateful=checked_flag("stateful", stateful),
            unroll=checked_flag("unroll", unroll),
            zero_output_for_mask=checked_flag("zero_output_for_mask", zero_output_for_mask),
            **kwargs,
        )
        self.supports_masking = True  # Keras 3.16 no longer sets it in `keras.layers.RNN`

    units = _cell_attribute("units")
    activation = _cell_attribute("activation")
    use_bias = _cell_attribute("use_bias")
    kernel_initializer = _cell_attribute("kernel_initializer")
    recurrent_initializer = _cell_attribute("recurrent_initializer")
    bias_initializer = _cell_attribute("bias_initializer")
    kernel_regularizer = _cell_attribute("kernel_regularizer")
    recurrent_regularizer = _cell_attribute("recurrent_regularizer")
    bias_regularizer = _cell_attribute("bias_regularizer")
    kernel_constraint = _cell_attribute("kernel_constraint")
    recurrent_constraint = _cell_attribute("recurrent_constraint")
    bias_constraint = _cell_attribute("bias_constraint")
    dropout = _cell_attribute("dropout")
    recurrent_dropout = _cell_attribute("recurrent_dropout")

    @property
    def variables(self) -> list[Any]:
        """All variables, including the states of a stateful layer."""
        # On JAX, Keras passes the variables listed here to the compiled step and assigns their new
        # values afterwards. The new values of states that are not listed would be lost. The states
        # are not weights, so they are not saved.
        found = list(super().variables)
        return [*found, *self.states] if self.stateful and self.states else found

    def __call__(self, sequences: Tensor, *args: Any, **kwargs: Any) -> Any:
        checked_tensor("sequences", sequences, _LAYOUT)
        for name in ("mask", "initial_state"):
            for value in keras.tree.flatten(kwargs.get(name)):
                if value is not None:
                    checked_tensor(name, value, "(batch, steps)" if name == "mask" else _STATE)
        return super().__call__(sequences, *args, **kwargs)

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        sequences_shape = checked_shape(type(self).__name__, "sequences", sequences_shape, _LAYOUT)
        if self.stateful and sequences_shape[0] is None:
            raise ValueError(
                f"The batch size of `sequences` must be known, because `{self.name}` is stateful. "
                f"Received: sequences of shape {tuple(sequences_shape)}. Pass `batch_size=...` to "
                "the `Input` of the model, or `stateful=False`."
            )
        self._check_steps(sequences_shape[1])
        super().build(sequences_shape, initial_state_shape)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        shape = checked_shape(type(self).__name__, "sequences", sequences.shape, _LAYOUT)
        self._check_steps(shape[1])
        self._check_features(shape)
        cell, dtype = self.cell, self.compute_dtype
        sequences = ops.cast(sequences, dtype)
        mask = self._checked_mask(sequences, mask)
        # The output before the first unmasked step is zero, but the initial state may not be.
        starts_at_zero = initial_state is None and not self.stateful
        state = self._checked_initial_state(sequences, initial_state)
        recurrent_dropout_mask = None
        if training and cell.dropout:
            dropped = self._dropout_mask(
                (ops.shape(sequences)[0], sequences.shape[2]), cell.dropout
            )
            sequences = sequences * ops.expand_dims(dropped, 1)
        if training and cell.recurrent_dropout:
            recurrent_dropout_mask = self._dropout_mask(ops.shape(state), cell.recurrent_dropout)
        if self.go_backwards:
            sequences = ops.flip(sequences, axis=1)
            mask = None if mask is None else ops.flip(mask, axis=1)
        states, last = _recurrence.run(
            sequences,
            ops.cast(cell.kernel, dtype),
            ops.cast(cell.recurrent_kernel, dtype),
            None if cell.bias is None else ops.cast(cell.bias, dtype),
            state,
            activation=cell.activation,
            recurrent_dropout_mask=recurrent_dropout_mask,
            mask=mask,
            unroll=self.unroll,
            every_state=self.return_sequences,
        )
        if self.stateful:
            self.states[0].assign(ops.cast(last, self.variable_dtype))
        output = states if self.return_sequences else last
        if mask is not None:
            output = self._masked_output(output, mask, starts_at_zero)
        return (output, last) if self.return_state else output

    def _check_steps(self, steps: int | None) -> None:
        if steps == 0:
            raise ValueError(
                f"`sequences` of `{self.name}` must have at least one step. Received: 0 steps. "
                "Remove empty sequences, or pad them and pass a mask."
            )
        if steps is None and self.unroll:
            raise ValueError(
                f"The number of steps must be known to unroll `{self.name}`. Received: "
                "`unroll`=True with sequences of None steps. Set the number of steps in the "
                "`Input` of the model, or pass `unroll=False`."
            )

    def _check_features(self, shape: Shape) -> None:
        features = self.cell.kernel.shape[0]
        if shape[2] not in (None, features):
            raise ValueError(
                f"`sequences` of `{self.name}` must have {features} features, as the layer was "
                f"built with. Received: sequences of shape {shape}. Create a new layer for another "
                "number of features."
            )

    def _checked_mask(self, sequences: Tensor, mask: Tensor | None) -> Tensor | None:
        if mask is None:
            return None
        mask = ops.cast(ops.convert_to_tensor(mask), "bool")
        expected, given = tuple(sequences.shape[:2]), tuple(mask.shape)
        if not _fits(given, expected):
            raise ValueError(
                f"The `mask` of `{self.name}` must have the shape (batch, steps) = {expected} of "
                f"the sequences. Received: mask of shape {given}. Pass one boolean per step."
            )
        return checked_sizes(mask, ops.shape(sequences)[:2], "mask_must_be_batch_by_steps")

    def _checked_initial_state(self, sequences: Tensor, initial_state: Any) -> Tensor:
        if initial_state is None:
            if self.stateful:
                return self._preserved_state(sequences)
            return ops.cast(self.get_initial_state(ops.shape(sequences)[0])[0], self.compute_dtype)
        if isinstance(initial_state, (list, tuple)):
            if len(initial_state) != 1:
                raise ValueError(
                    f"`{self.name}` has one state. Received: {len(initial_state)} arrays in "
                    "`initial_state`. Pass one array (batch, units), or a list of it."
                )
            initial_state = initial_state[0]
        state = ops.cast(ops.convert_to_tensor(initial_state), self.compute_dtype)
        expected, given = (sequences.shape[0], self.units), tuple(state.shape)
        message = (
            f"The `initial_state` of `{self.name}` must have the shape (batch, units) = "
            f"{expected}. Received: initial_state of shape {given}. Leave it out for zeros."
        )
        if not _fits(given, expected):
            raise ValueError(message)
        rows = ops.shape(sequences)[0]
        return checked_sizes(
            state, (rows, self.units), "initial_state_must_be_batch_by_units", message
        )

    def _preserved_state(self, sequences: Tensor) -> Tensor:
        """Return the state that the previous batch left."""
        rows, shape = self.states[0].shape[0], tuple(sequences.shape)
        message = (
            f"`sequences` of `{self.name}` must have {rows} rows, as the layer was built with, "
            f"because `stateful`=True. Received: sequences of shape {shape}. Remove or pad a last "
            "batch that is smaller, or pass `stateful=False`."
        )
        if shape[0] not in (None, rows):
            raise ValueError(message)
        # A copy, because the variable is overwritten in place before PyTorch computes the
        # gradient from its old values.
        state = ops.cast(ops.copy(self.states[0]), self.compute_dtype)
        size = (ops.shape(sequences)[0], self.units)
        return checked_sizes(state, size, "batch_size_must_be_that_of_the_state", message)

    def _dropout_mask(self, shape: Any, rate: float) -> Tensor:
        ones = ops.ones(shape, dtype=self.compute_dtype)
        return keras.random.dropout(ones, rate, seed=self.cell.seed_generator)

    def _masked_output(self, output: Tensor, mask: Tensor, starts_at_zero: bool) -> Tensor:
        """Set the outputs to zero that are the initial state or that the options require."""
        # `valid` is true at the outputs to return unchanged; `None` stands for all of them.
        zero = ops.zeros((), dtype=output.dtype)
        if not self.return_sequences:
            valid = None if starts_at_zero else ops.any(mask, axis=1)
        elif self.zero_output_for_mask:
            valid = mask
        else:
            # True from the first unmasked step on.
            valid = None if starts_at_zero else ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0
        return output if valid is None else ops.where(ops.expand_dims(valid, -1), output, zero)

    def compute_mask(self, sequences: Tensor, mask: Any = None) -> Any:
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if not self.return_sequences:
            mask = None
        elif mask is not None and self.go_backwards:
            # `keras.layers.RNN` passes the mask on in the original order, although the outputs are
            # reversed.
            mask = ops.flip(ops.convert_to_tensor(mask), axis=1)
        return [mask, None] if self.return_state else mask

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["cell"]
        cell = self.cell.get_config()
        return {**{k: v for k, v in cell.items() if k not in config}, **config}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "MinimalRNN":
        return cls(**config)

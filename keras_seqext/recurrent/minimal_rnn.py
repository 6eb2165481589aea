"""The simplest recurrent network over a whole sequence."""

import inspect
from typing import Any

import keras
from keras import ops

from keras_seqext._common.layer_validation import checked_options, checked_shape, checked_tensor
from keras_seqext._common.serialization import serializable
from keras_seqext._common.typing import Shape, Tensor
from keras_seqext._common.validation import checked_flag

from . import _recurrence
from .minimal_rnn_cell import MinimalRNNCell

_LAYOUT = "(batch, steps, features)"
_STATE = "(batch, units)"


def _of_cell(name: str) -> Any:
    return property(lambda self: getattr(self.cell, name), doc=f"`{name}` of the cell.")


@serializable
class MinimalRNN(keras.layers.RNN):
    """Runs `h = tanh(x_t @ kernel + h @ recurrent_kernel + bias)` over the steps of a sequence.

    Not the gated MinimalRNN (Chen, 2017), nor a layer around the linear example cell
    in the docstring of `keras.layers.RNN`.

    The numbers, arguments and weights are those of `keras.layers.SimpleRNN`; either
    takes the other's `get_weights()`. All steps are multiplied with `kernel` at once,
    before the loop. With `activation="tanh"`, `unroll=False` and no recurrent dropout in
    effect the loop itself is the backend's own kernel: PyTorch's RNN kernel, on JAX and
    TensorFlow a compiled loop whose gradient of `recurrent_kernel` is one product after
    the loop. Otherwise it is a plain loop, which gives the same numbers. A mask never
    decides which one runs.

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
        return_sequences: Whether to return every output or only the last one.
        return_state: Whether to return the final state as well.
        go_backwards: Whether to read the sequence from its end; outputs and their
            mask come in the order of reading.
        stateful: Whether the final state of each row starts the same row of the next
            batch, until `reset_state()`. Needs a fixed batch size. (Keras on JAX forgets
            the state of any layer in `predict`.)
        unroll: Whether to write the steps out one after the other; for short sequences.
        zero_output_for_mask: Whether the returned sequence holds zeros at masked steps.
        seed: An integer that makes the dropout repeatable.
        **kwargs: `name`, `dtype`, `trainable` and `activity_regularizer`.

    Call arguments:
        sequences: `(batch, steps, features)` with at least one step.
        initial_state: `(batch, units)`, or a list of just it. Defaults to zeros.
        mask: `(batch, steps)`, true where a step counts, anywhere in the row; taken from
            the previous layer when not given. A masked step leaves the state alone and
            repeats the previous output, which is zero before the first step that counts.
        training: Whether dropout applies.

    Returns:
        `(batch, steps, units)` with `return_sequences`, else `(batch, units)`; with
        `return_state` a tuple of that and the final state `(batch, units)`. In the
        compute dtype. The mask is passed on with `return_sequences` and else ends here.

    Raises:
        TypeError: If an argument is of the wrong kind.
        ValueError: If an argument is out of its range, `sequences`, `mask` or `initial_state` has
            another shape, `stateful` meets an unknown batch size, or `unroll` an unknown
            number of steps.

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
        self.supports_masking = True  # Keras 3.16 takes it away from its own recurrent layers

    units = _of_cell("units")
    activation = _of_cell("activation")
    use_bias = _of_cell("use_bias")
    kernel_initializer = _of_cell("kernel_initializer")
    recurrent_initializer = _of_cell("recurrent_initializer")
    bias_initializer = _of_cell("bias_initializer")
    kernel_regularizer = _of_cell("kernel_regularizer")
    recurrent_regularizer = _of_cell("recurrent_regularizer")
    bias_regularizer = _of_cell("bias_regularizer")
    kernel_constraint = _of_cell("kernel_constraint")
    recurrent_constraint = _of_cell("recurrent_constraint")
    bias_constraint = _of_cell("bias_constraint")
    dropout = _of_cell("dropout")
    recurrent_dropout = _of_cell("recurrent_dropout")

    @property
    def variables(self) -> list[Any]:
        """All variables, the states of a stateful layer included.

        Keras hands to the compiled step of JAX what is listed here, and takes it back changed;
        states that are not listed are lost there. They are no weights and are not saved.
        """
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
                f"`{self.name}` is stateful, so it must know the batch size of `sequences`. "
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
        mask = self._mask_of(sequences, mask)
        # Before the first step that counts the output is zero, the state need not be.
        starts_at_zero = initial_state is None and not self.stateful
        state = self._starting_state(sequences, initial_state)
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
                f"`{self.name}` needs at least one step in `sequences`. Received: 0 steps. Leave "
                "out empty sequences, or pad them and pass a mask."
            )
        if steps is None and self.unroll:
            raise ValueError(
                f"`{self.name}` can only be unrolled over a known number of steps. Received: "
                "`unroll`=True with sequences of None steps. Give the `Input` of the model its "
                "number of steps, or pass `unroll=False`."
            )

    def _check_features(self, shape: Shape) -> None:
        features = self.cell.kernel.shape[0]
        if shape[2] not in (None, features):
            raise ValueError(
                f"`sequences` of `{self.name}` must have the {features} features it was built for. "
                f"Received: sequences of shape {shape}. Make another layer for other features."
            )

    def _mask_of(self, sequences: Tensor, mask: Tensor | None) -> Tensor | None:
        if mask is None:
            return None
        mask = ops.cast(ops.convert_to_tensor(mask), "bool")
        expected, given = tuple(sequences.shape[:2]), tuple(mask.shape)
        if len(given) != 2 or any(
            None not in pair and pair[0] != pair[1] for pair in zip(given, expected, strict=True)
        ):
            raise ValueError(
                f"The `mask` of `{self.name}` must have the shape (batch, steps) = {expected} of "
                f"the sequences. Received: mask of shape {given}. Give one truth value a step."
            )
        return mask

    def _starting_state(self, sequences: Tensor, initial_state: Any) -> Tensor:
        if initial_state is None:
            if not self.stateful:
                return ops.cast(
                    self.get_initial_state(ops.shape(sequences)[0])[0], self.compute_dtype
                )
            # A copy, as PyTorch needs the old values for the gradient after they are overwritten.
            initial_state = ops.copy(self.states[0])
        if isinstance(initial_state, (list, tuple)):
            if len(initial_state) != 1:
                raise ValueError(
                    f"`{self.name}` has one state. Received: {len(initial_state)} arrays in "
                    "`initial_state`. Pass one, (batch, units), or a list of it."
                )
            initial_state = initial_state[0]
        state = ops.cast(ops.convert_to_tensor(initial_state), self.compute_dtype)
        expected, given = (sequences.shape[0], self.units), tuple(state.shape)
        if len(given) != 2 or any(
            None not in pair and pair[0] != pair[1] for pair in zip(given, expected, strict=True)
        ):
            raise ValueError(
                f"The `initial_state` of `{self.name}` must have the shape (batch, units) = "
                f"{expected}. Received: initial_state of shape {given}. Leave it out for zeros."
            )
        return state

    def _dropout_mask(self, shape: Any, rate: float) -> Tensor:
        ones = ops.ones(shape, dtype=self.compute_dtype)
        return keras.random.dropout(ones, rate, seed=self.cell.seed_generator)

    def _masked_output(self, output: Tensor, mask: Tensor, starts_at_zero: bool) -> Tensor:
        zero = ops.zeros((), dtype=output.dtype)
        if not self.return_sequences:
            shown = None if starts_at_zero else ops.any(mask, axis=1)
        elif self.zero_output_for_mask:
            shown = mask
        else:
            shown = None if starts_at_zero else ops.cumsum(ops.cast(mask, "int32"), axis=1) > 0
        return output if shown is None else ops.where(ops.expand_dims(shown, -1), output, zero)

    def compute_mask(self, sequences: Tensor, mask: Any = None) -> Any:
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if not self.return_sequences:
            mask = None
        elif mask is not None and self.go_backwards:
            # Keras passes it on unturned, beside outputs that are turned.
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

"""The recurrence on TensorFlow."""

from collections.abc import Callable
from functools import cache
from typing import Any

import tensorflow as tf

from keras_seqext._common.typing import Tensor

TURN = 10  # at most so many steps in one turn of a loop: a turn costs as much as some steps


def _turns(by_time: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None, int]:
    """Both with whole turns of steps, and how many steps a turn has.

    Steps that are missing in the last turn are added as masked ones.
    """
    steps = by_time.shape[0]
    turn = TURN if steps is None else -(-steps // -(-steps // TURN))
    if steps is not None and steps % turn == 0:
        return by_time, mask, turn
    if mask is None:
        mask = tf.ones_like(by_time[..., :1], tf.bool)
    missing = [[0, -tf.shape(by_time)[0] % turn], [0, 0], [0, 0]]
    return tf.pad(by_time, missing), tf.pad(mask, missing), turn


def _scan(
    step: Callable[..., Any],
    start: Tensor,
    by_time: list[Tensor | None],
    turn: int,
    reverse: bool = False,
) -> Any:
    """`step(carry, *at_t)` gives the next carry and what is stacked, as `jax.lax.scan` has it.

    What is `None` in `by_time` is `None` at each step.
    """
    steps, batch, _ = tf.unstack(tf.shape(by_time[0]))
    turns = steps // turn

    def array_of(x: Tensor) -> Any:
        by_turn = tf.reshape(x, (turns, turn, batch, x.shape[-1]))
        return tf.TensorArray(x.dtype, turns).unstack(by_turn)

    arrays = [None if x is None else array_of(x) for x in by_time]
    stacked = tf.TensorArray(start.dtype, turns, element_shape=(turn, *start.shape))
    order = range(turn - 1, -1, -1) if reverse else range(turn)

    def body(index: Tensor, carry: Tensor, stacked: Any) -> tuple[Tensor, Tensor, Any]:
        at = turns - 1 - index if reverse else index
        rows = [[None] * turn if x is None else tf.unstack(x.read(at), turn) for x in arrays]
        shown = [None] * turn
        for t in order:
            carry, shown[t] = step(carry, *[row[t] for row in rows])
        carry.set_shape(start.shape)
        return index + 1, carry, stacked.write(at, tf.stack(shown))

    _, last, stacked = tf.while_loop(
        lambda index, *_: index < turns,
        body,
        (tf.constant(0), start, stacked),
        maximum_iterations=turns,  # without it XLA cannot size what the gradient keeps
    )
    return last, tf.reshape(stacked.stack(), (steps, batch, start.shape[-1]))


def _where(mask: Tensor | None, counted: Tensor, masked: Tensor) -> Tensor:
    return counted if mask is None else tf.where(mask, counted, masked)


def _recur(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    mask: Tensor | None,
    turn: int,
    every_state: bool,
) -> Any:
    """The states by time if asked for, and the last one.

    Of TensorFlow's own gradient, every intermediate tensor of every step would be kept.
    """

    @tf.custom_gradient
    def recur(projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor) -> Any:
        def step(state: Tensor, projected_t: Tensor, mask_t: Tensor | None) -> Any:
            new = tf.tanh(projected_t + tf.matmul(state, recurrent_kernel))
            state = _where(mask_t, new, state)
            return state, state

        last, states = _scan(step, initial_state, [projected, mask], turn)

        def backward(*cotangents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            *into_states, into_last = cotangents

            def step(
                gradient: Tensor, slope_t: Tensor, into_t: Tensor | None, mask_t: Tensor | None
            ) -> Any:
                gradient = gradient if into_t is None else gradient + into_t
                into_projected_t = gradient * slope_t
                passed = tf.matmul(into_projected_t, recurrent_kernel, transpose_b=True)
                return _where(mask_t, passed, gradient), into_projected_t

            slopes = _where(mask, 1 - states * states, tf.zeros((), states.dtype))
            by_time = [slopes, into_states[0] if every_state else None, mask]
            into_initial, into_projected = _scan(step, into_last, by_time, turn, reverse=True)
            previous = tf.concat([initial_state[None], states[:-1]], axis=0)
            units = recurrent_kernel.shape[-1]
            rows = [tf.reshape(x, (-1, units)) for x in (previous, into_projected)]
            return into_projected, tf.matmul(*rows, transpose_a=True), into_initial

        return ((states, last) if every_state else (last,)), backward

    *states, last = recur(projected, recurrent_kernel, initial_state)
    return (states[0] if every_state else None), last


def _tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    projected = tf.tensordot(tf.transpose(inputs, (1, 0, 2)), kernel, 1)
    if bias is not None:
        projected = projected + bias
    by_time = None if mask is None else tf.transpose(mask)[..., None]
    projected, by_time, turn = _turns(projected, by_time)
    states, last = _recur(projected, recurrent_kernel, initial_state, by_time, turn, every_state)
    if states is not None:
        states = tf.transpose(states[: tf.shape(inputs)[1]], (1, 0, 2))
    return states, last


@cache
def _compiled(features: int, units: int) -> Any:
    # An eager `while_loop` runs its turns one by one from Python; a graph of its own does not.
    # One for each pair of sizes, so that only batch and steps are ever relaxed to unknown.
    return tf.function(_tanh_states, reduce_retracing=True, autograph=False)


def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """All states `(batch, steps, units)` if asked for, and the last one, by one loop each way."""
    run = _compiled(*kernel.shape) if tf.executing_eagerly() else _tanh_states
    states, last = run(inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state)
    return _with_shapes(states, last, inputs, recurrent_kernel)


def _with_shapes(
    states: Tensor | None, last: Tensor, inputs: Tensor, recurrent_kernel: Tensor
) -> tuple[Tensor | None, Tensor]:
    # What leaves a loop knows neither its steps nor its units.
    batch, steps, _ = inputs.shape
    units = recurrent_kernel.shape[-1]
    if states is not None:
        states = tf.ensure_shape(states, (batch, steps, units))
    return states, tf.ensure_shape(last, (batch, units))


def loop_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor | None, Tensor]:
    """The same for any activation and recurrent dropout, differentiated by TensorFlow."""

    def step(state: Tensor, projected_t: Tensor, mask_t: Tensor | None) -> tuple[Tensor, Tensor]:
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(projected_t + tf.matmul(previous, recurrent_kernel))
        state = _where(mask_t, new, state)
        return state, state

    by_time = None if mask is None else tf.transpose(mask)[..., None]
    entering, by_time, turn = _turns(tf.transpose(projected, (1, 0, 2)), by_time)
    last, states = _scan(step, initial_state, [entering, by_time], turn)
    states = tf.transpose(states[: tf.shape(projected)[1]], (1, 0, 2))
    return _with_shapes(states, last, projected, recurrent_kernel)

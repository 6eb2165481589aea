"""The recurrence on TensorFlow."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_seqext._typing import Tensor


def _scan(step: Callable[..., Any], start: Tensor, *by_time: Tensor, reverse: bool = False) -> Any:
    """`step(carry, *at_t)` gives the next carry and what is stacked, as `jax.lax.scan` has it."""
    steps = tf.shape(by_time[0])[0]
    arrays = [tf.TensorArray(x.dtype, steps).unstack(x) for x in by_time]
    stacked = tf.TensorArray(start.dtype, steps, element_shape=start.shape)

    def body(turn: Tensor, carry: Tensor, stacked: Any) -> tuple[Tensor, Tensor, Any]:
        t = steps - 1 - turn if reverse else turn
        carry, shown = step(carry, *[array.read(t) for array in arrays])
        carry.set_shape(start.shape)
        return turn + 1, carry, stacked.write(t, shown)

    _, last, stacked = tf.while_loop(
        lambda turn, *_: turn < steps,
        body,
        (tf.constant(0), start, stacked),
        maximum_iterations=steps,  # without it XLA cannot size what the gradient keeps
    )
    return last, stacked.stack()


# The gradient of `recurrent_kernel` is one large product after the loop. TensorFlow's own adds
# to it in every step, and keeps every intermediate tensor of every step for that.
@tf.custom_gradient
def _recur(projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor) -> Any:
    def step(state: Tensor, projected_t: Tensor) -> tuple[Tensor, Tensor]:
        state = tf.tanh(projected_t + tf.matmul(state, recurrent_kernel))
        return state, state

    last, states = _scan(step, initial_state, projected)

    def backward(into_states: Tensor, into_last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        def step(gradient: Tensor, into_t: Tensor, slope_t: Tensor) -> tuple[Tensor, Tensor]:
            into_projected_t = (gradient + into_t) * slope_t
            return tf.matmul(into_projected_t, recurrent_kernel, transpose_b=True), into_projected_t

        slopes = 1 - states * states
        into_initial, into_projected = _scan(step, into_last, into_states, slopes, reverse=True)
        previous = tf.concat([initial_state[None], states[:-1]], axis=0)
        into_kernel = tf.einsum("tbu,tbv->uv", previous, into_projected)
        return into_projected, into_kernel, into_initial

    return (states, last), backward


@tf.custom_gradient
def _recur_masked(
    projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor, mask: Tensor
) -> Any:
    def step(state: Tensor, projected_t: Tensor, mask_t: Tensor) -> tuple[Tensor, Tensor]:
        new = tf.tanh(projected_t + tf.matmul(state, recurrent_kernel))
        state = tf.where(mask_t, new, state)
        return state, state

    last, states = _scan(step, initial_state, projected, mask)

    def backward(into_states: Tensor, into_last: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        def step(
            gradient: Tensor, into_t: Tensor, slope_t: Tensor, mask_t: Tensor
        ) -> tuple[Tensor, Tensor]:
            gradient = gradient + into_t
            into_projected_t = gradient * slope_t
            passed = tf.matmul(into_projected_t, recurrent_kernel, transpose_b=True)
            return tf.where(mask_t, passed, gradient), into_projected_t

        slopes = tf.where(mask, 1 - states * states, tf.zeros_like(states))
        into_initial, into_projected = _scan(
            step, into_last, into_states, slopes, mask, reverse=True
        )
        previous = tf.concat([initial_state[None], states[:-1]], axis=0)
        into_kernel = tf.einsum("tbu,tbv->uv", previous, into_projected)
        return into_projected, into_kernel, into_initial, None

    return (states, last), backward


def _tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    projected = tf.matmul(tf.transpose(inputs, (1, 0, 2)), kernel)
    if bias is not None:
        projected = projected + bias
    if mask is None:
        states, last = _recur(projected, recurrent_kernel, initial_state)
    else:
        by_time = tf.transpose(mask)[..., None]
        states, last = _recur_masked(projected, recurrent_kernel, initial_state, by_time)
    return tf.transpose(states, (1, 0, 2)), last


# An eager `while_loop` runs its steps one by one from Python; a graph of its own does not.
_compiled = tf.function(_tanh_states, reduce_retracing=True, autograph=False)


def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """All states `(batch, steps, units)` and the last one, by one loop each way."""
    run = _compiled if tf.executing_eagerly() else _tanh_states
    states, last = run(inputs, kernel, recurrent_kernel, bias, initial_state, mask)
    return _with_shape(states, inputs, recurrent_kernel), last


def _with_shape(states: Tensor, inputs: Tensor, recurrent_kernel: Tensor) -> Tensor:
    # The stack of a loop knows neither its steps nor its units.
    return tf.ensure_shape(states, (*inputs.shape[:2], recurrent_kernel.shape[-1]))


def loop_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """The same for any activation and recurrent dropout, differentiated by TensorFlow."""

    def step(
        state: Tensor, projected_t: Tensor, mask_t: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(projected_t + tf.matmul(previous, recurrent_kernel))
        state = new if mask_t is None else tf.where(mask_t, new, state)
        return state, state

    by_time = [tf.transpose(projected, (1, 0, 2))]
    if mask is not None:
        by_time.append(tf.transpose(mask)[..., None])
    last, states = _scan(step, initial_state, *by_time)
    return _with_shape(tf.transpose(states, (1, 0, 2)), projected, recurrent_kernel), last

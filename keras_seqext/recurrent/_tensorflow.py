"""The recurrence on TensorFlow. See `_recurrence` for the contract of the two public functions."""

from collections.abc import Callable
from functools import cache
from typing import Any

import tensorflow as tf

from keras_seqext._common.typing import Tensor

# Largest number of steps per iteration of a `while_loop`. The fixed cost of an iteration is that
# of several steps.
CHUNK = 10


def _padded(time_major: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor | None, int]:
    """Pad both tensors to whole chunks and return them with the number of steps per chunk.

    The steps that are added to the last chunk are masked.
    """
    steps = time_major.shape[0]
    # With a known number of steps, the chunks are as equal as possible: 12 steps are two chunks
    # of 6 and need no padding. `-(-a // b)` rounds up.
    chunk = CHUNK if steps is None else -(-steps // -(-steps // CHUNK))
    if steps is not None and steps % chunk == 0:
        return time_major, mask, chunk
    if mask is None:
        mask = tf.ones_like(time_major[..., :1], tf.bool)
    missing = [[0, -tf.shape(time_major)[0] % chunk], [0, 0], [0, 0]]
    return tf.pad(time_major, missing), tf.pad(mask, missing), chunk


def _scan(
    step: Callable[..., Any],
    start: Tensor,
    time_major: list[Tensor | None],
    chunk: int,
    reverse: bool = False,
) -> Any:
    """Scan over time like `jax.lax.scan`, with `chunk` steps per iteration.

    `step(carry, *inputs_t)` returns the next carry and the output of the step. An entry
    `None` of `time_major` is passed on as `None` in each step.
    """
    steps, batch, _ = tf.unstack(tf.shape(time_major[0]))
    chunks = steps // chunk

    def array_of(x: Tensor) -> Any:
        by_chunk = tf.reshape(x, (chunks, chunk, batch, x.shape[-1]))
        return tf.TensorArray(x.dtype, chunks).unstack(by_chunk)

    arrays = [None if x is None else array_of(x) for x in time_major]
    stacked = tf.TensorArray(start.dtype, chunks, element_shape=(chunk, *start.shape))
    order = range(chunk - 1, -1, -1) if reverse else range(chunk)

    def body(index: Tensor, carry: Tensor, stacked: Any) -> tuple[Tensor, Tensor, Any]:
        at = chunks - 1 - index if reverse else index
        rows = [[None] * chunk if x is None else tf.unstack(x.read(at), chunk) for x in arrays]
        outputs = [None] * chunk
        for t in order:
            carry, outputs[t] = step(carry, *[row[t] for row in rows])
        # `tf.while_loop` requires that the static shape of the carry does not change.
        carry.set_shape(start.shape)
        return index + 1, carry, stacked.write(at, tf.stack(outputs))

    _, last, stacked = tf.while_loop(
        lambda index, *_: index < chunks,
        body,
        (tf.constant(0), start, stacked),
        # Without it, XLA cannot determine the size of the values stored for the gradient.
        maximum_iterations=chunks,
    )
    return last, tf.reshape(stacked.stack(), (steps, batch, start.shape[-1]))


def _where(mask: Tensor | None, unmasked: Tensor, masked: Tensor) -> Tensor:
    return unmasked if mask is None else tf.where(mask, unmasked, masked)


def _recur(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    mask: Tensor | None,
    chunk: int,
    every_state: bool,
) -> Any:
    """Return the time-major states, or `None` without `every_state`, and the last state."""

    # The gradient that TensorFlow derives stores every intermediate tensor of every step. This one
    # stores only the states. The mask is not an argument, because it has no gradient.
    @tf.custom_gradient
    def recur(projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor) -> Any:
        def step(state: Tensor, projected_t: Tensor, mask_t: Tensor | None) -> Any:
            new = tf.tanh(projected_t + tf.matmul(state, recurrent_kernel))
            state = _where(mask_t, new, state)
            return state, state

        last, states = _scan(step, initial_state, [projected, mask], chunk)

        def backward(*cotangents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            *grad_states, grad_last = cotangents

            # Backpropagation through time: `grad_state` is the gradient of the state after the
            # step. A masked step is the identity and passes it through unchanged.
            def step(
                grad_state: Tensor, slope_t: Tensor, grad_t: Tensor | None, mask_t: Tensor | None
            ) -> Any:
                grad_state = grad_state if grad_t is None else grad_state + grad_t
                grad_projected_t = grad_state * slope_t
                passed = tf.matmul(grad_projected_t, recurrent_kernel, transpose_b=True)
                return _where(mask_t, passed, grad_state), grad_projected_t

            # tanh'(z) = 1 - tanh(z)**2, and the state is tanh(z) at unmasked steps.
            slopes = _where(mask, 1 - states * states, tf.zeros((), states.dtype))
            time_major = [slopes, grad_states[0] if every_state else None, mask]
            grad_initial, grad_projected = _scan(step, grad_last, time_major, chunk, reverse=True)
            previous = tf.concat([initial_state[None], states[:-1]], axis=0)
            units = recurrent_kernel.shape[-1]
            # One product over all steps and samples, instead of one per step of the loop.
            rows = [tf.reshape(x, (-1, units)) for x in (previous, grad_projected)]
            return grad_projected, tf.matmul(*rows, transpose_a=True), grad_initial

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
    mask = None if mask is None else tf.transpose(mask)[..., None]
    projected, mask, chunk = _padded(projected, mask)
    states, last = _recur(projected, recurrent_kernel, initial_state, mask, chunk, every_state)
    if states is not None:
        # Remove the padding. The last state needs no correction, as padding is masked.
        states = tf.transpose(states[: tf.shape(inputs)[1]], (1, 0, 2))
    return states, last


@cache
def _compiled(features: int, units: int) -> Any:
    # In eager mode a `while_loop` runs its iterations from Python, in a `tf.function` it does not.
    # One function per pair of sizes: `reduce_retracing` replaces dimensions that differ between
    # calls by unknown ones, and only batch and steps may become unknown.
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
    """Run the recurrence with one loop in each direction. See `_recurrence` for the arguments."""
    run = _compiled(*kernel.shape) if tf.executing_eagerly() else _tanh_states
    states, last = run(inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state)
    return _with_shapes(states, last, inputs, recurrent_kernel)


def _with_shapes(
    states: Tensor | None, last: Tensor, inputs: Tensor, recurrent_kernel: Tensor
) -> tuple[Tensor | None, Tensor]:
    # The results of a loop have no static shape. Layers that follow need it to be built.
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
    """Run the recurrence for any activation and recurrent dropout.

    The gradient is that of TensorFlow.
    """

    def step(state: Tensor, projected_t: Tensor, mask_t: Tensor | None) -> tuple[Tensor, Tensor]:
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(projected_t + tf.matmul(previous, recurrent_kernel))
        state = _where(mask_t, new, state)
        return state, state

    mask = None if mask is None else tf.transpose(mask)[..., None]
    padded, mask, chunk = _padded(tf.transpose(projected, (1, 0, 2)), mask)
    last, states = _scan(step, initial_state, [padded, mask], chunk)
    states = tf.transpose(states[: tf.shape(projected)[1]], (1, 0, 2))
    return _with_shapes(states, last, projected, recurrent_kernel)

"""The recurrence on JAX. See `_recurrence` for the contract of the two public functions."""

from functools import partial
from typing import Any

import jax
from jax import numpy as jnp

from keras_seqext._common.typing import Tensor

from . import _jax_columns as columns
from ._jax_columns import where

BLOCK = 64  # largest number of steps to project at once: their products fit into the CPU cache
MAX_COLUMN_FEATURES = 128  # for wider inputs, projecting whole blocks of rows is faster
UNROLL = 2  # steps per iteration of the inner loop: 4 and 8 are not faster and compile for longer


def _block_length(steps: Any) -> int:
    # The largest divisor up to BLOCK, so that no block has to be padded. A symbolic number of
    # steps, as in `jax.export`, has no known divisor other than 1.
    candidates = range(min(BLOCK, steps), 0, -1) if isinstance(steps, int) else (1,)
    return next((length for length in candidates if steps % length == 0), 1)


def _blocks(time_major: Tensor | None) -> Tensor:
    if time_major is None:
        return None
    steps, *rest = time_major.shape
    length = _block_length(steps)
    return time_major.reshape(steps // length, length, *rest)


def _forward(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    def step(state: Tensor, step_inputs: Any) -> tuple[Tensor, Tensor]:
        projected_t, mask_t = step_inputs
        state = where(mask_t, jnp.tanh(projected_t + state @ recurrent_kernel), state)
        return state, state

    # A scan over blocks of steps around a scan over the steps of a block. One product projects the
    # inputs of a block, and its result is still in the cache when the steps read it.
    def block(state: Tensor, block_inputs: Any) -> tuple[Tensor, Tensor]:
        inputs, mask = block_inputs
        projected = inputs @ kernel if bias is None else inputs @ kernel + bias
        last, states = jax.lax.scan(step, state, (projected, mask), unroll=UNROLL)
        return last, states

    by_block = (_blocks(inputs), _blocks(mask))
    last, states = jax.lax.scan(block, initial_state, by_block)
    shape = (*inputs.shape[:2], kernel.shape[1])
    return jnp.reshape(states, shape), last


def _add_weight_gradients(
    grad_weights: Any, inputs: Tensor, previous: Tensor, grad_projected: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Add the weight gradients of one step or of one block of steps to `grad_weights`."""
    grad_kernel, grad_recurrent, grad_bias = grad_weights
    # Contract all axes but the last one: `(batch,)` of a step, `(steps, batch)` of a block.
    all_but_last = tuple(range(grad_projected.ndim - 1))
    axes = (all_but_last, all_but_last)
    return (
        grad_kernel + jnp.tensordot(inputs, grad_projected, axes),
        grad_recurrent + jnp.tensordot(previous, grad_projected, axes),
        None if grad_bias is None else grad_bias + grad_projected.sum(all_but_last),
    )


# The gradient that JAX derives stores every intermediate value of every step. This one stores
# only the states.
@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recur(every_state: bool, *arguments: Any) -> tuple[Tensor | None, Tensor]:
    states, last = _forward(*arguments)
    return (states if every_state else None), last


def _recur_forward(every_state: bool, *arguments: Any) -> tuple[Any, Any]:
    states, last = _forward(*arguments)
    return ((states if every_state else None), last), (arguments, states)


def _recur_backward(every_state: bool, residuals: Any, cotangents: Any) -> tuple[Any, ...]:
    (inputs, kernel, recurrent_kernel, bias, initial_state, mask), states = residuals
    grad_states, grad_last = cotangents

    # On a CPU the operands of a step are in the cache, whereas a whole block has to be read again
    # from memory: adding the weight gradients in each step was measured to be twice as fast. On an
    # accelerator it would mean three more kernel launches per step, so they are added per block.
    add_per_step = jax.default_backend() == "cpu"

    # Backpropagation through time: `grad_state` is the gradient of the state after the step.
    def step(carry: Any, step_inputs: Any) -> tuple[Any, Tensor]:
        grad_state, grad_weights = carry
        grad_t, slope_t, mask_t, inputs_t, previous_t = step_inputs
        grad_state = grad_state if grad_t is None else grad_state + grad_t
        grad_projected_t = grad_state * slope_t
        if add_per_step:
            grad_weights = _add_weight_gradients(
                grad_weights, inputs_t, previous_t, grad_projected_t
            )
        # A masked step is the identity, so the gradient of the state passes through unchanged.
        grad_state = where(mask_t, grad_projected_t @ recurrent_kernel.T, grad_state)
        return (grad_state, grad_weights), grad_projected_t

    def block(carry: Any, block_inputs: Any) -> tuple[Any, Tensor]:
        inputs, states, before, grad_states, mask = block_inputs
        # tanh'(z) = 1 - tanh(z)**2, and the state is tanh(z) at unmasked steps. The slope of 0 at
        # masked steps also zeroes their contribution to the gradients of inputs and weights.
        slopes = where(mask, 1 - states * states, 0)
        previous = jnp.concatenate([before[None], states[:-1]])
        by_step = (grad_states, slopes, mask, inputs, previous)
        (grad_state, grad_weights), grad_projected = jax.lax.scan(
            step, carry, by_step, reverse=True, unroll=UNROLL
        )
        if not add_per_step:
            grad_weights = _add_weight_gradients(grad_weights, inputs, previous, grad_projected)
        return (grad_state, grad_weights), grad_projected @ kernel.T

    by_block = _blocks(states)
    # The state before each block: the initial state, then the last state of the block before.
    before = jnp.concatenate([initial_state[None], by_block[:, -1]])[:-1]
    zeros = jax.tree.map(jnp.zeros_like, (kernel, recurrent_kernel, bias))
    (grad_initial, grad_weights), grad_inputs = jax.lax.scan(
        block,
        (grad_last, zeros),
        (_blocks(inputs), by_block, before, _blocks(grad_states), _blocks(mask)),
        reverse=True,
    )
    # One gradient per argument of `_forward`; the mask has none.
    return grad_inputs.reshape(inputs.shape), *grad_weights, grad_initial, None


_recur.defvjp(_recur_forward, _recur_backward)


# Without `jit`, every eager call would trace the scans again, because their step functions are
# created anew in each call.
@partial(jax.jit, static_argnames="every_state")
def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """Run the recurrence with one scan in each direction. See `_recurrence` for the arguments."""
    if jax.default_backend() == "cpu" and inputs.shape[2] <= MAX_COLUMN_FEATURES:
        return columns.tanh_states(
            inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state
        )
    time_major = jnp.swapaxes(inputs, 0, 1)
    mask = None if mask is None else mask.T[..., None]
    states, last = _recur(
        every_state, time_major, kernel, recurrent_kernel, bias, initial_state, mask
    )
    return (jnp.swapaxes(states, 0, 1) if every_state else None), last


def loop_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Run the recurrence for any activation and recurrent dropout, with the gradient of JAX."""

    def step(state: Tensor, step_inputs: Any) -> tuple[Tensor, Tensor]:
        projected_t, mask_t = step_inputs
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        state = where(mask_t, activation(projected_t + previous @ recurrent_kernel), state)
        return state, state

    mask = None if mask is None else mask.T[..., None]
    last, states = jax.lax.scan(step, initial_state, (jnp.swapaxes(projected, 0, 1), mask))
    return jnp.swapaxes(states, 0, 1), last

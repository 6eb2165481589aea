"""The recurrence on JAX."""

from functools import partial
from typing import Any

import jax
from jax import numpy as jnp

from keras_seqext._common.typing import Tensor

from . import _jax_columns as columns
from ._jax_columns import where

BLOCK = 64  # at most so many steps are projected at once: their products stay in the cache
WIDE = 128  # inputs wider than this are better projected a block at a time, samples as rows
UNROLL = 2  # steps in one turn of the inner loop: 4 and 8 gain nothing and compile for longer


def _block_length(steps: Any) -> int:
    # A number of steps only known symbolically, as in `jax.export`, has no known divisor.
    known = range(min(BLOCK, steps), 0, -1) if isinstance(steps, int) else (1,)
    return next((length for length in known if steps % length == 0), 1)


def _blocks(by_time: Tensor | None) -> Tensor:
    if by_time is None:
        return None
    steps, *rest = by_time.shape
    length = _block_length(steps)
    return by_time.reshape(steps // length, length, *rest)


def _forward(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    def step(state: Tensor, at_t: Any) -> tuple[Tensor, Tensor]:
        projected_t, mask_t = at_t
        state = where(mask_t, jnp.tanh(projected_t + state @ recurrent_kernel), state)
        return state, state

    def block(state: Tensor, of_block: Any) -> tuple[Tensor, Tensor]:
        inputs, mask = of_block
        projected = inputs @ kernel if bias is None else inputs @ kernel + bias
        last, states = jax.lax.scan(step, state, (projected, mask), unroll=UNROLL)
        return last, states

    by_block = (_blocks(inputs), _blocks(mask))
    last, states = jax.lax.scan(block, initial_state, by_block)
    shape = (*inputs.shape[:2], kernel.shape[1])
    return jnp.reshape(states, shape), last


def _with_products(
    so_far: Any, inputs: Tensor, previous: Tensor, into_projected: Tensor
) -> tuple[Tensor, Tensor, Tensor | None]:
    """The gradients of the weights, with those of one more step, or of a block of steps, added."""
    into_kernel, into_recurrent, into_bias = so_far
    all_but_last = tuple(range(into_projected.ndim - 1))
    over = (all_but_last, all_but_last)
    return (
        into_kernel + jnp.tensordot(inputs, into_projected, over),
        into_recurrent + jnp.tensordot(previous, into_projected, over),
        None if into_bias is None else into_bias + into_projected.sum(all_but_last),
    )


# JAX' own gradient keeps every intermediate of every step. Here the states are all that is kept.
@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recur(every_state: bool, *arguments: Any) -> tuple[Tensor | None, Tensor]:
    states, last = _forward(*arguments)
    return (states if every_state else None), last


def _recur_forward(every_state: bool, *arguments: Any) -> tuple[Any, Any]:
    states, last = _forward(*arguments)
    return ((states if every_state else None), last), (arguments, states)


def _recur_backward(every_state: bool, residuals: Any, cotangents: Any) -> tuple[Any, ...]:
    (inputs, kernel, recurrent_kernel, bias, initial_state, mask), states = residuals
    into_states, into_last = cotangents

    # A processor has a step in its cache and reads a block again from further away: measured, a
    # step each is twice as fast. An accelerator would wait for three more launches a step.
    each_step = jax.default_backend() == "cpu"

    def step(carry: Any, at_t: Any) -> tuple[Any, Tensor]:
        gradient, so_far = carry
        into_t, slope_t, mask_t, inputs_t, previous_t = at_t
        gradient = gradient if into_t is None else gradient + into_t
        into_projected_t = gradient * slope_t
        if each_step:
            so_far = _with_products(so_far, inputs_t, previous_t, into_projected_t)
        gradient = where(mask_t, into_projected_t @ recurrent_kernel.T, gradient)
        return (gradient, so_far), into_projected_t

    def block(carry: Any, of_block: Any) -> tuple[Any, Tensor]:
        inputs, states, before, into_states, mask = of_block
        slopes = where(mask, 1 - states * states, 0)
        previous = jnp.concatenate([before[None], states[:-1]])
        by_step = (into_states, slopes, mask, inputs, previous)
        (gradient, so_far), into_projected = jax.lax.scan(
            step, carry, by_step, reverse=True, unroll=UNROLL
        )
        if not each_step:
            so_far = _with_products(so_far, inputs, previous, into_projected)
        return (gradient, so_far), into_projected @ kernel.T

    by_block = _blocks(states)
    before = jnp.concatenate([initial_state[None], by_block[:, -1]])[:-1]
    zeros = jax.tree.map(jnp.zeros_like, (kernel, recurrent_kernel, bias))
    (into_initial, into_weights), into_inputs = jax.lax.scan(
        block,
        (into_last, zeros),
        (_blocks(inputs), by_block, before, _blocks(into_states), _blocks(mask)),
        reverse=True,
    )
    return into_inputs.reshape(inputs.shape), *into_weights, into_initial, None


_recur.defvjp(_recur_forward, _recur_backward)


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
    """All states `(batch, steps, units)` if asked for, and the last one, by one scan each way."""
    if jax.default_backend() == "cpu" and inputs.shape[2] <= WIDE:
        return columns.tanh_states(
            inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state
        )
    by_time = jnp.swapaxes(inputs, 0, 1)
    mask = None if mask is None else mask.T[..., None]
    states, last = _recur(every_state, by_time, kernel, recurrent_kernel, bias, initial_state, mask)
    return (jnp.swapaxes(states, 0, 1) if every_state else None), last


def loop_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """The same for any activation and recurrent dropout, differentiated by JAX."""

    def step(state: Tensor, at_t: Any) -> tuple[Tensor, Tensor]:
        projected_t, mask_t = at_t
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        state = where(mask_t, activation(projected_t + previous @ recurrent_kernel), state)
        return state, state

    by_time = None if mask is None else mask.T[..., None]
    last, states = jax.lax.scan(step, initial_state, (jnp.swapaxes(projected, 0, 1), by_time))
    return jnp.swapaxes(states, 0, 1), last

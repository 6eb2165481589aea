"""The recurrence on JAX, for a processor and inputs that are not wide.

A sample is a column here, so the products of a step run along the batch and not along the units,
which are fewer. Inputs, state and a row of ones stand on one another: all weights are one matrix,
and forward and back a step has one product with it. Measured against samples as rows on two
cores: 1.7 times faster for 32 units, 1.1 to 1.2 times for 128 and 256.
"""

from functools import partial
from typing import Any

import jax
from jax import numpy as jnp

from keras_seqext._common.typing import Tensor

UNROLL = 2  # 4 gains nothing and compiles for longer


def where(mask: Tensor | None, counted: Tensor, masked: Tensor | int) -> Tensor:
    """`masked` at masked steps; without a mask none is."""
    return counted if mask is None else jnp.where(mask, counted, masked)


def _scan(step: Any, first: Any, by_step: Any, reverse: bool = False) -> Any:
    # A number of steps only known symbolically, as in `jax.export`, is not cut into turns.
    unroll = UNROLL if isinstance(by_step[0].shape[0], int) else 1
    return jax.lax.scan(step, first, by_step, reverse=reverse, unroll=unroll)


def _stacked(inputs: Tensor, state: Tensor, weights: Tensor) -> Tensor:
    """What is multiplied by `weights`: its last row, if there is one more, is the bias."""
    parts = [inputs, state]
    if len(weights) > len(inputs) + len(state):
        parts.append(jnp.ones((1, state.shape[1]), weights.dtype))
    return jnp.concatenate(parts)


def _forward(
    inputs: Tensor, weights: Tensor, initial_state: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """The state before each step, and the last one."""

    def step(state: Tensor, at_t: Any) -> tuple[Tensor, Tensor]:
        inputs_t, mask_t = at_t
        new = jnp.tanh(weights.T @ _stacked(inputs_t, state, weights))
        return where(mask_t, new, state), state

    last, before = _scan(step, initial_state, (inputs, mask))
    return before, last


# JAX' own gradient keeps every intermediate of every step. Here the states are all that is kept.
@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _recur(every_state: bool, *arguments: Any) -> tuple[Tensor | None, Tensor]:
    result: tuple[Tensor | None, Tensor] = _recur_forward(every_state, *arguments)[0]
    return result


def _recur_forward(every_state: bool, *arguments: Any) -> tuple[Any, Any]:
    before, last = _forward(*arguments)
    states = jnp.concatenate([before, last[None]])[1:] if every_state else None
    return (states, last), (arguments, before, last)


def _recur_backward(every_state: bool, residuals: Any, cotangents: Any) -> tuple[Any, ...]:
    (inputs, weights, _, mask), before, last = residuals
    into_states, into_last = cotangents
    features, units = inputs.shape[1], last.shape[0]
    kernel, recurrent_kernel = weights[:features], weights[features : features + units]

    def step(carry: Any, at_t: Any) -> tuple[Any, Tensor]:
        gradient, into_weights, state = carry
        inputs_t, before_t, into_t, mask_t = at_t
        gradient = gradient if into_t is None else gradient + into_t
        into_sum = where(mask_t, gradient * (1 - state * state), 0)
        into_weights = into_weights + _stacked(inputs_t, before_t, weights) @ into_sum.T
        gradient = where(mask_t, recurrent_kernel @ into_sum, gradient)
        return (gradient, into_weights, before_t), kernel @ into_sum

    (into_initial, into_weights, _), into_inputs = _scan(
        step,
        (into_last, jnp.zeros_like(weights), last),
        (inputs, before, into_states, mask),
        reverse=True,
    )
    return into_inputs, into_weights, into_initial, None


_recur.defvjp(_recur_forward, _recur_backward)


def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """All states `(batch, steps, units)` if asked for, and the last one."""
    parts = [kernel, recurrent_kernel] if bias is None else [kernel, recurrent_kernel, bias[None]]
    states, last = _recur(
        every_state,
        jnp.transpose(inputs, (1, 2, 0)),
        jnp.concatenate(parts),
        initial_state.T,
        None if mask is None else mask.T[:, None],
    )
    return (jnp.transpose(states, (2, 0, 1)) if every_state else None), last.T

"""The recurrence on JAX."""

from typing import Any

import jax
from jax import numpy as jnp

from keras_seqext._typing import Tensor

UNROLL = 4  # steps in one turn of the loop: more gain little and compile for longer


def _turns(steps: Any) -> int:
    # A length that is only known symbolically, as in `jax.export`, cannot be split.
    return UNROLL if isinstance(steps, int) else 1


def _keep(mask_t: Tensor | None, new: Tensor, old: Tensor) -> Tensor:
    return new if mask_t is None else jnp.where(mask_t, new, old)


def _forward(
    projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    def step(state: Tensor, at_t: Any) -> tuple[Tensor, Tensor]:
        projected_t, mask_t = at_t
        state = _keep(mask_t, jnp.tanh(projected_t + state @ recurrent_kernel), state)
        return state, state

    turns = _turns(projected.shape[0])
    last, states = jax.lax.scan(step, initial_state, (projected, mask), unroll=turns)
    return states, last


# Left to itself, JAX adds to the gradient of `recurrent_kernel` in every step of the backward
# loop; collected over time it is one large product after the loop.
_recur = jax.custom_vjp(_forward)


def _forward_for_gradient(
    projected: Tensor, recurrent_kernel: Tensor, initial_state: Tensor, mask: Tensor | None
) -> tuple[Any, Any]:
    states, last = _forward(projected, recurrent_kernel, initial_state, mask)
    return (states, last), (states, recurrent_kernel, initial_state, mask)


def _backward(residuals: Any, cotangents: Any) -> tuple[Tensor, Tensor, Tensor, None]:
    states, recurrent_kernel, initial_state, mask = residuals

    def step(gradient: Tensor, at_t: Any) -> tuple[Tensor, Tensor]:
        incoming_t, slope_t, mask_t = at_t
        gradient = gradient + incoming_t
        projected_t = gradient * slope_t
        passed = _keep(mask_t, projected_t @ recurrent_kernel.T, gradient)
        return passed, projected_t

    slopes = 1 - states * states
    if mask is not None:
        slopes = jnp.where(mask, slopes, 0)
    into_states, into_last = cotangents
    into_initial, into_projected = jax.lax.scan(
        step, into_last, (into_states, slopes, mask), reverse=True, unroll=_turns(states.shape[0])
    )
    previous = jnp.concatenate([initial_state[None], states[:-1]])
    into_kernel = jnp.einsum("tbu,tbv->uv", previous, into_projected)
    return into_projected, into_kernel, into_initial, None


_recur.defvjp(_forward_for_gradient, _backward)


@jax.jit
def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """All states `(batch, steps, units)` and the last one, by one scan each way."""
    projected = jnp.swapaxes(inputs, 0, 1) @ kernel
    if bias is not None:
        projected = projected + bias
    by_time = None if mask is None else mask.T[..., None]
    states, last = _recur(projected, recurrent_kernel, initial_state, by_time)
    return jnp.swapaxes(states, 0, 1), last


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
        state = _keep(mask_t, activation(projected_t + previous @ recurrent_kernel), state)
        return state, state

    by_time = None if mask is None else mask.T[..., None]
    last, states = jax.lax.scan(step, initial_state, (jnp.swapaxes(projected, 0, 1), by_time))
    return jnp.swapaxes(states, 0, 1), last

"""Which kernel runs a recurrence, the same question on every backend."""

import importlib
from typing import Any

import keras
from keras import ops

from keras_seqext._common.typing import Tensor


def has_kernel(activation: Any, unroll: bool, recurrent_dropout: bool) -> bool:
    """Whether the backend's own kernel can run it: `tanh`, nothing dropped, not unrolled."""
    return activation is keras.activations.tanh and not unroll and not recurrent_dropout


def run(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    *,
    activation: Any,
    recurrent_dropout_mask: Tensor | None = None,
    mask: Tensor | None = None,
    unroll: bool = False,
    every_state: bool = True,
) -> tuple[Tensor | None, Tensor]:
    """All states `(batch, steps, units)` and the last one; a masked step keeps the state.

    Without `every_state` the first may be missing, where that saves work.
    """
    if mask is not None:
        # Whatever stands at a masked step, NaN included, must not reach any gradient.
        inputs = ops.where(mask[..., None], inputs, ops.zeros((), inputs.dtype))
    backend = importlib.import_module(f"keras_seqext.recurrent._{keras.backend.backend()}")
    if has_kernel(activation, unroll, recurrent_dropout_mask is not None):
        result: tuple[Tensor | None, Tensor] = backend.tanh_states(
            inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state
        )
        return result
    # `@`, as `ops.matmul` computes float64 in float32 on PyTorch.
    projected = inputs @ kernel
    if bias is not None:
        projected = projected + bias
    loop = unrolled_states if unroll else backend.loop_states
    result = loop(
        projected, recurrent_kernel, initial_state, activation, recurrent_dropout_mask, mask
    )
    return result


def unrolled_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """The steps written out one after the other, on any backend."""
    state, states = initial_state, []
    for t in range(projected.shape[1]):
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(projected[:, t] + previous @ recurrent_kernel)
        state = new if mask is None else ops.where(mask[:, t, None], new, state)
        states.append(state)
    return ops.stack(states, axis=1), state

"""Selection of the implementation that runs a recurrence.

Each backend has a module of this package, such as `_jax`, with two functions:

`tanh_states(inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state)` is the
fast path for `tanh`. Its gradient is written by hand or is that of a library kernel.

- inputs: `(batch, steps, features)`, zero at masked steps.
- kernel: `(features, units)`.
- recurrent_kernel: `(units, units)`.
- bias: `(units,)`, or `None`.
- initial_state: `(batch, units)`.
- mask: Boolean `(batch, steps)`, or `None`. A masked step leaves the state unchanged.
- every_state: Whether the caller needs the state after every step.

It returns the states `(batch, steps, units)` and the last state `(batch, units)`. The states may
be `None` without `every_state`.

`loop_states(projected, recurrent_kernel, initial_state, activation, recurrent_dropout_mask, mask)`
is the general loop for any activation and for recurrent dropout. `projected` is the product of the
inputs with the kernel plus the bias, `(batch, steps, units)`. It always returns both results.
"""

import importlib
from typing import Any

import keras
from keras import ops

from keras_seqext._common.typing import Tensor


def has_kernel(activation: Any, unroll: bool, recurrent_dropout: bool) -> bool:
    """Return whether `tanh_states` of the backend can run the recurrence."""
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
    """Return the states `(batch, steps, units)` and the last state `(batch, units)`.

    A masked step leaves the state unchanged. The states may be `None` without
    `every_state`, if the backend does not have to compute them.
    """
    if mask is not None:
        # The mask selects states, but the products with the weights and their gradients include
        # every step: 0 * NaN at a masked step would be NaN there.
        inputs = ops.where(mask[..., None], inputs, ops.zeros((), inputs.dtype))
    # Imported here, so that only the module of the active backend is loaded.
    backend = importlib.import_module(f"keras_seqext.recurrent._{keras.backend.backend()}")
    if has_kernel(activation, unroll, recurrent_dropout_mask is not None):
        result: tuple[Tensor | None, Tensor] = backend.tanh_states(
            inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state
        )
        return result
    # `@` instead of `ops.matmul`, which computes float64 in float32 on PyTorch.
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
    """Run `loop_states` as a Python loop over the steps, on any backend."""
    state, states = initial_state, []
    for t in range(projected.shape[1]):
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(projected[:, t] + previous @ recurrent_kernel)
        state = new if mask is None else ops.where(mask[:, t, None], new, state)
        states.append(state)
    return ops.stack(states, axis=1), state

"""Reference implementation of the simple recurrence in NumPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from keras_seqext._common.array_validation import checked_array
from keras_seqext._common.validation import wrong_type

Array = NDArray[Any]


def minimal_rnn(
    inputs: ArrayLike,
    kernel: ArrayLike,
    recurrent_kernel: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    initial_state: ArrayLike | None = None,
    mask: ArrayLike | None = None,
    go_backwards: bool = False,
    return_sequences: bool = True,
    return_state: bool = False,
    zero_output_for_mask: bool = False,
    activation: Callable[[Array], Array] = np.tanh,
) -> Any:
    """Compute `state_t = tanh(inputs_t @ kernel + state @ recurrent_kernel + bias)` for each step.

    This is the specification of `MinimalRNN`, written for readability: the state starts
    at zero, each output becomes the next state, and the outputs are stacked along time.

    Args:
        inputs: One sequence `(steps, features)`, or a batch
            `(batch, steps, features)`.
        kernel: `(features, units)`, the weights of the inputs.
        recurrent_kernel: `(units, units)`, the weights of the state.
        bias: `(units,)`, or `None` for no bias.
        initial_state: `(units,)` or `(batch, units)`. Defaults to zeros.
        mask: `(steps,)` or `(batch, steps)`, true at the steps to process. A masked
            step leaves the state unchanged and repeats the previous output, which is
            zero before the first unmasked step.
        go_backwards: Whether to process the sequence in reverse order. The outputs are
            returned in the order of processing.
        return_sequences: Whether to return the output of every step or only of the last.
        return_state: Whether to return the final state as well.
        zero_output_for_mask: Whether the returned sequence is zero at masked steps.
        activation: Activation function, applied to arrays.

    Returns:
        `(steps, units)` or `(batch, steps, units)`, without `steps` if
        `return_sequences=False`. With `return_state=True`, a tuple of the outputs and
        the final state. The dtype is the promotion of the dtypes of the arguments in
        NumPy.

    Raises:
        TypeError: If an argument is not numeric.
        ValueError: If an argument has the wrong shape.

    >>> outputs = minimal_rnn([[1.0], [0.0]], kernel=[[1.0]], recurrent_kernel=[[2.0]])
    >>> outputs.round(4).tolist()  # tanh(1), then tanh(2 * tanh(1))
    [[0.7616], [0.9093]]

    Source: Elman, "Finding Structure in Time", 1990, without its output layer.
    """
    inputs = checked_array("inputs", inputs, ("steps", "features"), ("batch", "steps", "features"))
    steps, features = inputs.shape[-2:]
    kernel = checked_array("kernel", kernel, (features, "units"))
    units = kernel.shape[1]
    recurrent_kernel = checked_array("recurrent_kernel", recurrent_kernel, (units, units))
    shift = np.zeros(units, kernel.dtype) if bias is None else checked_array("bias", bias, (units,))
    valid = np.ones(inputs.shape[:-1], bool)
    if mask is not None:
        valid = checked_array("mask", mask, (steps,), inputs.shape[:-1]).astype(bool)
    if not callable(activation):
        raise wrong_type("activation", activation, "a function of arrays", "Pass e.g. np.tanh.")
    dtype = np.result_type(inputs, kernel, recurrent_kernel, shift)
    start = np.zeros(units, dtype)
    if initial_state is not None:
        shapes = ((units,), (*inputs.shape[:-2], units))
        start = checked_array("initial_state", initial_state, *shapes)
    state_t = np.broadcast_to(start, (*inputs.shape[:-2], units))
    output_t = np.zeros_like(state_t)
    successive_outputs = []
    for t in reversed(range(steps)) if go_backwards else range(steps):
        input_t, valid_t = inputs[..., t, :], valid[..., t, None]
        candidate_t = activation(
            np.dot(input_t, kernel) + np.dot(state_t, recurrent_kernel) + shift
        )
        output_t = np.where(valid_t, candidate_t, output_t)
        state_t = np.where(valid_t, candidate_t, state_t)
        returned_t = np.where(valid_t, output_t, 0.0) if zero_output_for_mask else output_t
        successive_outputs.append(returned_t)
    if return_sequences:
        empty = np.zeros((*inputs.shape[:-1], units), dtype)
        result = np.stack(successive_outputs, axis=-2) if successive_outputs else empty
    else:
        result = output_t
    return (result, state_t) if return_state else result

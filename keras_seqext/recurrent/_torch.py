"""The recurrence on PyTorch. See `_recurrence` for the contract of the two public functions."""

from typing import Any

import torch

from keras_seqext._common.typing import Tensor

# Errors of PyTorch for a function without a rule for `torch.func.vmap` or for forward mode, such
# as that of the RNN kernel. The last one is that of an operation in place within the kernel.
UNSUPPORTED = ("Batching rule not implemented", "forward AD", "match the broadcast shape")


def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """Run the recurrence with PyTorch's RNN kernel. See `_recurrence` for the arguments.

    Within a transformation of `torch.func` that the kernel does not support, the general loop
    runs.
    """
    try:
        return _kernel_states(
            inputs, kernel, recurrent_kernel, bias, initial_state, mask, every_state
        )
    except RuntimeError as error:
        if not any(text in str(error) for text in UNSUPPORTED):
            raise
    projected = inputs @ kernel if bias is None else inputs @ kernel + bias
    return loop_states(projected, recurrent_kernel, initial_state, torch.tanh, None, mask)


def _kernel_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """Run the recurrence with PyTorch's RNN kernel.

    The kernel does not support masks. A masked step leaves the state unchanged, so the
    unmasked steps are moved to the front of their row before the call. The state after
    step `t` is then the state after as many steps as are unmasked up to `t`.
    """
    if mask is not None:
        mask = mask.to(torch.int64)  # ONNX adds up no booleans
        inputs = _take_steps(inputs, _unmasked_first(mask), mask.shape[1])
    weights = [kernel.T, recurrent_kernel.T]
    if bias is not None:
        # The kernel adds one bias for the inputs and one for the state; Keras has only one.
        weights += [bias, torch.zeros_like(bias)]
    # The function behind `torch.nn.RNN`. The module would hold its own copy of the weights.
    states, last = torch.rnn_tanh(
        inputs,
        initial_state[None].contiguous(),
        _contiguous_weights(weights),
        has_biases=bias is not None,
        num_layers=1,
        dropout=0.0,
        train=True,  # otherwise cuDNN does not store the values that the gradient needs
        bidirectional=False,
        batch_first=True,
    )
    if mask is None:
        return states, last[0]
    # Number of unmasked steps up to each step, or in the whole row if only the last state is
    # needed. Before the first unmasked step the state is still the initial one.
    count = mask.cumsum(1) if every_state else mask.sum(1, keepdim=True)
    selected = _take_steps(states, (count - 1).clamp(min=0), mask.shape[1])
    selected = torch.where(count[..., None] > 0, selected, initial_state[:, None])
    return (selected if every_state else None), selected[:, -1]


def _unmasked_first(mask: Tensor) -> Tensor:
    """Return the order of the steps in which the unmasked steps precede the masked ones."""
    # Not a stable sort, which ONNX does not have. Unmasked steps retain their order. Steps after
    # them are computed too, but no result is read from there.
    unmasked = mask.cumsum(1)
    masked = (1 - mask).cumsum(1) + unmasked[:, -1:]
    place = torch.where(mask > 0, unmasked, masked) - 1
    steps = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape)
    return torch.zeros_like(place).scatter(1, place, steps)


def _take_steps(x: Tensor, index: Tensor, steps: int) -> Tensor:
    """Return the tensor that holds `x[b, index[b, t]]` at `[b, t]`."""
    # `torch.take_along_dim` was measured to be 20 times slower than selecting flat rows. The sizes
    # are not those of `x`: an export to ONNX takes the sizes of what the kernel returns as fixed.
    first = torch.arange(index.shape[0], device=x.device)[:, None] * steps
    rows = x.flatten(0, 1).index_select(0, (first + index).flatten())
    return rows.unflatten(0, index.shape)


def _contiguous_weights(weights: list[Tensor]) -> list[Tensor]:
    """Return copies of the weights that are views of one contiguous buffer."""
    # cuDNN expects this layout. Otherwise it copies the weights in each call and warns.
    flat = torch.cat([weight.reshape(-1) for weight in weights])
    parts = flat.split([weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]


def loop_states(
    projected: Tensor,
    recurrent_kernel: Tensor,
    initial_state: Tensor,
    activation: Any,
    recurrent_dropout_mask: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Run the recurrence for any activation and recurrent dropout, one step at a time."""
    state, states = initial_state, []
    for t, projected_t in enumerate(projected.unbind(1)):
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(torch.addmm(projected_t, previous, recurrent_kernel))
        state = new if mask is None else torch.where(mask[:, t, None], new, state)
        states.append(state)
    return torch.stack(states, dim=1), state

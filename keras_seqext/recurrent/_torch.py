"""The recurrence on PyTorch."""

from typing import Any

import torch

from keras_seqext._common.typing import Tensor


def tanh_states(
    inputs: Tensor,
    kernel: Tensor,
    recurrent_kernel: Tensor,
    bias: Tensor | None,
    initial_state: Tensor,
    mask: Tensor | None,
    every_state: bool,
) -> tuple[Tensor | None, Tensor]:
    """All states `(batch, steps, units)` if asked for, and the last one, by PyTorch's own kernel.

    The kernel knows no mask. As a masked step leaves the state alone, the steps that
    count are moved to the front of their row, and each step then looks up the state
    after as many steps as have counted until there.
    """
    if mask is not None:
        order = torch.argsort((~mask).to(torch.uint8), dim=1, stable=True)
        inputs = _rows(inputs, order)
    weights = [kernel.T, recurrent_kernel.T]
    if bias is not None:
        weights += [bias, torch.zeros_like(bias)]
    # `torch.nn.RNN` calls the same function, but owns its weights.
    states, last = torch.rnn_tanh(
        inputs,
        initial_state[None].contiguous(),
        _side_by_side(weights),
        has_biases=bias is not None,
        num_layers=1,
        dropout=0.0,
        train=True,  # only in this mode cuDNN keeps what a gradient needs
        bidirectional=False,
        batch_first=True,
    )
    if mask is None:
        return states, last[0]
    count = mask.cumsum(1) if every_state else mask.sum(1, keepdim=True)
    kept = _rows(states, (count - 1).clamp(min=0))
    kept = torch.where(count[..., None] > 0, kept, initial_state[:, None])
    return (kept if every_state else None), kept[:, -1]


def _rows(x: Tensor, index: Tensor) -> Tensor:
    """`x[b, index[b, t]]` at `[b, t]`; `take_along_dim` measured 20 times slower."""
    batch, steps = x.shape[:2]
    first = torch.arange(batch, device=x.device)[:, None] * steps
    rows = x.flatten(0, 1).index_select(0, (first + index).flatten())
    return rows.unflatten(0, index.shape)


def _side_by_side(weights: list[Tensor]) -> list[Tensor]:
    """The same weights as parts of one buffer: cuDNN copies and warns otherwise."""
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
    """The same for any activation and recurrent dropout, step by step."""
    state, states = initial_state, []
    for t, projected_t in enumerate(projected.unbind(1)):
        previous = state if recurrent_dropout_mask is None else state * recurrent_dropout_mask
        new = activation(torch.addmm(projected_t, previous, recurrent_kernel))
        state = new if mask is None else torch.where(mask[:, t, None], new, state)
        states.append(state)
    return torch.stack(states, dim=1), state

"""Hashing and counts on PyTorch."""

from keras_seqext._common.typing import Tensor

from .token_hash import TokenHash
from .validation import host_export_error


def torch_ids(inputs: Tensor, token_hash: TokenHash) -> Tensor:
    """Hash a tensor of integers on the host, in NumPy."""
    import torch

    if torch.jit.is_tracing() or torch.compiler.is_exporting():
        # The export would store the bins of its example inputs as constants.
        raise host_export_error()
    ids = token_hash.ids(inputs.cpu().numpy())
    return torch.as_tensor(ids, device=inputs.device)


def torch_counts(ids: Tensor, num_bins: int) -> Tensor:
    """Return the counts of ids as `int32` of shape `(..., num_bins)`, also in an export.

    Ids out of range are ignored.
    """
    import torch

    ids = ids[None] if ids.ndim == 0 else ids
    in_range = torch.logical_and(ids >= 0, ids < num_bins)
    bins = torch.clamp(ids, 0, num_bins - 1).to(torch.int64)
    counts = torch.zeros((*ids.shape[:-1], num_bins), dtype=torch.int32, device=ids.device)
    return counts.scatter_add(-1, bins, in_range.to(torch.int32))

"""Hashing and sparse encodings on JAX."""

import numpy as np

from keras_seqext._common.typing import Tensor

from .token_hash import TokenHash
from .validation import export_error, host_export_error


def jax_ids(inputs: Tensor, token_hash: TokenHash, shape: tuple[int, ...]) -> Tensor:
    """Hash an array of integers on the host, eagerly or inside a compiled function.

    JAX has no strings and computes in 32 bits by default. Neither the decimal digits
    of the tokens nor the 64-bit products of the hash are available on the device.
    """
    import jax

    if not _is_known(shape):
        raise host_export_error()
    return jax.pure_callback(
        lambda values: token_hash.ids(np.asarray(values)),
        jax.ShapeDtypeStruct(shape, np.int32),
        inputs,
        vmap_method="expand_dims",
    )


def jax_counts(ids: Tensor, num_bins: int) -> Tensor:
    """Return the counts of ids as `int32` of shape `(..., num_bins)`, also in an export.

    Ids out of range are ignored.
    """
    import jax
    import jax.numpy as jnp

    def count(row: Tensor) -> Tensor:
        # A negative index would count from the end.
        bins = jnp.where(row < 0, num_bins, row).astype("int32")
        return jnp.zeros(num_bins, "int32").at[bins].add(1, mode="drop")

    # One row at a time, as the number of rows is a symbol in an export.
    for _ in range(ids.ndim - 1):
        count = jax.vmap(count)
    return count(ids[None] if ids.ndim == 0 else ids)


def jax_sparse_one_hot(ids: Tensor, num_bins: int, dtype: str) -> Tensor:
    """Return a `BCOO` of shape `(..., num_bins)` with one entry per id.

    The entry of an id out of range is 0.
    """
    import jax.numpy as jnp
    from jax.experimental import sparse

    _check_no_export(ids.shape)
    places = jnp.indices(ids.shape, dtype="int32")
    indices = jnp.stack([*places, ids.astype("int32")], axis=-1).reshape(-1, ids.ndim + 1)
    ones = ((ids >= 0) & (ids < num_bins)).astype(dtype).reshape(-1)
    shape = (*ids.shape, num_bins)
    return sparse.BCOO((ones, indices), shape=shape, indices_sorted=True, unique_indices=True)


def jax_sparse_counts(ids: Tensor, num_bins: int, binary: bool, dtype: str) -> Tensor:
    """Return counts as a `BCOO` of shape `(..., num_bins)` with one entry per bin in use."""
    import jax.numpy as jnp
    from jax.experimental import sparse

    _check_no_export(ids.shape)
    ids = ids[None] if ids.ndim == 0 else ids
    places = jnp.indices(ids.shape[:-1] + ids.shape[-1:], dtype="int32")[:-1]
    indices = jnp.stack([*places, ids.astype("int32")], axis=-1).reshape(-1, ids.ndim)
    shape = (*ids.shape[:-1], num_bins)
    counts = sparse.BCOO((jnp.ones(len(indices), "int32"), indices), shape=shape)
    # A traced function needs a static number of entries. `nse` is its upper bound, and the
    # entries that remain unused hold a zero.
    counts = counts.sum_duplicates(nse=len(indices))
    data = jnp.minimum(counts.data, 1) if binary else counts.data
    return sparse.BCOO(
        (data.astype(dtype), counts.indices),
        shape=shape,
        indices_sorted=counts.indices_sorted,
        unique_indices=counts.unique_indices,
    )


def _check_no_export(shape: tuple[int, ...]) -> None:
    if not _is_known(shape):
        raise export_error("has `sparse`=True", "Use sparse=False in the exported model.")


def _is_known(shape: tuple[int, ...]) -> bool:
    """Return whether no size is a symbol, as those of an export are."""
    return all(isinstance(size, int) for size in shape)

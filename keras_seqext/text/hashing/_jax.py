"""Hashing and sparse encodings on JAX."""

import numpy as np

from keras_seqext._common.typing import Tensor

from .token_hash import TokenHash


def jax_ids(inputs: Tensor, token_hash: TokenHash, shape: tuple[int, ...]) -> Tensor:
    """Hash an array of integers on the host, eagerly or inside a compiled function.

    JAX has no strings and computes in 32 bits by default. Neither the decimal digits
    of the tokens nor the 64-bit products of the hash are available on the device.
    """
    import jax

    return jax.pure_callback(
        lambda values: token_hash.ids(np.asarray(values)),
        jax.ShapeDtypeStruct(shape, np.int32),
        inputs,
        vmap_method="expand_dims",
    )


def jax_sparse_one_hot(ids: Tensor, num_bins: int, dtype: str) -> Tensor:
    """Return a `BCOO` of shape `(..., num_bins)` with one entry per id.

    The entry of an id out of range is 0.
    """
    import jax.numpy as jnp
    from jax.experimental import sparse

    places = jnp.indices(ids.shape, dtype="int32")
    indices = jnp.stack([*places, ids.astype("int32")], axis=-1).reshape(-1, ids.ndim + 1)
    ones = ((ids >= 0) & (ids < num_bins)).astype(dtype).reshape(-1)
    shape = (*ids.shape, num_bins)
    return sparse.BCOO((ones, indices), shape=shape, indices_sorted=True, unique_indices=True)


def jax_sparse_counts(ids: Tensor, num_bins: int, binary: bool, dtype: str) -> Tensor:
    """Return counts as a `BCOO` of shape `(..., num_bins)` with one entry per bin in use."""
    import jax.numpy as jnp
    from jax.experimental import sparse

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

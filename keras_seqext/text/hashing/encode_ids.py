"""One-hot, multi-hot and count encodings of bins on the active backend."""

import keras
from keras import ops

from keras_seqext._common.typing import Shape, Tensor

OUTPUT_MODES = ("one_hot", "multi_hot", "count", "int")


def encoded_shape(shape: Shape, output_mode: str, num_bins: int) -> Shape:
    """Return the shape of `encoded_ids` for ids of `shape`.

    >>> encoded_shape((None, 20), "one_hot", 8), encoded_shape((None, 20), "count", 8)
    ((None, 20, 8), (None, 8))
    """
    if output_mode == "int":
        return tuple(shape)
    return (*(shape if output_mode == "one_hot" else shape[:-1]), num_bins)


def encoded_ids(ids: Tensor, output_mode: str, num_bins: int, dtype: str, sparse: bool) -> Tensor:
    """Encode integer ids from 0 to `num_bins - 1`; ids out of range are ignored."""
    if keras.backend.backend() == "tensorflow":
        from ._tensorflow import tensorflow_encoded

        return tensorflow_encoded(ids, output_mode, num_bins, dtype, sparse)
    if output_mode == "int":
        return ops.cast(ids, dtype)
    if output_mode == "one_hot" and not sparse:
        return ops.one_hot(ids, num_bins, dtype=dtype)
    if sparse:
        from ._jax import jax_sparse_counts, jax_sparse_one_hot

        if output_mode == "one_hot":
            return jax_sparse_one_hot(ids, num_bins, dtype)
        return jax_sparse_counts(ids, num_bins, output_mode == "multi_hot", dtype)
    # The counts are scattered: a sum of one-hot rows would first allocate `steps` times the
    # memory of the result.
    if keras.backend.backend() == "jax":
        from ._jax import jax_counts as counts_of
    else:
        from ._torch import torch_counts as counts_of
    counts = counts_of(ids, num_bins)
    counts = ops.minimum(counts, 1) if output_mode == "multi_hot" else counts
    return ops.cast(counts, dtype)

"""From bins to one-hot, multi-hot and count vectors, on the running backend."""

from math import prod

import keras
from keras import ops

from keras_seqext._common.typing import Shape, Tensor

OUTPUT_MODES = ("one_hot", "multi_hot", "count", "int")


def encoded_shape(shape: Shape, output_mode: str, num_bins: int) -> Shape:
    """The shape that `encoded_ids` makes of ids of `shape`.

    >>> encoded_shape((None, 20), "one_hot", 8), encoded_shape((None, 20), "count", 8)
    ((None, 20, 8), (None, 8))
    """
    if output_mode == "int":
        return tuple(shape)
    return (*(shape if output_mode == "one_hot" else shape[:-1]), num_bins)


def encoded_ids(ids: Tensor, output_mode: str, num_bins: int, dtype: str, sparse: bool) -> Tensor:
    """Encodes integer ids below `num_bins`; an id out of that range counts nowhere."""
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
    shape = tuple(ids.shape) or (1,)
    rows = prod(shape[:-1])
    if rows * num_bins >= 1 << 31:
        raise ValueError(
            f"{rows} rows of {num_bins} bins are more than 2**31 - 1 numbers. "
            "Encode in smaller batches, or use fewer bins."
        )
    # One number added a token: a sum over one-hot rows would first fill steps times the memory.
    ids = ops.cast(ops.reshape(ids, (rows, shape[-1])), "int32")
    in_range = ops.clip(ids, 0, num_bins - 1)
    places = in_range + ops.expand_dims(ops.arange(rows, dtype="int32") * num_bins, axis=1)
    ones = ops.cast(ops.equal(ids, in_range), "int32")
    counts = ops.segment_sum(ops.ravel(ones), ops.ravel(places), num_segments=rows * num_bins)
    counts = ops.minimum(counts, 1) if output_mode == "multi_hot" else counts
    return ops.cast(ops.reshape(counts, (*shape[:-1], num_bins)), dtype)

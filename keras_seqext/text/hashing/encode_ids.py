"""One-hot, multi-hot and count encodings of bins on the active backend."""

from math import prod

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
    shape = tuple(ids.shape) or (1,)
    rows = prod(shape[:-1])
    # The cell of a count is an int32 below, because JAX has no int64 by default.
    if rows * num_bins >= 1 << 31:
        raise ValueError(
            f"The encoded batch must have at most 2**31 - 1 values. Received: {rows} rows of "
            f"{num_bins} bins. Encode in smaller batches, or use fewer bins."
        )
    # A segment sum adds one value per token. Summing one-hot rows would first allocate
    # `steps` times the memory of the result.
    ids = ops.cast(ops.reshape(ids, (rows, shape[-1])), "int32")
    # Ids out of range are clipped, so that they do not reach the cells of another row. They
    # differ from the clipped value and therefore add 0.
    in_range = ops.clip(ids, 0, num_bins - 1)
    places = in_range + ops.expand_dims(ops.arange(rows, dtype="int32") * num_bins, axis=1)
    ones = ops.cast(ops.equal(ids, in_range), "int32")
    counts = ops.segment_sum(ops.ravel(ones), ops.ravel(places), num_segments=rows * num_bins)
    counts = ops.minimum(counts, 1) if output_mode == "multi_hot" else counts
    return ops.cast(ops.reshape(counts, (*shape[:-1], num_bins)), dtype)

"""Hashing and encodings on TensorFlow tensors: eagerly, in graphs and in `tf.data`."""

import sys

import numpy as np

from keras_seqext._common.typing import Tensor

from .token_hash import TokenHash, mask_value_type_error


def is_tensorflow_tensor(inputs: object) -> bool:
    """Return whether `inputs` is a TensorFlow tensor, without importing TensorFlow."""
    tf = sys.modules.get("tensorflow")
    return tf is not None and hasattr(tf, "is_tensor") and bool(tf.is_tensor(inputs))


def tensorflow_ids(inputs: Tensor, token_hash: TokenHash) -> Tensor:
    """Hash a tensor of strings or integers with TensorFlow's own kernels.

    Returns:
        `int32` `tf.Tensor` with the values of `TokenHash.ids`.
    """
    import tensorflow as tf

    _check_tensor(inputs)
    with tf.device("CPU:0"):  # TensorFlow has string kernels for the CPU only
        unmasked = _unmasked(inputs, token_hash) if token_hash.masks else None
        strings = inputs if inputs.dtype == tf.string else tf.strings.as_string(inputs)
        parts = []
        for size in range(1, token_hash.ngrams + 1):
            grams, valid = strings, unmasked
            if size > 1:
                neighbours = [strings[..., i : i - size + 1 or None] for i in range(size)]
                grams = tf.strings.join(neighbours, separator=" ")
            if size > 1 and unmasked is not None:
                neighbours = [unmasked[..., i : i - size + 1 or None] for i in range(size)]
                valid = tf.reduce_all(tf.stack(neighbours), axis=0)
            bins = _buckets(grams, token_hash)
            parts.append(bins if valid is None else tf.where(valid, bins + 1, 0))
        ids = parts[0] if len(parts) == 1 else tf.concat(parts, axis=-1)
        return tf.cast(ids, "int32")


def tensorflow_encoded(
    ids: Tensor, output_mode: str, num_bins: int, dtype: str, sparse: bool
) -> Tensor:
    """Encode bins as `encoded_ids` does, with TensorFlow under any Keras backend."""
    import tensorflow as tf

    if output_mode == "int":
        return tf.cast(ids, dtype)
    if output_mode == "one_hot" and not sparse:
        return tf.one_hot(tf.cast(ids, "int32"), num_bins, dtype=dtype)
    ids = tf.cast(ids, "int64")
    if output_mode == "one_hot":
        places = tf.where(tf.ones_like(ids, "bool"))
        indices = tf.concat([places, tf.reshape(ids, [-1, 1])], axis=1)
        shape = tf.concat([tf.shape(ids, "int64"), [num_bins]], axis=0)
        return tf.SparseTensor(indices, tf.ones(tf.shape(indices)[:1], dtype), shape)
    ids = tf.reshape(ids, [1]) if ids.shape.rank == 0 else ids
    leading = tf.shape(ids, "int64")[:-1]
    rows = tf.reduce_prod(leading)
    shape = tf.concat([leading, [num_bins]], axis=0)
    ids = tf.reshape(ids, tf.stack([rows, tf.shape(ids, "int64")[-1]]))
    # Cell `row * num_bins + bin` of the flattened matrix. Ids out of range are clipped, so that
    # they do not reach the cells of another row; their count below is 0.
    in_range = tf.clip_by_value(ids, 0, num_bins - 1)
    places = tf.reshape(in_range + tf.range(rows)[:, None] * num_bins, [-1])
    if sparse:
        places, _, counts = tf.unique_with_counts(tf.sort(places))
        counts = tf.ones_like(counts) if output_mode == "multi_hot" else counts
        indices = tf.stack([places // num_bins, places % num_bins], axis=1)
        flat_shape = tf.stack([rows, tf.constant(num_bins, "int64")])
        flat = tf.SparseTensor(indices, tf.cast(counts, dtype), flat_shape)
        return tf.sparse.reshape(flat, shape)
    ones = tf.reshape(tf.cast(tf.equal(ids, in_range), "int32"), [-1])
    counts = tf.reshape(tf.math.unsorted_segment_sum(ones, places, rows * num_bins), shape)
    counts = tf.minimum(counts, 1) if output_mode == "multi_hot" else counts
    return tf.cast(counts, dtype)


def _unmasked(inputs: Tensor, token_hash: TokenHash) -> Tensor:
    import tensorflow as tf

    mask_value = token_hash.mask_value
    if (inputs.dtype == tf.string) != isinstance(mask_value, str):
        tokens = "strings" if inputs.dtype == tf.string else "integers"
        raise mask_value_type_error(mask_value, tokens)
    if isinstance(mask_value, int):
        # `tf.constant` raises for a value that the dtype cannot hold; no token equals it anyway.
        limits = np.iinfo(inputs.dtype.as_numpy_dtype)
        if not limits.min <= mask_value <= limits.max:
            return tf.ones_like(inputs, "bool")
    return tf.not_equal(inputs, tf.constant(mask_value, inputs.dtype))


def _buckets(strings: Tensor, token_hash: TokenHash) -> Tensor:
    import tensorflow as tf

    if token_hash.salt is None:
        return tf.strings.to_hash_bucket_fast(strings, token_hash.free_bins)
    return tf.strings.to_hash_bucket_strong(strings, token_hash.free_bins, list(token_hash.salt))


def _check_tensor(inputs: Tensor) -> None:
    import tensorflow as tf

    if isinstance(inputs, (tf.RaggedTensor, tf.SparseTensor)):
        remedy = "`inputs.to_tensor('')` with `mask_value=''`"
        if isinstance(inputs, tf.SparseTensor):
            remedy = "`tf.sparse.to_dense(inputs)`"
        raise TypeError(
            f"Tokens must be a dense tensor. Received a {type(inputs).__name__}; use {remedy}."
        )
    if not (inputs.dtype == tf.string or inputs.dtype.is_integer):
        raise TypeError(
            "Tokens must be strings or integers. Received a tensor of dtype "
            f"{inputs.dtype.name}; cast whole floats with `tf.cast(inputs, 'int64')`."
        )

"""Sizes that are unknown until a compiled function of TensorFlow runs."""

from typing import Any

import keras

from .typing import Tensor


def checked_sizes(tensor: Tensor, sizes: tuple[Any, ...], rule: str, message: str = "") -> Tensor:
    """Return `tensor`, and check when it is computed that it has these sizes.

    A size of 1 would be broadcast without an error: two states and one row give two rows. JAX
    and PyTorch know every size when the layer is called, so the caller has compared them.

    Args:
        tensor: The tensor to check.
        sizes: The expected sizes: integers or, from `keras.ops.shape`, scalar tensors.
        rule: The rule as a name of letters and underscores, which TensorFlow adds to its error.
        message: Message of the error. XLA shows only the rule.
    """
    known = (*tensor.shape, *sizes)
    if keras.backend.backend() != "tensorflow" or all(isinstance(size, int) for size in known):
        return tensor
    import tensorflow as tf

    expected = tf.stack(sizes)
    checks = []
    if message and not tf.executing_eagerly():
        checks = [tf.debugging.assert_equal(tf.shape(tensor), expected, message)]
    with tf.control_dependencies(checks):
        # XLA ignores assertions, with a warning. It does not compile a reshape to another number
        # of elements.
        return tf.reshape(tensor, expected, name=rule)

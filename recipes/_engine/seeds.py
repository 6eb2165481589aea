"""A run begun twice with one seed is the same run twice."""

import keras


def seed_all(seed: int) -> None:
    """Seeds Python, NumPy and the backend, and has TensorFlow add in one order.

    On several cores TensorFlow adds the gradients of rows that are looked up together in the order
    in which its threads come to them, so that losses differ in their last digits. JAX and PyTorch
    do not, on a processor. It holds for the rest of the process, and Keras uses no XLA with it.
    """
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()

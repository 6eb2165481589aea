"""Seeding for reproducible runs."""

import keras


def seed_all(seed: int) -> None:
    """Seed Python, NumPy and the backend, and make TensorFlow deterministic.

    On several cores TensorFlow adds the gradients of an embedding in the order in which its
    threads finish, so losses differ in their last digits. JAX and PyTorch are deterministic on a
    CPU. The setting applies to the rest of the process and disables XLA in Keras.
    """
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow

        tensorflow.config.experimental.enable_op_determinism()

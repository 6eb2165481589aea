"""Seeding for reproducible runs."""

import keras
import numpy as np
import pytest

from recipes._engine.seeds import seed_all


def test_same_seed_gives_same_random_numbers():
    def drawn():
        seed_all(3)
        return [keras.random.normal((4,)), np.random.normal(size=4)]

    for first, second in zip(drawn(), drawn(), strict=True):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(first), keras.ops.convert_to_numpy(second)
        )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's threads")
def test_tensorflow_is_deterministic(monkeypatch):
    import tensorflow

    called = []
    config = tensorflow.config.experimental
    monkeypatch.setattr(config, "enable_op_determinism", lambda: called.append(True))
    seed_all(0)
    assert called == [True]

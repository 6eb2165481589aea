"""What makes a run begun twice the same run twice."""

import keras
import numpy as np
import pytest

from recipes._engine.seeds import seed_all


def test_the_same_numbers_are_drawn_again():
    def drawn():
        seed_all(3)
        return [keras.random.normal((4,)), np.random.normal(size=4)]

    for one, other in zip(drawn(), drawn(), strict=True):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(one), keras.ops.convert_to_numpy(other)
        )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow's threads")
def test_tensorflow_adds_in_one_order(monkeypatch):
    import tensorflow

    called = []
    config = tensorflow.config.experimental
    monkeypatch.setattr(config, "enable_op_determinism", lambda: called.append(True))
    seed_all(0)
    assert called == [True]

"""Bidirectional GRU, which also reads the window from its end."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="Bidirectional GRU(32)",
    parameters=9_089 + 192,  # the second biases since TensorFlow 2 (reset_after)
    published={"jena": 2.31},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.Bidirectional(keras.layers.GRU(32)),
            keras.layers.Dense(1),
        ]
    )

"""Convolutions that reduce 240 steps to 74, followed by a GRU."""

import keras

from recipes._engine.forecast_config import Config

# The dropout of the GRU in the book is omitted because it doubles the time on two cores.
CONFIG = Config(
    title="Conv1D(32, 5) twice, GRU(32)",
    parameters=13_697 + 96,  # 96: the second bias of a GRU since TensorFlow 2 (reset_after)
    published={"jena": 2.42},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.Conv1D(32, 5, activation="relu"),
            keras.layers.MaxPooling1D(3),
            keras.layers.Conv1D(32, 5, activation="relu"),
            keras.layers.GRU(32),
            keras.layers.Dense(1),
        ]
    )

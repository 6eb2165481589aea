"""LSTM with 32 units, as in the second edition of the book (2021)."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(title="LSTM(32)")


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.LSTM(32),
            keras.layers.Dense(1),
        ]
    )

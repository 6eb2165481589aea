"""Convolutional network, which does not distinguish recent from distant rows."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="Conv1D(32, 5) three times, global maximum", parameters=12_609, published={"jena": 4.00}
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.Conv1D(32, 5, activation="relu"),
            keras.layers.MaxPooling1D(3),
            keras.layers.Conv1D(32, 5, activation="relu"),
            keras.layers.MaxPooling1D(3),
            keras.layers.Conv1D(32, 5, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(1),
        ]
    )

"""Dense network on the flattened window, which ignores the order of time."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(title="Flatten, Dense(32)", parameters=107_585, published={"jena": 2.65})


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )

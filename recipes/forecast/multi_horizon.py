"""GRU that forecasts each of the next 24 hours."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(title="GRU(32), 1 to 24 hours ahead", delay=1, horizon=24)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.GRU(32),
            keras.layers.Dense(24),
        ]
    )

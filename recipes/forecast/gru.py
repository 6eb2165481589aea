"""GRU with 32 units, as in the book."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="GRU(32)",
    parameters=4_545 + 96,  # 96: the second bias since TensorFlow 2 (reset_after)
    published={"jena": 2.34},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.GRU(32),
            keras.layers.Dense(1),
        ]
    )

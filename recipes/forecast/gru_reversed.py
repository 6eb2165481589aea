"""GRU that reads the window backwards and ends at its oldest row."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="GRU(32), window reversed",
    parameters=4_545 + 96,  # 96: the second bias since TensorFlow 2 (reset_after)
    published={"jena": 3.53},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.GRU(32, go_backwards=True),
            keras.layers.Dense(1),
        ]
    )

"""GRU with recurrent dropout: the same inputs and state units are dropped at every step.

Source: Gal and Ghahramani 2016, "A Theoretically Grounded Application of Dropout in RNNs".
"""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="GRU(32), dropout 0.2, recurrent dropout 0.2",
    epochs=40,
    patience=8,
    parameters=4_545 + 96,  # 96: the second bias since TensorFlow 2 (reset_after)
    published={"jena": 2.32},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.GRU(32, dropout=0.2, recurrent_dropout=0.2),
            keras.layers.Dense(1),
        ]
    )

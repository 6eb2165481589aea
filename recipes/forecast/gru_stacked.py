"""Two stacked GRUs with the dropout of the book, without its relu activation."""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(
    title="GRU(32), GRU(64), dropout 0.1, recurrent 0.5",
    epochs=40,
    patience=6,
    parameters=23_201 + 96 + 192,  # the second biases since TensorFlow 2 (reset_after)
    published={"jena": 2.33},
)


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            keras.layers.GRU(32, return_sequences=True, dropout=0.1, recurrent_dropout=0.5),
            keras.layers.GRU(64, dropout=0.1, recurrent_dropout=0.5),
            keras.layers.Dense(1),
        ]
    )

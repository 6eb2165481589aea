"""Simple RNN, tanh(W x + U h + b), as in the pseudocode of the book."""

import keras

from keras_seqext import MinimalRNN
from recipes._engine.forecast_config import Config

CONFIG = Config(title="MinimalRNN(32)")


def build(steps: int, features: int) -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((steps, features)),
            MinimalRNN(32),
            keras.layers.Dense(1),
        ]
    )

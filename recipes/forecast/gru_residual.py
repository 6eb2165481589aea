"""GRU that predicts the change from the last value, and starts as the persistence baseline.

The weights of the output layer are initially zero, so the untrained model equals persistence.
Targets and inputs have the same scaling, so the target column of the last row is the last value in
the units of the target.
"""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(title="last value + GRU(32)", target_column=True)


def build(steps: int, features: int, target: int = 0) -> keras.Model:
    window = keras.Input((steps, features))
    last = window[:, -1, target : target + 1]
    change = keras.layers.Dense(1, kernel_initializer="zeros")(keras.layers.GRU(32)(window))
    return keras.Model(window, keras.layers.Add()([last, change]))

"""The value now plus a change: a GRU that starts as the naive forecast and improves on it.

The head begins at zero, so before training the model is persistence. Targets and inputs are
scaled alike, so the last row's target column is the value now, in the units of the target.
"""

import keras

from recipes._engine.forecast_config import Config

CONFIG = Config(title="value now + GRU(32)", target_column=True)


def build(steps: int, features: int, target: int = 0) -> keras.Model:
    window = keras.Input((steps, features))
    now = window[:, -1, target : target + 1]
    change = keras.layers.Dense(1, kernel_initializer="zeros")(keras.layers.GRU(32)(window))
    return keras.Model(window, keras.layers.Add()([now, change]))

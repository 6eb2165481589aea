"""Scaling that subtracts the standard deviation, as in one notebook, instead of dividing by it."""

import keras
import numpy as np

from keras_seqext import SeriesScaler, TimeseriesWindow
from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_forecast import load_series
from recipes._engine.run_options import RunOptions

EPOCHS = 8


def run(options: RunOptions) -> None:
    data = load_series("weather", options.data)
    train = data.frame[data.features].to_numpy(np.float64)[: len(data.frame) // 6]
    mean, spread = np.nanmean(train, axis=0), np.nanstd(train, axis=0)
    scalers = {
        "divided by it": SeriesScaler(mean, spread),
        "subtracted": SeriesScaler(mean + spread, np.ones_like(spread)),
    }
    figures = {}
    for name, scaler in scalers.items():
        errors = []
        for seed in range(3):
            keras.utils.set_random_seed(seed)
            parts = TimeseriesWindow.split(
                data.frame,
                data.target,
                groups=data.groups,
                timestamps=data.timestamps,
                fractions=(0.5, 0.25, 0.25),
                missing="skip",
                lookback=240,
                delay=24,
                shuffle=True,
                seed=seed,
                scaler=scaler,
            )
            errors.append(_validation_error(parts, options.epochs or EPOCHS))
        figures[f"{name}: validation MAE, °C, three seeds"] = errors
    write_demo_result(
        options, "errata-scaling", "use of the standard deviation in scaling", figures
    )


def _validation_error(parts, epochs: int) -> float:
    model = keras.Sequential(
        [
            keras.Input((240, parts.train.num_features)),
            keras.layers.Flatten(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )
    model.compile("adam", "mae")
    found = model.fit(
        parts.train, validation_data=parts.validation, epochs=epochs, verbose=0, shuffle=False
    )
    return float(min(found.history["val_loss"]) * parts.train.source.target_scaler.scale[0])

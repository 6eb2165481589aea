"""Gradient of a forecast with respect to its inputs, by distance in time.

Three recurrent layers on ten days of weather, before training and after a few epochs. According to
Chollet, *Deep Learning with Python* (2017), chapter 6, the LSTM solves the vanishing gradient
problem. It mitigates it.
"""

import keras
import numpy as np

from keras_seqext import MinimalRNN
from recipes._engine.demo_result import write_demo_result
from recipes._engine.forecast_config import Config
from recipes._engine.input_gradients import input_gradient
from recipes._engine.run_forecast import load_series, make_windows
from recipes._engine.run_options import RunOptions
from recipes._report.plots import INK, MODEL, NAIVE, new_figure, save

LAYERS = {"MinimalRNN": MinimalRNN, "LSTM": keras.layers.LSTM, "GRU": keras.layers.GRU}
COLOURS = dict(zip(LAYERS, (NAIVE, INK, MODEL), strict=True))
EPOCHS = 3


def run(options: RunOptions) -> None:
    data = load_series("weather", options.data)
    windows = make_windows("weather", data, Config(title=""), seed=0)
    sample = np.asarray(windows.validation[0][0], np.float32)
    figure, axes = new_figure(2, 7)
    figures = {}
    for name, layer in LAYERS.items():
        keras.utils.set_random_seed(0)
        steps, features = sample.shape[1:]
        model = keras.Sequential([keras.Input((steps, features)), layer(32), keras.layers.Dense(1)])
        model.compile("adam", "mae")
        for axis, moment in zip(axes, ("before", "after"), strict=True):
            if moment == "after":
                epochs = options.epochs or EPOCHS
                model.fit(windows.train, epochs=epochs, verbose=0, shuffle=False)
            norms = np.linalg.norm(input_gradient(model, sample), axis=2).mean(axis=0)[::-1]
            axis.semilogy(np.maximum(norms, 1e-12), color=COLOURS[name], label=name)
            axis.set_title(f"{moment.capitalize()} training", loc="left", fontsize=11)
            figures[f"{name} {moment}: a day and ten days ago, against now"] = [
                float(norms[24] / norms[0]),
                float(norms[-1] / norms[0]),
            ]
    for axis in axes:
        axis.set_ylabel("norm of the gradient")
    axes[1].set_xlabel("hours before the last row of the window")
    axes[0].legend(frameon=False)
    save(figure, options.out / "demo-vanishing-gradient.png")
    title = "gradient of a forecast by distance in time"
    write_demo_result(options, "vanishing-gradient", title, figures)

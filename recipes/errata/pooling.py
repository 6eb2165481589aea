"""Convolutional network without global pooling, whose output has one value per step."""

import keras
import numpy as np

from recipes._engine.demo_result import write_demo_result
from recipes._engine.run_options import RunOptions


def run(options: RunOptions) -> None:
    figures: dict[str, object] = {}
    for name, head in {
        "one notebook, no pooling": [],
        "here": [keras.layers.GlobalMaxPooling1D()],
    }.items():
        keras.utils.set_random_seed(0)
        model = keras.Sequential(
            [
                keras.Input((500,), dtype="int32"),
                keras.layers.Embedding(10_000, 128),
                keras.layers.Conv1D(32, 7, activation="relu"),
                keras.layers.MaxPooling1D(),
                keras.layers.Conv1D(32, 7, activation="relu"),
                keras.layers.MaxPooling1D(),
                *head,
                keras.layers.Dense(1, activation="sigmoid"),
            ]
        )
        model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])
        figures[f"{name}: output"] = list(model.output_shape)
        figures[f"{name}: parameters"] = model.count_params()
        ids = np.random.default_rng(0).integers(1, 10_000, (8, 500)).astype("int32")
        try:
            model.evaluate(ids, np.arange(8) % 2, verbose=0)
            figures[f"{name}: labels of one a text"] = "accepted"
        except Exception as error:  # the class depends on the backend
            message = str(error).splitlines()[0]
            figures[f"{name}: labels of one a text"] = f"{type(error).__name__}: {message:.150}"
    write_demo_result(options, "errata-pooling", "output shape and labels of a head", figures)

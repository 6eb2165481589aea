"""Convolutional network over words, with the sigmoid that is missing in the book.

`conv-linear` has no sigmoid, as in Chollet, *Deep Learning with Python* (2017), chapter 6. Outputs
outside 0 to 1 are clipped and have no gradient.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Conv1D(32, 7) twice, global maximum",
    learning_rate=5e-4,
    parameters=1_315_937,
    published={"conv": 0.8382},
)


def build(texts: TrainingTexts, activation: str = "sigmoid") -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 128),
            keras.layers.Conv1D(32, 7, activation="relu"),
            keras.layers.MaxPooling1D(5),
            keras.layers.Conv1D(32, 7, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(1, activation=activation),
        ]
    )
    return words, model

"""Bidirectional LSTM(32). In the book it was trained on reversed reviews."""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), Bidirectional LSTM(32)",
    parameters=336_705,
    published={"lstm-bidirectional": 0.8856},
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32),
            keras.layers.Bidirectional(keras.layers.LSTM(32)),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model

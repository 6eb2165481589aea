"""Convolutional network with spatial dropout and dropout, trained on all training texts."""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Conv1D(64, 5), dropout, global maximum",
    optimizer="adam",
    batch_size=64,
    epochs=6,
    refit=True,
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=400, padding="left", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((400,), dtype="int32"),
            keras.layers.Embedding(10_000, 50),
            keras.layers.SpatialDropout1D(0.3),
            keras.layers.Conv1D(64, 5, activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dropout(0.4),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model

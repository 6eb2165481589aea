"""LSTM with masking, dropout and a decaying learning rate, trained on all training texts."""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(32), dropout, masked LSTM(32)",
    optimizer="adam",
    batch_size=64,
    epochs=4,
    patience=4,
    decay=True,
    parameters=328_353,
    refit=True,
)


def build(texts: TrainingTexts) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding="right", truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32, mask_zero=True),
            keras.layers.SpatialDropout1D(0.3),
            keras.layers.LSTM(32),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model

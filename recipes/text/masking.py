"""LSTM(32) with and without a mask, with padding on the left or on the right.

The book does not use masks. With padding on the right, the last steps of an LSTM without a mask
are padding.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(title="Embedding(32), LSTM(32), mask and padding varied", parameters=328_353)


def build(texts: TrainingTexts, masked: bool, padding: str) -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=500, padding=padding, truncation="left"
    )
    model = keras.Sequential(
        [
            keras.Input((500,), dtype="int32"),
            keras.layers.Embedding(10_000, 32, mask_zero=masked),
            keras.layers.LSTM(32),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model

"""Embedding(8) with a linear head on the last 20 words of a review.

The text of Chollet, *Deep Learning with Python* (2017), chapter 6, describes the first 20 words,
but `pad_sequences` truncates on the left by default. `embedding-20-first` follows the text.
"""

import keras

from recipes._engine.encoders import PaddedWords
from recipes._engine.text_config import TextConfig, TrainingTexts

CONFIG = TextConfig(
    title="Embedding(8), Flatten, 20 words",
    batch_size=32,
    parameters=80_161,
    published={"embedding-20": 0.7594},
)


def build(texts: TrainingTexts, truncation: str = "left") -> tuple[PaddedWords, keras.Model]:
    words = PaddedWords.fit(
        texts.documents, num_words=9_998, length=20, padding="left", truncation=truncation
    )
    model = keras.Sequential(
        [
            keras.Input((20,), dtype="int32"),
            keras.layers.Embedding(10_000, 8),
            keras.layers.Flatten(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    return words, model
